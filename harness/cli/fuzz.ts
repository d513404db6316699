import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type Budget, campaign, type Finding, type Summary } from '../campaign';
import { readCheckpoint, type Settings } from '../checkpoint';
import { InternalError, UsageError } from '../errors';
import { Ledger } from '../ledger';
import {
  BASELINE,
  build,
  findVariant,
  isInherited,
  isLike,
  isProperty,
  type Project,
  pick,
  type Variant,
} from '../model';
import type { Claim } from '../property';
import { SEED_ALGORITHM } from '../random';
import { RunFolder } from '../report/folder';
import { portfolio } from '../strategies';
import { WorkerPool } from '../workers';
import type { World } from '../world';
import { EXIT, EXIT_HELP } from './exit';
import { type Interrupt, listenForInterrupt } from './interrupt';
import { parseBudget, parseCount, parseWorkers } from './options';
import { type Output, output } from './output';
import { progressLine } from './progress';
import { findingText, knownText, summaryText } from './report';

interface FuzzFlags {
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
  json: boolean;
}

const DEFAULT_FOR = '30s';
export const DEFAULT_MAX_STEPS = 6000;
/** The planted bug that ends a campaign without flags, and the most runs it may take. */
const CANARY = { variant: 'H12', runs: 20_000 };

export function addFuzz<W extends World, P>(program: Command, project: Project<W, P>, workerFile: string): void {
  program
    .command('fuzz')
    .summary('runs random programs under random schedules and judges every step')
    .description(
      'Runs random programs under random schedules and judges every step. Each new bug is shrunk, told as a story and ' +
        'saved. Without --variant it runs the commit, and then one planted bug that it must find.',
    )
    .addOption(
      new Option('--for <budget>', 'how long: 30s, 10m, 2h, or a number of runs, 1000x')
        .argParser(parseBudget)
        .default(parseBudget(DEFAULT_FOR), DEFAULT_FOR),
    )
    .option('--seed <text>', 'where all randomness comes from (default: the time)')
    .option('--variant <name>', 'which model; see list --variants (default: commit)')
    .option('--property <glob>', 'judge only these properties, such as S* (goals are always counted)', '*')
    .option('--strategy <name>', 'search with this one alone; see list --strategies (default: whatever pays)')
    .addOption(
      new Option('--workers <n>', 'how many threads; what is found does not depend on it')
        .argParser(parseWorkers)
        .default(os.availableParallelism(), 'auto: one for each core'),
    )
    .option('--max-steps <n>', 'cut runs short behind so many steps', parseCount(100, 1_000_000), DEFAULT_MAX_STEPS)
    .option('--no-keep-going', 'end at the first finding that is not known')
    .option('--fail-on-known', 'exit with 1 for known bugs, too', false)
    .option('--out <dir>', 'where findings and the report are written (default: out/ and the time)')
    .option('--resume <dir>', 'go on with the campaign that was writing there when it was interrupted or killed')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: FuzzFlags, command: Command) => {
      const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
      const clash = ['for', 'seed', 'variant', 'property', 'strategy', 'maxSteps', 'out'].find(isGiven);
      if (flags.resume !== undefined && clash !== undefined)
        throw new UsageError(
          `--resume goes on as the campaign began; it takes no --${clash.replace('maxSteps', 'max-steps')}`,
          'Leave it out, or begin a new campaign.',
        );
      process.exitCode = await fuzz(project, flags, workerFile);
    });
}

/** `2026-11-22T0044Z` is readable, sorts, and is a name on every file system. */
const outDir = (): string =>
  path.join(
    'out',
    new Date()
      .toISOString()
      .replace(/:\d\d\.\d+/, '')
      .replace(':', ''),
  );

/** What is at hand while a campaign goes on. */
interface Session<W extends World, P> {
  readonly project: Project<W, P>;
  readonly settings: Settings;
  readonly pool: WorkerPool<P>;
  readonly folder: RunFolder<P>;
  readonly interrupt: Interrupt;
  readonly out: Output;
}

async function fuzz<W extends World, P>(project: Project<W, P>, flags: FuzzFlags, file: string): Promise<number> {
  const from = flags.resume === undefined ? undefined : readCheckpoint<P>(flags.resume);
  const settings = from?.settings ?? settingsOf(flags);
  const variant = findVariant(project.model, settings.variant);
  const claims = claimsOf(project, settings.property);
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
    return await run({ project, settings, pool, folder, interrupt, out }, variant, claims, from);
  } finally {
    interrupt.off();
    await pool.close();
  }
}

function settingsOf(flags: FuzzFlags): Settings {
  const { variant, property, strategy, maxSteps, keepGoing, failOnKnown } = flags;
  const seed = flags.seed ?? new Date().toISOString();
  if (!/^[^\p{Cc}]{1,200}$/u.test(seed))
    throw new UsageError(
      'a seed is a text of 1 to 200 characters without control characters',
      'Such as --seed nightly-1.',
    );
  if (strategy !== undefined) pick('strategy', strategy, portfolio);
  return {
    seed,
    variant: variant ?? BASELINE,
    isWhole: variant === undefined && property === '*',
    property,
    ...(strategy !== undefined && { strategy }),
    maxSteps,
    keepGoing,
    failOnKnown,
    budget: flags.for,
  };
}

function claimsOf<W extends World, P>(project: Project<W, P>, glob: string): Claim<W>[] {
  const claims = project.claims.filter((claim) => !isProperty(claim) || isLike(glob, claim.name));
  if (!claims.some(isProperty))
    throw new UsageError(
      `no property is called "${glob}"`,
      `There are: ${project.claims
        .filter(isProperty)
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  return claims;
}

async function run<W extends World, P>(
  session: Session<W, P>,
  variant: Variant<W>,
  claims: readonly Claim<W>[],
  from: ReturnType<typeof readCheckpoint<P>> | undefined,
): Promise<number> {
  const { project, settings, pool, folder, interrupt, out } = session;
  const { seed, maxSteps, failOnKnown, strategy } = settings;
  const { model } = project;
  const built = build(model, variant);
  const strategies = strategy === undefined ? portfolio : [pick('strategy', strategy, portfolio)];
  const ledger = new Ledger<P>(seed, strategies);
  if (from !== undefined) ledger.restore(model, from.ledger);
  else folder.checkpoint(model, ledger, 0, true);
  let seconds = from?.seconds ?? 0;
  const options = {
    seed,
    budget: settings.budget as Budget,
    maxSteps,
    stopAtFirst: !settings.keepGoing,
    // What the commit breaks by itself would only stand in the way of what a planted bug breaks.
    isIgnored: (property: string, cause: string) => isInherited(project.known, property, cause, variant),
    // What is known has its story in the corpus.
    shrinks: failOnKnown ? true : ('new' as const),
    strategies,
    from: { ledger, seconds },
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
  const goalCount = claims.length - claims.filter(isProperty).length;
  const progress = progressLine(out, options.budget, goalCount);
  const summary = await campaign(
    { ...project, claims },
    built,
    options,
    {
      finding: (finding) => {
        const isSaved = folder.add(finding);
        progress.clear();
        const stream = out.isJson ? process.stderr : process.stdout;
        const isQuiet = finding.known !== undefined && !failOnKnown;
        out.text(isQuiet ? knownText(finding, stream) : findingText(project, variant, finding, stream));
        out.json(findingJson(finding, folder.fileOf(finding)));
        if (!isSaved) out.text(`  NOT SAVED: ${folder.unwritten.at(-1)}`);
      },
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
  const canary = settings.isWhole && !summary.interrupted ? await runCanary(session) : undefined;
  return conclude(session, summary, canary);
}

const findingJson = <P>({ entry, strength, token, steps, known }: Finding<P>, file: string) => ({
  type: 'finding',
  property: entry.property,
  strength,
  variant: entry.variant,
  bucket: entry.bucket,
  cause: entry.cause,
  race: entry.race,
  sentence: entry.sentence,
  known: known?.id ?? null,
  token,
  file,
  run: entry.found.run,
  steps,
  story: entry.story,
});

function conclude<W extends World, P>(
  { settings, folder, out }: Session<W, P>,
  summary: Summary,
  canary: Canary | undefined,
): number {
  const { findings, unwritten } = folder;
  const known = findings.flatMap((finding) => (finding.known ? [finding.known.id] : []));
  const fresh = findings.length - (settings.failOnKnown ? 0 : known.length);
  let exitCode: number = EXIT.ok;
  if (summary.goals.unmet.length > 0) exitCode = EXIT.unmet;
  if (fresh > 0) exitCode = EXIT.broken;
  if (unwritten.length > 0) exitCode = EXIT.usage;
  if (canary?.isAlive) exitCode = EXIT.fault;
  if (summary.interrupted || canary?.isInterrupted) exitCode = EXIT.interrupted;

  out.text(summaryText(summary, { fresh: findings.length - known.length, known }));
  if (folder.restarts.length > 0) out.text(`  REPLACED   ${folder.restarts.length} threads, see events.jsonl`);
  out.text(`  written to ${folder.dir}`);
  for (const sentence of unwritten) out.text(`  NOT SAVED  ${sentence}; tokens above hold everything`);
  if (summary.interrupted) out.text(`  go on with npm run -s fuzz -- --resume ${folder.dir}`);
  if (canary) out.text(`  canary     ${canary.sentence}`);
  if (canary) out.json({ type: 'canary', variant: CANARY.variant, found: !canary.isAlive, runs: canary.runs });
  const { seconds, steps, interrupted, ...rest } = summary;
  out.json({
    type: 'summary',
    ...rest,
    interrupted,
    steps,
    seconds,
    stepsPerSecond: Math.round(steps / Math.max(seconds, 1e-9)),
    exitCode,
  });
  return exitCode;
}

interface Canary {
  readonly isAlive: boolean;
  readonly isInterrupted: boolean;
  readonly runs: number;
  readonly sentence: string;
}

/** The planted bug must be found, or everything else that was not found means nothing. */
async function runCanary<W extends World, P>({ project, settings, pool, interrupt }: Session<W, P>): Promise<Canary> {
  const { seed, maxSteps } = settings;
  const variant = findVariant(project.model, CANARY.variant);
  if (variant.breaks.length === 0) throw new InternalError(`${variant.name} breaks nothing`);
  let first: Finding<P> | undefined;
  const claims = project.claims.filter(({ name }) => variant.breaks.includes(name));
  const options = { seed, budget: { runs: CANARY.runs }, maxSteps, stopAtFirst: true };
  const summary = await campaign(
    { ...project, claims, known: [] },
    build(project.model, variant),
    options,
    {
      finding: (finding) => {
        first ??= finding;
      },
      progress: () => {},
      isStopped: interrupt.isSet,
    },
    pool.executor({
      variant: variant.name,
      claims: claims.map(({ name }) => name),
      strategies: portfolio.map(({ name }) => name),
      isKnown: false,
      options: { seed, maxSteps },
    }),
  );
  const sentence = first
    ? `planted bug ${variant.name} (${variant.sentence}) found in run ${first.entry.found.run} by ${first.entry.property}`
    : `planted bug ${variant.name} was NOT found in ${summary.runs} runs: the campaign above proves nothing`;
  return {
    isAlive: first === undefined && !summary.interrupted,
    isInterrupted: summary.interrupted,
    runs: summary.runs,
    sentence,
  };
}
