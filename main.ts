import path from 'node:path';
import knownBugs from './corpus/known.json';
import { addCommands } from './golang/commands';
import { sourceOf } from './golang/source/links';
import type { KnownBug, Tool } from './harness/language/project';
import { goRuntime } from './models/model';
import { mutation } from './models/mutation';
import type { Program } from './models/program';
import type { Runtime } from './models/runtime';
import { properties } from './properties';

/** As it is in a checkout, the README's commands work; installed, it has a command of its own. */
const isInstalled = __dirname.split(path.sep).includes('node_modules');

/** The one place where harness, model, properties and corpus meet. */
export const project: Tool<Runtime, Program> = {
  name: 'parkranger',
  description: "Fuzzes a micro-step model of the Go runtime: who owns a goroutine's stack, and when.",
  model: goRuntime,
  claims: properties,
  known: knownBugs as readonly KnownBug[],
  canary: { variant: 'H12', runs: 20_000 },
  mutation,
  sourceOf: (variant, routine, line) => sourceOf(goRuntime, variant, routine, line),
  addCommands: (program) => addCommands(program, project),
  commandLine: (command) => (isInstalled ? `npx parkranger ${command}` : `npm run -s ${command} --`),
};
