import type { Command } from 'commander';
import fc from 'fast-check';
import { UsageError } from '../base/errors';
import { pick } from '../base/pick';
import { campaign } from '../campaign/campaign';
import { type Entry, entryText, readEntry, writeEntry } from '../find/entry';
import { CORPUS_DIR, entryFiles } from '../find/saved';
import { shrink } from '../find/shrink';
import { type Build, build, findVariant } from '../language/build';
import { isProperty } from '../language/judging';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { bucketOf } from '../tell/bucket';
import { type StoryStep, type Telling, tell } from '../tell/story';
import { addTidy } from './collect';
import { EXIT, EXIT_HELP } from './exit';
import { listenForInterrupt } from './interrupt';
import { type Output, output } from './output';

export function addCorpus<W extends World, P>(program: Command, project: Project<W, P>): void {
  const corpus = program
    .command('corpus')
    .summary('looks after saved findings')
    .description('Looks after saved findings.');
  addTidy(corpus, project, CORPUS_DIR);
  const add = (
    name: string,
    summary: string,
    description: string,
    run: (project: Project<W, P>, dir: string, isJson: boolean) => number | Promise<number>,
  ) =>
    corpus
      .command(name)
      .summary(summary)
      .description(description)
      .argument('[dir]', 'a folder of corpus files', CORPUS_DIR)
      .option('--json', 'one JSON object per line on stdout', false)
      .addHelpText('after', EXIT_HELP)
      .action(async (dir: string, flags: { json: boolean }) => {
        process.exitCode = await run(project, dir, flags.json);
      });
  add(
    'check',
    'replays every entry: it must break again',
    'Replays every entry of a folder. Exits with 1 if one no longer breaks what it was saved for, or is stale.',
    check,
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
    'Replays every entry best-effort and writes it with its present story. A bug that the old steps no longer reach is ' +
      'looked for anew. Exits with 1 if one is not found.',
    refresh,
  );
}

async function minimise<W extends World, P>(project: Project<W, P>, dir: string, isJson: boolean): Promise<number> {
  const out = output(isJson);
  const { model, claims } = project;
  const interrupt = listenForInterrupt(out);
  let exitCode: number = EXIT.ok;
  for (const file of entryFiles(dir)) {
    const entry = readOrReport(project, out, file);
    if (entry === undefined) {
      exitCode = EXIT.usage;
      continue;
    }
    const built = build(model, findVariant(model, entry.variant));
    const { property, cause, program, tape } = entry;
    const claim = pick('property', property, claims.filter(isProperty));
    const small = await shrink(project, built, claim, cause, { program, tape }, DEFAULT_MAX_STEPS, interrupt.isSet);
    const { broken, story } = tell(model, built, claims, { ...entry, ...small }, DEFAULT_MAX_STEPS);
    const isSmaller = broken !== undefined && JSON.stringify(small) !== JSON.stringify({ program, tape });
    if (isSmaller) writeEntry(file, anew({ ...entry, ...small }, built, broken, story));
    if (broken === undefined) exitCode = EXIT.broken;
    report(
      out,
      file,
      entry,
      broken === undefined ? 'holds' : isSmaller ? `${entry.story.length} -> ${story.length}` : 'minimal',
    );
    if (interrupt.isSet()) return EXIT.interrupted;
  }
  interrupt.off();
  return exitCode;
}

function check<W extends World, P>(project: Project<W, P>, dir: string, isJson: boolean): number {
  const out = output(isJson);
  const stateOf = checker(project);
  let exitCode: number = EXIT.ok;
  for (const file of entryFiles(dir)) {
    const entry = readOrReport(project, out, file);
    const state = entry && stateOf(entry);
    if (state === undefined) exitCode = EXIT.usage;
    else if (state !== 'breaks') exitCode = Math.max(exitCode, EXIT.broken);
    if (entry !== undefined) report(out, file, entry, state!);
  }
  if (exitCode === EXIT.broken) out.text('Entries that hold or are stale want: corpus refresh.');
  return exitCode;
}

/** Says of entries whether they break as they did, otherwise, or not at all. */
export function checker<W extends World, P>(project: Project<W, P>): (entry: Entry<P>) => 'breaks' | 'stale' | 'holds' {
  const builds = new Map<string, Build<W>>();
  return (entry) => {
    const built = builds.get(entry.variant) ?? build(project.model, findVariant(project.model, entry.variant));
    builds.set(entry.variant, built);
    const { broken, story } = tell(project.model, built, project.claims, entry, DEFAULT_MAX_STEPS);
    if (broken === undefined) return 'holds';
    return entryText(anew(entry, built, broken, story)) === entryText(entry) ? 'breaks' : 'stale';
  };
}

/** An entry with what its steps tell now. */
function anew<W, P>(
  entry: Entry<P>,
  { fingerprint }: Build<W>,
  { sentence, race }: NonNullable<Telling<W>['broken']>,
  story: readonly StoryStep[],
): Entry<P> {
  const bucket = bucketOf(entry.property, entry.cause, race);
  return { ...entry, bucket, fingerprint, sentence, race, story };
}

/** One bad file does not hide the others. */
function readOrReport<W extends World, P>(project: Project<W, P>, out: Output, file: string): Entry<P> | undefined {
  try {
    return readEntry(project, file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    out.text(`${'bad'.padEnd(10)}  ${error.message}\n            ${error.hint}`);
    out.json({ type: 'error', message: error.message, hint: error.hint });
    return undefined;
  }
}

/** Runs that a lost bug is looked for in before it is given up, with its own program and then with any. */
const SEARCH_RUNS = 300_000;

async function refresh<W extends World, P>(project: Project<W, P>, dir: string, isJson: boolean): Promise<number> {
  const out = output(isJson);
  const { model, claims } = project;
  let exitCode: number = EXIT.ok;
  for (const file of entryFiles(dir)) {
    const entry = readOrReport(project, out, file);
    if (entry === undefined) {
      exitCode = EXIT.usage;
      continue;
    }
    const built = build(model, findVariant(model, entry.variant));
    const { broken, story } = tell(model, built, claims, entry, DEFAULT_MAX_STEPS);
    if (broken !== undefined) {
      writeEntry(file, anew(entry, built, broken, story));
      report(out, file, entry, 'breaks');
      continue;
    }
    const again = (await search(project, entry, fc.constant(entry.program))) ?? (await search(project, entry));
    if (again !== undefined) writeEntry(file, again);
    else exitCode = Math.max(exitCode, EXIT.broken);
    report(out, file, entry, again === undefined ? 'holds' : 'found anew');
  }
  return exitCode;
}

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

function report<P>(out: Output, file: string, entry: Entry<P>, state: string): void {
  const { property, variant, bucket } = entry;
  out.text(`${state.padEnd(10)}  ${file}  ${property} on ${variant}`);
  out.json({ type: 'entry', file, variant, property, bucket, state });
}
