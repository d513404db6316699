import { Stopped } from '../base/errors';
import { type Finding, type FinishOptions, finish } from '../find/finding';
import type { Hit } from '../find/hit';
import { knownBug } from '../find/known';
import type { Build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { portfolio } from '../strategies';
import type { Strategy } from '../strategies/strategy';
import { bucketOf } from '../tell/bucket';
import { type BatchResult, runBatch } from './batch';
import type { Point, Rate } from './coverage';
import type { Budget, Executor } from './executor';
import { Ledger } from './ledger';
import type { Earnings } from './shares';

export interface CampaignOptions<P = unknown> extends FinishOptions {
  readonly budget: Budget;
  /** What it searches with, by default the whole portfolio; shares follow what pays. */
  readonly strategies?: readonly Strategy[];
  /** Ends at the first finding that is not known. */
  readonly stopAtFirst: boolean;
  /** Where an earlier campaign of the same options was left. */
  readonly from?: { readonly ledger: Ledger<P>; readonly seconds: number; readonly pending?: readonly Hit<P>[] };
  /** Buckets that are counted and not reported; none by default. */
  isIgnored?(property: string, cause: string): boolean;
}

export interface Summary {
  readonly seed: string;
  readonly variant: string;
  readonly runs: number;
  readonly steps: number;
  /** Time spent running; without shrinking, where that keeps from running. */
  readonly seconds: number;
  /** In how many runs each property was broken by each cause, as a bucket without the race. */
  readonly findings: Readonly<Record<string, number>>;
  /** How often each known bug was (the runs of all its causes), by its id; on a planted bug, those of the baseline. */
  readonly known: Readonly<Record<string, number>>;
  /** Those that were not met count only where goals are asked for: a planted bug is there to be found. */
  readonly goals: { readonly met: readonly string[]; readonly unmet: readonly string[]; readonly areAsked: boolean };
  /** Properties that no step concerned, so that their silence means nothing. */
  readonly neverExercised: readonly string[];
  /** What each strategy has earned. */
  readonly strategies: Readonly<Record<string, Earnings>>;
  /** How many abstract states were seen, and the chance that the next run sees another. */
  readonly abstractStates: number;
  readonly newPerRun: Rate;
  /** How it came to that. */
  readonly growth: readonly Point[];
  readonly stuck: number;
  /** Runs that ended with somebody waiting for ever while others moved. */
  readonly circling: number;
  readonly cutShort: number;
  readonly interrupted: boolean;
}

export interface Hooks<P> {
  /** The hit is what it was made of. */
  finding(finding: Finding<P>, hit: Hit<P>): void;
  progress(summary: Summary): void;
  /** Asked between batches. */
  isStopped(): boolean;
  /** There was no time to look into a hit. */
  lost?(hit: Hit<P>): void;
  /** A batch was written down, and its findings were told. */
  written?(ledger: Ledger<P>, seconds: number): void;
}

/** The event loop gets its turn (signals, progress) this often. */
const SLICE_MS = 50;

/** Does it here and now. */
export function inPlace<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  options: CampaignOptions<P>,
  isStopped: () => boolean,
): Executor<P> {
  const { strategies = portfolio } = options;
  let last = performance.now();
  return {
    width: 1,
    runBatch: async (spec) => {
      if (performance.now() - last > SLICE_MS) {
        await new Promise(setImmediate);
        last = performance.now();
      }
      return runBatch(project, build, strategies, spec);
    },
    finish: (hit) => finish(project, build, options, hit, isStopped),
  };
}

/**
 * Draws programs and schedules, judges every run, and shrinks the first hit of each bucket. What it finds, in which
 * order and in which run depends on seed, variant, limits and claims alone; the clock only decides where it ends.
 */
export async function campaign<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  options: CampaignOptions<P>,
  hooks: Hooks<P>,
  executor: Executor<P> = inPlace(project, build, options, hooks.isStopped),
): Promise<Summary> {
  const { seed, budget, maxSteps, strategies = portfolio, from } = options;
  const ledger = from?.ledger ?? new Ledger<P>(seed, strategies);
  const underWay: Promise<BatchResult<P>>[] = [];
  const told = new Set(ledger.bugs.keys());
  let seconds = from?.seconds ?? 0;
  let since = performance.now();
  const tick = () => {
    const now = performance.now();
    seconds += (now - since) / 1000;
    since = now;
  };
  let ended = false;
  let interrupted = false;
  const isSpent = () => ended || interrupted || (budget.ms !== undefined && seconds * 1000 >= budget.ms);
  let lastProgress = since;
  const tellOf = async (hits: readonly Hit<P>[]): Promise<void> => {
    for (const hit of hits) {
      const finding = await executor.finish(hit).catch(givenUp);
      if (finding === undefined) {
        hooks.lost?.(hit);
        continue;
      }
      hooks.finding(finding, hit);
      if (options.stopAtFirst && finding.known === null) ended = true;
    }
  };
  await tellOf(from?.pending ?? []);
  for (;;) {
    interrupted ||= hooks.isStopped();
    while (underWay.length < Math.min(executor.width, ledger.width) && !isSpent()) {
      const job = ledger.next(underWay.length, budget.runs);
      if (job.runs === 0) break;
      const spec = { seed, ...job, maxSteps, told, met: ledger.met };
      const result = executor.runBatch(spec);
      result.catch(() => {}); // heard of when its turn comes
      underWay.push(result);
    }
    const next = underWay.shift();
    if (next === undefined) break;
    const result = await next.catch(givenUp);
    if (result === undefined) {
      interrupted = true;
      break;
    }
    const hits = ledger.write(result, options.isIgnored);
    for (const { property, cause } of result.bugs) told.add(bucketOf(property, cause));
    tick();
    await tellOf(hits);
    if (executor.width === 1) since = performance.now();
    tick();
    hooks.written?.(ledger, seconds);
    if (since - lastProgress > SLICE_MS) {
      hooks.progress(summarise(project, build, ledger, seconds, false));
      lastProgress = since;
    }
    if (ended) break;
  }
  return summarise(project, build, ledger, seconds, interrupted);
}

/** What was given up is missing; everything else that goes wrong is a fault. */
function givenUp(error: unknown): undefined {
  if (!(error instanceof Stopped)) throw error;
}

function summarise<W extends World, P>(
  project: Project<W, P>,
  { variant }: Build<W>,
  ledger: Ledger<P>,
  seconds: number,
  interrupted: boolean,
): Summary {
  const findings: Record<string, number> = {};
  const known: Record<string, number> = {};
  for (const [bucket, { property, cause, count }] of ledger.bugs) {
    findings[bucket] = count;
    const bug = knownBug(project, variant, property, cause);
    if (bug !== undefined) known[bug.id] = (known[bug.id] ?? 0) + count;
  }
  const { claims } = project;
  const isAsked = (name: string) => variant.isPreset && variant.unreachable?.includes(name) !== true;
  const goals = claims.filter(({ kind, name }) => kind === 'sometimes' && isAsked(name)).map(({ name }) => name);
  const { seed, runs, steps, stuck, circling, cutShort, coverage, met } = ledger;
  return {
    seed,
    variant: variant.name,
    runs,
    steps,
    seconds,
    findings,
    known,
    goals: {
      met: [...met].sort(),
      unmet: goals.filter((name) => !met.has(name)).sort(),
      areAsked: variant.isPreset,
    },
    neverExercised: claims
      .filter(isProperty)
      .map(({ name }) => name)
      .filter((name) => !ledger.exercised.has(name)),
    strategies: ledger.earned,
    abstractStates: coverage.size,
    newPerRun: coverage.newPerRun(),
    growth: coverage.growth(),
    stuck,
    circling,
    cutShort,
    interrupted,
  };
}
