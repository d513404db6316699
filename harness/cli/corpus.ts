import type { Command } from 'commander';
import fc from 'fast-check';
import { UsageError } from '../base/errors';
import { pick } from '../base/pick';
import { visible } from '../base/visible';
import { campaign } from '../campaign/campaign';
import { type Entry, readEntry, writeEntry } from '../find/entry';
import { anew, CORPUS_DIR, checker, entryFiles } from '../find/saved';
import { shrink } from '../find/shrink';
import { build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Project } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { tell } from '../tell/story';
import { addCollecting } from './collect';
import { EXIT, EXIT_HELP } from './exit';
import { type Interrupt, listenForInterrupt } from './interrupt';
import { type Output, output } from './output';

/** What became of an entry, and whether that is bad. */
interface Fate {
  readonly state: string;
  readonly isBad: boolean;
}
type Task<W extends World, P> = (
  project: Project<W, P>,
  file: string,
  entry: Entry<P>,
  interrupt: Interrupt,
) => Promise<Fate> | Fate;

export function addCorpus<W extends World, P>(program: Command, project: Project<W, P>): void {
  const corpus = program
    .command('corpus')
    .summary('looks after saved findings')
    .description('Looks after saved findings.')
    .addHelpText('after', EXIT_HELP);
  addCollecting(corpus, project, CORPUS_DIR);
  const add = (name: string, summary: string, description: string, task: Task<W, P>) =>
    corpus
      .command(name)
      .summary(summary)
      .description(description)
      .argument('[dir]', 'a folder of corpus files', CORPUS_DIR)
      .option('--json', 'one JSON object per line on stdout', false)
      .addHelpText('after', EXIT_HELP)
      .action(async (dir: string, flags: { json: boolean }) => {
        process.exitCode = await forEach(project, dir, output(flags.json), task);
      });
  const isEntry = checker(project);
  add(
    'check',
    'replays every entry: it must break again',
    'Replays every entry of a folder. Exits with 1 if one no longer breaks what it was saved for, or is stale: ' +
      'corpus refresh records such ones anew.',
    (_, __, entry) => {
      const state = isEntry(entry);
      return { state, isBad: state !== 'breaks' };
    },
  );
  add(
    'minimise',
    'shrinks every entry anew',
    'Shrinks every entry of a folder, and writes those that get smaller. Exits with 1 if one no longer breaks.',
    minimise,
  );
  add(
    'refresh',
    'records every entry anew after the model has changed',
    'Replays every entry best-effort and writes it with its present story. A bug that the old steps no longer reach ' +
      'is looked for anew. Exits with 1 if one is not found.',
    refresh,
  );
}

/** Does something to every entry of a folder; one bad file does not hide the others. */
async function forEach<W extends World, P>(
  project: Project<W, P>,
  dir: string,
  out: Output,
  task: Task<W, P>,
): Promise<number> {
  const interrupt = listenForInterrupt(out);
  let exitCode: number = EXIT.ok;
  for (const file of entryFiles(dir)) {
    try {
      const entry = readEntry(project, file);
      const { property, variant, bucket } = entry;
      const { state, isBad } = await task(project, file, entry, interrupt);
      if (isBad) exitCode = Math.max(exitCode, EXIT.broken);
      out.text(`${state.padEnd(10)}  ${visible(file)}  ${property} on ${variant}`);
      out.json({ type: 'entry', file, variant, property, bucket, state });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      exitCode = EXIT.usage;
      out.complain(`${'bad'.padEnd(10)}  ${error.message}\n            ${error.hint}`);
      out.json({ type: 'error', message: error.message, hint: error.hint });
    }
    await new Promise(setImmediate);
    if (interrupt.isSet()) return EXIT.interrupted;
  }
  interrupt.off();
  return exitCode;
}

async function minimise<W extends World, P>(
  project: Project<W, P>,
  file: string,
  entry: Entry<P>,
  interrupt: Interrupt,
): Promise<Fate> {
  const { model, claims } = project;
  const built = build(model, findVariant(model, entry.variant));
  const { property, cause, program, tape } = entry;
  const claim = pick('property', property, claims.filter(isProperty));
  const small = await shrink(project, built, claim, cause, { program, tape }, DEFAULT_MAX_STEPS, interrupt.isSet);
  const { broken, story } = tell(model, built, claims, { ...entry, ...small }, DEFAULT_MAX_STEPS);
  if (broken === undefined) return { state: 'holds', isBad: true };
  if (JSON.stringify(small) === JSON.stringify({ program, tape })) return { state: 'minimal', isBad: false };
  writeEntry(file, anew({ ...entry, ...small }, built, broken, story));
  return { state: `${entry.story.length} -> ${story.length}`, isBad: false };
}

async function refresh<W extends World, P>(project: Project<W, P>, file: string, entry: Entry<P>): Promise<Fate> {
  const { model, claims } = project;
  const built = build(model, findVariant(model, entry.variant));
  const { broken, story } = tell(model, built, claims, entry, DEFAULT_MAX_STEPS);
  if (broken !== undefined) {
    writeEntry(file, anew(entry, built, broken, story));
    return { state: 'breaks', isBad: false };
  }
  const again = (await search(project, entry, fc.constant(entry.program))) ?? (await search(project, entry));
  if (again === undefined) return { state: 'holds', isBad: true };
  writeEntry(file, again);
  return { state: 'found anew', isBad: false };
}

/** Runs that a lost bug is looked for in before it is given up, with its own program and then with any. */
const SEARCH_RUNS = 300_000;

/** Looks for what an entry is about, from scratch. */
async function search<W extends World, P>(
  project: Project<W, P>,
  { variant, property, cause }: Entry<P>,
  programs = project.model.programs,
): Promise<Entry<P> | undefined> {
  let found: Entry<P> | undefined;
  const model = { ...project.model, programs };
  const claims = project.claims.filter(({ name }) => name === property);
  const options = {
    seed: 'refresh',
    budget: { runs: SEARCH_RUNS },
    maxSteps: DEFAULT_MAX_STEPS,
    stopAtFirst: true,
    isIgnored: (_: string, other: string) => other !== cause,
  };
  await campaign({ model, claims, known: [] }, build(model, findVariant(model, variant)), options, {
    finding: ({ entry }) => {
      found = entry;
    },
    progress: () => {},
    isStopped: () => false,
  });
  return found;
}
