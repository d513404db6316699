import { start } from 'parkranger/cli';
import { tool } from './peterson';

export default start(tool, { file: __filename, version: '1.0.0' });
