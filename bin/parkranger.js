#!/usr/bin/env node
// Runs the TypeScript sources as they are; types are checked by `npm run check`, not here.
require('ts-node').register({ transpileOnly: true, project: `${__dirname}/../tsconfig.json` });
const { project } = require('../main.ts');
const { runCli } = require('../harness/cli');
void runCli(project, require('../package.json').version, process.argv.slice(2));
