import knownBugs from './corpus/known.json';
import { runCli } from './harness/cli';
import { goRuntime } from './models/model';
import { version } from './package.json';
import { properties } from './properties';

/** The one place where harness, model, properties and corpus meet. */
export const project = { model: goRuntime, claims: properties, known: knownBugs };

if (require.main === module) void runCli(project, version, process.argv.slice(2));
