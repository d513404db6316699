import path from 'node:path';
import cliProgress from 'cli-progress';
import { type Command, Option } from 'commander';
import { type Budget, campaign, type Finding, type Summary } from '../campaign';
import { writeEntry } from '../entry';
import { InternalError, UsageError } from '../errors';
import { assertWritable } from '../files';
import { BASELINE, build, findVariant, isInherited, isLike, isProperty, type Project, pick } from '../model';
import { SEED_ALGORITHM } from '../random';
import { portfolio } from '../strategies';
import type { World } from '../world';
import { EXIT, EXIT_HELP } from './exit';
import { parseBudget, parseCount } from './options';
import { type Output, output } from './output';
import { findingText, knownText, progressText, summaryText } from './report';

interface FuzzFlags {
  for: Budget;
  seed?: string;
  variant?: string;
  property: string;
  strategy?: string;
  maxSteps: number;
  keepGoing: boolean;
  failOnKnown: boolean;
  out: string;
  json: boolean;
}

const DEFAULT_FOR = '30s';
export const DEFAULT_MAX_STEPS = 6000;
/** The planted bug that ends a campaign without flags, and the most runs it may take. */
const CANARY = { variant: 'H12', runs: 20_000 };

export function addFuzz<W extends World, P>(program: Command, project: Project<W, P>): void {
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
    .option('--max-steps <n>', 'cut runs short behind so many steps', parseCount(100, 1_000_000), DEFAULT_MAX_STEPS)
    .option('--no-keep-going', 'end at the first finding that is not known')
    .option('--fail-on-known', 'exit with 1 for known bugs, too', false)
    .option('--out <dir>', 'where findings are written', path.join('out', 'findings'))
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: FuzzFlags) => {
      process.exitCode = await fuzz(project, flags);
    });
}

async function fuzz<W extends World, P>(project: Project<W, P>, flags: FuzzFlags): Promise<number> {
  const out = output(flags.json);
  const variant = findVariant(project.model, flags.variant ?? BASELINE);
  const selects = (name: string) => isLike(flags.property, name);
  const claims = project.claims.filter((claim) => !isProperty(claim) || selects(claim.name));
  if (!claims.some(isProperty))
    throw new UsageError(
      `no property is called "${flags.property}"`,
      `There are: ${project.claims
        .filter(isProperty)
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  assertWritable(flags.out);
  const seed = flags.seed ?? new Date().toISOString();
  if (!/^[^\p{Cc}]{1,200}$/u.test(seed))
    throw new UsageError(
      'a seed is a text of 1 to 200 characters without control characters',
      'Such as --seed nightly-1.',
    );
  const interrupt = listenForInterrupt(out);
  // What the commit breaks by itself would only stand in the way of what a planted bug breaks.
  const isIgnored = (property: string, cause: string) => isInherited(project.known, property, cause, variant);
  // What is known has its story in the corpus.
  const shrinks = flags.failOnKnown ? true : ('new' as const);
  const options = {
    seed,
    budget: flags.for,
    maxSteps: flags.maxSteps,
    stopAtFirst: !flags.keepGoing,
    isIgnored,
    shrinks,
    strategies: flags.strategy === undefined ? portfolio : [pick('strategy', flags.strategy, portfolio)],
  };

  out.text(`Fuzzing ${variant.name}: ${variant.sentence}. Seed "${seed}" (${SEED_ALGORITHM}).`);
  const findings: Finding<P>[] = [];
  let unwritten = 0;
  const goalCount = claims.length - claims.filter(isProperty).length;
  const progress = progressLine(out, flags.for, goalCount);
  const built = build(project.model, variant);
  const summary = await campaign({ ...project, claims }, built, options, {
    finding: (finding) => {
      findings.push(finding);
      const { entry, strength, token, steps, known } = finding;
      const file = path.join(flags.out, `${entry.variant}-${entry.bucket}.json`);
      progress.clear();
      const stream = out.isJson ? process.stderr : process.stdout;
      out.text(
        known && !flags.failOnKnown ? knownText(finding, stream) : findingText(project, variant, finding, stream),
      );
      const { property, cause, race, sentence, bucket, story, found } = entry;
      out.json({
        type: 'finding',
        property,
        strength,
        variant: variant.name,
        bucket,
        cause,
        race,
        sentence,
        known: known?.id ?? null,
        token,
        file,
        run: found.run,
        steps,
        story,
      });
      try {
        writeEntry(file, entry);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        unwritten++;
        out.text(`  NOT SAVED: ${error.message}`);
      }
    },
    progress: (now) => progress.update(now, findings.length),
    isStopped: interrupt.isSet,
  });
  progress.clear();

  const known = findings.flatMap((finding) => (finding.known ? [finding.known.id] : []));
  const fresh = findings.length - (flags.failOnKnown ? 0 : known.length);
  const isCanaryDue = flags.variant === undefined && flags.property === '*' && !summary.interrupted;
  const canary = isCanaryDue ? await runCanary(project, seed, flags.maxSteps, interrupt.isSet) : undefined;
  let exitCode: number = EXIT.ok;
  if (summary.goals.unmet.length > 0) exitCode = EXIT.unmet;
  if (fresh > 0) exitCode = EXIT.broken;
  if (unwritten > 0) exitCode = EXIT.usage;
  if (canary?.isAlive) exitCode = EXIT.fault;
  if (summary.interrupted || canary?.isInterrupted) exitCode = EXIT.interrupted;

  out.text(summaryText(summary, { fresh: findings.length - known.length, known }));
  if (findings.length > unwritten) out.text(`  written to ${flags.out}`);
  if (unwritten > 0) out.text(`  NOT SAVED  ${unwritten} findings; their tokens above hold everything`);
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
  interrupt.off();
  return exitCode;
}

/** The planted bug must be found, or everything else that was not found means nothing. */
async function runCanary<W extends World, P>(
  project: Project<W, P>,
  seed: string,
  maxSteps: number,
  isStopped: () => boolean,
) {
  const variant = findVariant(project.model, CANARY.variant);
  let first: Finding<P> | undefined;
  const claims = project.claims.filter(({ name }) => variant.breaks.includes(name));
  const options = { seed, budget: { runs: CANARY.runs }, maxSteps, stopAtFirst: true };
  const summary: Summary = await campaign({ ...project, claims, known: [] }, build(project.model, variant), options, {
    finding: (finding) => {
      first ??= finding;
    },
    progress: () => {},
    isStopped,
  });
  const isAlive = first === undefined && !summary.interrupted;
  const sentence = first
    ? `planted bug ${variant.name} (${variant.sentence}) found in run ${first.entry.found.run} by ${first.entry.property}`
    : `planted bug ${variant.name} was NOT found in ${summary.runs} runs: the campaign above proves nothing`;
  if (isAlive && variant.breaks.length === 0) throw new InternalError(`${variant.name} breaks nothing`);
  return { isAlive, isInterrupted: summary.interrupted, runs: summary.runs, sentence };
}

/** The first Ctrl-C (or SIGTERM) ends the campaign in order; the second ends the process. */
export function listenForInterrupt(out: Output): { isSet: () => boolean; off: () => void } {
  let isSet = false;
  const handler = () => {
    if (isSet) process.exit(EXIT.interrupted);
    isSet = true;
    out.text('Stopping; once more to stop at once.');
  };
  process.on('SIGINT', handler).on('SIGTERM', handler);
  return { isSet: () => isSet, off: () => void process.off('SIGINT', handler).off('SIGTERM', handler) };
}

/** A bar on a terminal, a plain line every five seconds elsewhere, a JSON line with --json. */
function progressLine(out: Output, budget: Budget, goalCount: number) {
  const total = budget.runs ?? budget.ms ?? 1;
  const done = (now: Summary) => Math.min(total, budget.runs === undefined ? now.seconds * 1000 : now.runs);
  const EVERY_MS = 5000;
  let last = performance.now();
  const bar = process.stderr.isTTY
    ? new cliProgress.SingleBar({
        format: '{bar} {percentage}%  {text}',
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      })
    : undefined;
  let isShown = false;
  return {
    update(now: Summary, found: number) {
      const text = progressText(now, found, goalCount);
      if (bar !== undefined) {
        if (!isShown) bar.start(total, 0, { text });
        isShown = true;
        bar.update(Math.round(done(now)), { text });
      }
      if (performance.now() - last < EVERY_MS) return;
      last = performance.now();
      if (bar === undefined) out.text(`  ${Math.round((100 * done(now)) / total)}%  ${text}`);
      out.json({ type: 'progress', runs: now.runs, steps: now.steps, seconds: now.seconds, findings: found });
    },
    clear() {
      if (isShown) bar?.stop();
      isShown = false;
    },
  };
}
