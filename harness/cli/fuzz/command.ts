import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { commitAt } from '../../base/commit';
import { UsageError } from '../../base/errors';
import { assertWritable } from '../../base/files';
import { pick } from '../../base/pick';
import { SEED_ALGORITHM } from '../../base/random';
import { addToCache, readCache, writeCache } from '../../campaign/cache';
import { campaign } from '../../campaign/campaign';
import { type Checkpoint, type Mode, modes, readCheckpoint, type Settings } from '../../campaign/checkpoint';
import type { Budget } from '../../campaign/executor';
import { RunFolder } from '../../campaign/folder';
import { LEARNERS } from '../../campaign/learner';
import { Ledger, type Shard } from '../../campaign/ledger';
import { WorkerPool } from '../../campaign/threads/pool';
import { readEntry } from '../../find/entry';
import type { Finding } from '../../find/finding';
import { isInherited } from '../../find/known';
import { CORPUS_DIR, entryFiles } from '../../find/saved';
import { type Build, build, findVariant } from '../../language/build';
import { isProperty, judging } from '../../language/judging';
import type { Variant } from '../../language/model';
import { BASELINE, type Project } from '../../language/project';
import type { Claim } from '../../language/property';
import type { World } from '../../language/world';
import { type Proof, prove } from '../../measure/mesh';
import { signOffFor } from '../../measure/signoff';
import type { RunSummary } from '../../report/summary';
import { writePage } from '../../report/write';
import { DEFAULT_MAX_STEPS } from '../../run/machine';
import { portfolio } from '../../strategies';
import type { Start } from '../../strategies/strategy';
import { checker } from '../corpus';
import { EXIT_HELP } from '../exit';
import type { Host } from '../host';
import { listenForInterrupt } from '../interrupt';
import { parseBudget, parseCount, parseShard, parseWorkers } from '../options';
import { type Output, output } from '../output';
import { findingText, knownText } from '../text';
import { claimOf, conclude } from './conclude';
import { progressLine } from './progress';
import { prune } from './prune';
import type { Session } from './session';

interface FuzzFlags<M = Mode | typeof PRUNE> {
  mode: M;
  for: Budget;
  seed?: string;
  variant?: string;
  property: string;
  strategy?: string;
  workers: number;
  maxSteps: number;
  keepGoing: boolean;
  failOnKnown: boolean;
  out?: string;
  resume?: string;
  cache?: string;
  signOff?: string;
  before?: string;
  shard?: Shard;
  json: boolean;
}

const PRUNE = 'prune';

const CACHE_DIR = path.join('out', 'cache');

const DEFAULT_FOR = '30s';

/** What a mode does where nobody says otherwise. */
const DEFAULTS: Readonly<Record<Mode, { readonly for: string; seed(): string }>> = {
  once: { for: DEFAULT_FOR, seed: () => new Date().toISOString() },
  change: { for: '10m', seed: () => `change-${commit()}` },
  nightly: { for: '1h', seed: () => `nightly-${new Date().toISOString().slice(0, 10)}` },
};

/** Running a change again is running the same again. */
function commit(): string {
  const at = commitAt();
  if (at === null)
    throw new UsageError('--mode change takes its seed from the commit, and there is none here', 'Give a --seed.');
  return at;
}

export function addFuzz<W extends World, P>(program: Command, project: Project<W, P>, host: Host): void {
  program
    .command('fuzz')
    .summary('runs random programs under random schedules and judges every step')
    .description(
      'Runs random programs under random schedules and judges every step. Each new bug is shrunk, told as a story and ' +
        'saved. Without --variant it runs the commit, and then one planted bug that it must find.',
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'once: as below; change: ten minutes, seeded by the commit; nightly: an hour, seeded by the date, and every planted bug; prune: no campaign, but order in --cache',
      )
        .choices([...modes, PRUNE])
        .default('once'),
    )
    .addOption(
      new Option('--for <budget>', 'how long: 30s, 10m, 2h, or a number of runs, 1000x')
        .argParser(parseBudget)
        .default(parseBudget(DEFAULT_FOR), DEFAULT_FOR),
    )
    .option('--seed <text>', 'where all randomness comes from (default: the time)')
    .option('--variant <name>', 'which model; see list --variants (default: commit)')
    .option(
      '--property <glob>',
      'judge only these properties, such as S* (goals are always counted, and a throw always ends a run)',
      '*',
    )
    .option('--strategy <name>', 'search with this one alone; see list --strategies (default: whatever pays)')
    .addOption(
      new Option('--workers <n>', 'how many threads; what is found does not depend on it')
        .argParser(parseWorkers)
        .default(os.availableParallelism(), 'auto: one for each core'),
    )
    .option(
      '--shard <i/n>',
      `do the i-th of n parts (up to ${LEARNERS}), on as many machines; merge puts them together`,
      parseShard,
    )
    .option('--max-steps <n>', 'cut runs short behind so many steps', parseCount(100, 1_000_000), DEFAULT_MAX_STEPS)
    .option('--no-keep-going', 'end at the first finding that is not known')
    .option('--fail-on-known', 'exit with 1 for known bugs, too', false)
    .option('--out <dir>', 'where findings and the report are written (default: out/ and the time)')
    .option(
      '--cache <dir>',
      'go on from the coverage of earlier campaigns, and leave it to the next (nightly: out/cache)',
    )
    .option('--sign-off <bucket>', 'say what it means that a bug was not hit again; wants --before')
    .option('--before <dir>', 'the folder of a campaign that has hit the bug, before it was fixed')
    .option('--resume <dir>', 'go on with the campaign that was writing there when it was interrupted or killed')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: FuzzFlags, command: Command) => {
      const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
      if (flags.resume !== undefined)
        refuse(
          CAMPAIGN.find(isGiven),
          '--resume goes on as the campaign began',
          'Leave it out, or begin a new campaign.',
        );
      if (flags.before !== undefined && flags.signOff === undefined)
        throw new UsageError('--before says nothing without --sign-off', 'Give the bucket of the bug that was fixed.');
      const { mode } = flags;
      if (mode === PRUNE) {
        const others = CAMPAIGN.filter((it) => it !== 'mode' && it !== 'cache');
        refuse([...others, 'workers'].find(isGiven), '--mode prune only tidies up', 'Leave it out.');
        process.exitCode = prune(project, flags.cache ?? CACHE_DIR, flags.json);
        return;
      }
      const { seed, for: budget } = DEFAULTS[mode];
      if (!isGiven('for')) flags.for = parseBudget(budget);
      flags.seed ??= seed();
      if (mode === 'nightly') flags.cache ??= CACHE_DIR;
      process.exitCode = await fuzz(project, { ...flags, mode }, host);
    });
}

/** What makes a campaign the one that it is. */
const CAMPAIGN: readonly string[] = [
  'mode',
  'for',
  'seed',
  'variant',
  'property',
  'strategy',
  'maxSteps',
  'shard',
  'cache',
  'out',
  'keepGoing',
  'failOnKnown',
];

function refuse(option: string | undefined, why: string, hint: string): void {
  if (option === undefined) return;
  const text = option.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`).replace('keep', 'no-keep');
  throw new UsageError(`${why}; it takes no --${text}`, hint);
}

/** `2026-11-22T004412Z` is readable, sorts, and is a name on every file system. */
function outDir(): string {
  const name = path.join('out', new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', ''));
  let dir = name;
  for (let i = 2; fs.existsSync(dir); i++) dir = `${name}-${i}`;
  return dir;
}

async function fuzz<W extends World, P>(
  project: Project<W, P>,
  flags: FuzzFlags<Mode>,
  { file, version }: Host,
): Promise<number> {
  const from = flags.resume === undefined ? undefined : readCheckpoint(project, flags.resume);
  const settings = from?.settings ?? settingsOf(flags);
  const fix = flags.signOff === undefined ? undefined : signOffFor(flags.signOff, flags.before, settings);
  const variant = findVariant(project.model, settings.variant);
  const claims = judging(project.claims, settings.property);
  const built = build(project.model, variant);
  if (from !== undefined && from.fingerprint !== built.fingerprint)
    throw new UsageError(
      `the campaign in "${flags.resume}" belongs to another version of the model`,
      'Start it anew, or go back to that version.',
    );
  const folder = new RunFolder<P>(flags.resume ?? flags.out ?? outDir(), settings, built.fingerprint, from);
  const plain = output(flags.json);
  const out: Output = {
    ...plain,
    json: (value) => {
      plain.json(value);
      folder.event(value);
    },
  };
  const pool = new WorkerPool<P>({
    file,
    count: flags.workers,
    trouble: (sentence) => {
      folder.restarts.push(sentence);
      out.text(`  REPLACED   ${sentence}`);
      out.json({ type: 'restart', sentence });
    },
  });
  const interrupt = listenForInterrupt(out, () => pool.stop());
  try {
    return await run({ project, settings, pool, folder, interrupt, out, version, fix }, variant, claims, from);
  } finally {
    interrupt.off();
    folder.unlock();
    await pool.close();
  }
}

function settingsOf(flags: FuzzFlags<Mode>): Settings {
  const { variant, property, strategy, maxSteps, keepGoing, failOnKnown } = flags;
  const seed = flags.seed!;
  if (!/^[^\p{Cc}]{1,200}$/u.test(seed))
    throw new UsageError(
      'a seed is a text of 1 to 200 characters without control characters',
      'Such as --seed nightly-1.',
    );
  if (strategy !== undefined) pick('strategy', strategy, portfolio);
  if (flags.shard !== undefined && !keepGoing)
    throw new UsageError(
      'a part (--shard) does not hear of what the others find, so that --no-keep-going would end each elsewhere',
      'Leave one of the two out.',
    );
  return {
    mode: flags.mode,
    seed,
    variant: variant ?? BASELINE,
    isWhole: variant === undefined && property === '*',
    property,
    ...(strategy !== undefined && { strategy }),
    maxSteps,
    keepGoing,
    failOnKnown,
    ...(flags.cache !== undefined && { cache: flags.cache }),
    ...(flags.shard !== undefined && { shard: flags.shard }),
    budget: flags.for,
  };
}

export async function run<W extends World, P>(
  session: Session<W, P>,
  variant: Variant<W>,
  claims: readonly Claim<W>[],
  from: Checkpoint<P> | undefined,
): Promise<number> {
  const { project, settings, pool, folder, interrupt, out } = session;
  const { seed, budget, maxSteps, failOnKnown, strategy, shard } = settings;
  const { model } = project;
  const built = build(model, variant);
  const strategies = strategy === undefined ? portfolio : [pick('strategy', strategy, portfolio)];
  const begin = from === undefined ? earlierRuns(session, built) : [];
  const ledger = new Ledger<P>(seed, strategies, shard, begin);
  if (from !== undefined) restore(session, ledger, from.ledger);
  else folder.checkpoint(model, ledger, 0, true);
  let seconds = from?.seconds ?? 0;
  // One that ends at its first finding has come to its end with it.
  const isOverAlready = !settings.keepGoing && folder.findings.some(({ known }) => known === undefined);
  const options = {
    seed,
    budget: isOverAlready ? { runs: 0 } : budget,
    maxSteps,
    stopAtFirst: !settings.keepGoing,
    // What the commit breaks by itself would only stand in the way of what a planted bug breaks.
    isIgnored: (property: string, cause: string) => isInherited(project.known, property, cause, variant),
    // What is known has its story in the corpus.
    shrinks: failOnKnown ? true : ('new' as const),
    strategies,
    from: { ledger, seconds, pending: from?.pending ?? [] },
  };
  const setup = {
    variant: variant.name,
    claims: claims.map(({ name }) => name),
    strategies: strategies.map(({ name }) => name),
    isKnown: true,
    options: { seed, maxSteps, shrinks: options.shrinks },
  };

  out.text(
    `${from === undefined ? 'Fuzzing' : 'Going on with'} ${variant.name}: ${variant.sentence}. Seed "${seed}" (${SEED_ALGORITHM}).`,
  );
  const replayed = settings.mode === 'once' ? null : await replaySaved(session);
  const goalCount = claims.length - claims.filter(isProperty).length;
  const own = budget.runs === undefined ? budget : { runs: ledger.share(budget.runs) };
  const progress = progressLine(out, own, goalCount);
  const summary = await campaign(
    { ...project, claims },
    built,
    options,
    {
      finding: (finding, hit) => {
        // Shrinking that was interrupted is done again when the campaign goes on.
        const isSaved = interrupt.isSet() ? folder.addUnfinished(finding, hit) : folder.add(finding);
        if (finding.known === undefined || failOnKnown)
          writePage(folder, project, built, finding, claimOf(project, finding));
        progress.clear();
        const stream = out.isJson ? process.stderr : process.stdout;
        const isQuiet = finding.known !== undefined && !failOnKnown;
        out.text(isQuiet ? knownText(finding, stream) : findingText(project, variant, finding, stream));
        out.json(findingJson(finding, folder.fileOf(finding)));
        if (!isSaved) out.text(`  NOT SAVED: ${folder.unwritten.at(-1)}`);
      },
      lost: (hit) => folder.pending.push(hit),
      progress: (now) => progress.update(now, folder.findings.length),
      isStopped: interrupt.isSet,
      written: (_, spent) => {
        seconds = spent;
        folder.checkpoint(model, ledger, spent);
      },
    },
    pool.executor(setup),
  );
  progress.clear();
  folder.checkpoint(model, ledger, seconds, true);
  const { cache } = settings;
  if (cache !== undefined)
    folder.trying(() =>
      // Who wants to stop does not wait until it is found out which runs show what.
      summary.interrupted
        ? addToCache(cache, model, built, ledger.corpus)
        : void writeCache(cache, model, built, ledger.corpus, maxSteps),
    );
  const proof: Proof =
    (settings.isWhole || settings.mode === 'nightly') && !summary.interrupted
      ? await prove(project, settings, pool, interrupt.isSet, out.text)
      : { canary: null, calibration: [], isInterrupted: false };
  return conclude(session, built, summary, ledger.coverage, proof, replayed);
}

/** What was found before comes first: it must break as it did. */
async function replaySaved<W extends World, P>({
  project,
  out,
  interrupt,
}: Session<W, P>): Promise<RunSummary['replayed']> {
  if (!fs.existsSync(CORPUS_DIR)) return null;
  const stateOf = checker(project);
  const files = entryFiles(CORPUS_DIR);
  const failing: string[] = [];
  for (const file of files) {
    const state = stateOf(readEntry(project, file));
    if (state !== 'breaks')
      failing.push(`${file} ${state === 'holds' ? 'no longer breaks' : 'breaks otherwise than it did'}`);
    await new Promise(setImmediate);
    if (interrupt.isSet()) return null;
  }
  out.text(
    `  replayed ${files.length} saved findings${failing.length === 0 ? '' : `; NOT AS THEY WERE: ${failing.join(', ')}`}`,
  );
  return { entries: files.length, failing };
}

/** Takes a ledger up again; one that was changed by hand is no fault of ours. */
function restore<W extends World, P>({ project, folder }: Session<W, P>, ledger: Ledger<P>, text: string): void {
  try {
    ledger.restore(project.model, text);
  } catch (error) {
    throw new UsageError(
      `checkpoint.json in "${folder.dir}" is damaged: ${(error as Error).message}`,
      'Start the campaign anew.',
    );
  }
}

/** What earlier campaigns have left. */
function earlierRuns<W extends World, P>(
  { project, settings, folder, out }: Session<W, P>,
  built: Build<W>,
): readonly Start<P>[] {
  if (settings.cache === undefined) return [];
  assertWritable(settings.cache);
  const { starts, damaged } = readCache(settings.cache, project.model, built);
  if (starts.length > 0) out.text(`  from ${settings.cache}: ${starts.length} runs to go on from`);
  for (const sentence of damaged) out.text(`  DAMAGED    ${sentence}`);
  folder.restarts.push(...damaged);
  return starts;
}

const findingJson = <P>({ entry, strength, token, steps, known, besides }: Finding<P>, file: string) => ({
  type: 'finding',
  property: entry.property,
  strength,
  variant: entry.variant,
  bucket: entry.bucket,
  cause: entry.cause,
  race: entry.race,
  sentence: entry.sentence,
  besides,
  known: known?.id ?? null,
  token,
  file,
  run: entry.found.run,
  steps,
  story: entry.story,
});
