import { Coverage } from './coverage';
import type { Entry } from './entry';
import { InternalError } from './errors';
import { Machine, type Verdict } from './machine';
import { type Build, bucketOf, isProperty, type KnownBug, knownBug, type Project } from './model';
import { isEndless, type Property, type Sometimes } from './property';
import { seedStream } from './random';
import { toToken } from './recording';
import { type Earnings, Shares } from './shares';
import { shrink } from './shrink';
import { tell } from './story';
import { portfolio } from './strategies';
import type { Start, Strategy } from './strategies/strategy';
import { trim } from './tape';
import type { World } from './world';

/** How long a campaign goes on; without a limit of either kind, until it is stopped. */
export interface Budget {
  readonly runs?: number;
  readonly ms?: number;
}

export interface CampaignOptions {
  readonly seed: string;
  readonly budget: Budget;
  /** What it searches with, by default the whole portfolio; shares follow what pays. */
  readonly strategies?: readonly Strategy[];
  /** Longest run, in steps. */
  readonly maxSteps: number;
  /** Ends at the first finding that is not known. */
  readonly stopAtFirst: boolean;
  /** False leaves findings as they were hit, `new` those that are known. All are shrunk by default. */
  readonly shrinks?: boolean | 'new';
  /** Buckets that are counted and not reported; none by default. */
  isIgnored?(property: string, cause: string): boolean;
}

/** A bug, once per bucket and campaign, as small as shrinking makes it. */
export interface Finding<P> {
  readonly entry: Entry<P>;
  readonly strength: string;
  readonly token: string;
  /** Steps of the shrunk run. */
  readonly steps: number;
  /** Steps of the campaign up to the end of the run that hit it. */
  readonly after: number;
  readonly known: KnownBug | undefined;
  /** A known bug that breaks the same for the same cause, by another race. */
  readonly resembles: KnownBug | undefined;
}

export interface Summary {
  readonly seed: string;
  readonly variant: string;
  runs: number;
  steps: number;
  /** Time spent running, without shrinking. */
  seconds: number;
  /** How often each property was broken by each cause, as a bucket without the race. */
  readonly findings: Record<string, number>;
  /** How often each known bug was, by its id; on a planted bug, those of the baseline. */
  readonly known: Record<string, number>;
  goals: { met: string[]; unmet: string[] };
  /** Properties that no step concerned, so that their silence means nothing. */
  neverExercised: string[];
  /** What each strategy has earned. */
  strategies: Record<string, Earnings>;
  /** How many abstract states were seen, and an estimate of the chance that 1,000 more runs see another. */
  abstractStates: number;
  chanceOfNew: number;
  stuck: number;
  /** Runs that ended with somebody waiting for ever while others moved. */
  circling: number;
  cutShort: number;
  interrupted: boolean;
}

/** Runs with one program before the next is drawn. */
export const RUNS_PER_PROGRAM = 32;
/** A property whose bugs differ too finely would fill the disk: later buckets of the same property are only counted. */
export const MAX_BUCKETS_PER_PROPERTY = 8;
/** Runs that have shown something new, to go on from. */
const MAX_CORPUS = 2000;
/** What `chanceOfNew` is about. */
const MORE_RUNS = 1000;
/** The event loop gets its turn (signals, progress) this often. */
const SLICE_MS = 50;

export interface Hooks<P> {
  finding(finding: Finding<P>): void;
  progress(summary: Summary): void;
  /** Asked between slices. */
  isStopped(): boolean;
}

/**
 * Draws programs and schedules, judges every run, and shrinks the first hit of each bucket. What it finds, in which
 * order and in which run depends on seed, variant, limits and claims alone; the clock only decides where it ends.
 */
export async function campaign<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  options: CampaignOptions,
  hooks: Hooks<P>,
): Promise<Summary> {
  const { model, claims } = project;
  const { seed, budget, maxSteps } = options;
  const goals = claims.filter((claim) => claim.kind === 'sometimes');
  const met = new Set<Sometimes<W>>();
  const hits = new Map<Property<W>, Map<string, number>>();
  const bucketCount = new Map<string, number>();
  const fresh: { property: Property<W>; cause: string }[] = [];
  const { strategies = portfolio } = options;
  const searchers = strategies.map((it) => it.create<W, P>());
  const shares = new Shares(strategies.map(({ name }) => name));
  const coverage = new Coverage(model.abstraction);
  const corpus: Start<P>[] = [];
  const sources = { programs: model.programs, swarms: model.swarms, corpus };
  const summary: Summary = {
    seed,
    variant: build.variant.name,
    runs: 0,
    steps: 0,
    seconds: 0,
    findings: {},
    known: {},
    goals: { met: [], unmet: [] },
    neverExercised: [],
    strategies: {},
    abstractStates: 0,
    chanceOfNew: 1,
    stuck: 0,
    circling: 0,
    cutShort: 0,
    interrupted: false,
  };
  const unexercised = new Set<string>(claims.filter(isProperty).map(({ name }) => name));
  let ended = false;
  let machine: Machine<W> | undefined;
  const listener = {
    broken(property: Property<W>, cause: string) {
      const counts = hits.get(property) ?? new Map<string, number>();
      const count = counts.get(cause) ?? 0;
      counts.set(cause, count + 1);
      if (count === 0) {
        hits.set(property, counts);
        if (options.isIgnored?.(property.name, cause)) return false;
        const buckets = (bucketCount.get(property.name) ?? 0) + 1;
        bucketCount.set(property.name, buckets);
        if (buckets <= MAX_BUCKETS_PER_PROPERTY) fresh.push({ property, cause });
      }
      return false;
    },
    met(goal: Sometimes<W>) {
      met.add(goal);
      machine!.forget(goal);
    },
  };
  const isSpent = () =>
    ended ||
    (budget.runs !== undefined && summary.runs >= budget.runs) ||
    (budget.ms !== undefined && summary.seconds * 1000 >= budget.ms);
  const count = (verdict: Verdict) => {
    if (verdict === 'stuck') summary.stuck++;
    if (verdict === 'in circles') summary.circling++;
    if (verdict === 'cut short') summary.cutShort++;
  };

  let sliceStart = performance.now();
  const tick = () => {
    const now = performance.now();
    summary.seconds += (now - sliceStart) / 1000;
    sliceStart = now;
  };

  for (let batch = 0; !isSpent(); batch++) {
    const draw = seedStream(seed, 'batch', batch);
    const strategy = shares.next(draw());
    const { scheduler, start } = searchers[strategy]!;
    const { program } = start(sources, draw());
    const earned = { runs: 0, steps: 0, states: 0, bugs: 0 };
    const world = model.createWorld(program);
    machine = new Machine(
      build.code,
      world,
      [...claims.filter(isProperty), ...goals.filter((it) => !met.has(it)), coverage.claim],
      maxSteps,
    );
    model.reset(world, build.code);
    const initial = world.s.slice();
    for (let i = 0; i < RUNS_PER_PROGRAM && !isSpent(); i++) {
      world.s.set(initial);
      scheduler.newRun(draw());
      coverage.beginRun();
      count(machine.run(scheduler, listener));
      const run = summary.runs++;
      summary.steps += machine.steps;
      earned.runs++;
      earned.steps += machine.steps;
      earned.states += coverage.fresh;
      earned.bugs += fresh.length;
      if (coverage.fresh > 0) keep(corpus, { program, tape: machine.tape.slice(0, machine.tapeLength) });
      if (fresh.length > 0) {
        tick();
        const all = machine.tape.subarray(0, machine.tapeLength);
        for (const { property, cause } of fresh.splice(0)) {
          const tape = isEndless(property) ? [...all] : trim(all);
          const hit = { property, cause, program, tape, run, after: summary.steps };
          const finding = await finish(project, build, options, hit, hooks.isStopped);
          hooks.finding(finding);
          if (options.stopAtFirst && finding.known === undefined) ended = true;
        }
        sliceStart = performance.now();
      }
    }
    shares.earn(strategy, earned);
    machine.claims.forEach(({ name }, index) => {
      if (machine!.judged[index]! > 0) unexercised.delete(name);
    });
    if (performance.now() - sliceStart > SLICE_MS || batch % 64 === 0) {
      tick();
      summary.goals.met = namesOf(met);
      hooks.progress(summary);
      await new Promise(setImmediate);
      sliceStart = performance.now();
      if (hooks.isStopped()) {
        summary.interrupted = true;
        break;
      }
    }
  }
  tick();
  for (const [{ name }, counts] of hits)
    for (const [cause, times] of counts) {
      summary.findings[bucketOf(name, cause)] = times;
      const bug = knownBug(project.known, name, cause, build.variant);
      if (bug !== undefined) summary.known[bug.id] = (summary.known[bug.id] ?? 0) + times;
    }
  summary.goals = {
    met: namesOf(met),
    unmet: namesOf(goals.filter((goal) => !met.has(goal))),
  };
  summary.neverExercised = [...unexercised];
  summary.strategies = shares.total;
  summary.abstractStates = coverage.size;
  summary.chanceOfNew = coverage.chanceOfNew(MORE_RUNS);
  return summary;
}

function keep<P>(corpus: Start<P>[], start: Start<P>): void {
  corpus.push(start);
  if (corpus.length > MAX_CORPUS) corpus.splice(0, MAX_CORPUS / 2);
}

const namesOf = (claims: Iterable<{ readonly name: string }>): string[] =>
  Array.from(claims, ({ name }) => name).sort();

interface Hit<W, P> {
  readonly property: Property<W>;
  readonly cause: string;
  readonly program: P;
  readonly tape: readonly number[];
  readonly run: number;
  readonly after: number;
}

/** Shrinks a hit and writes it up. */
async function finish<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  { seed, maxSteps, shrinks = true }: CampaignOptions,
  { property, cause, program, tape, run, after }: Hit<W, P>,
  isStopped: () => boolean,
): Promise<Finding<P>> {
  const like = knownBug(project.known, property.name, cause, build.variant);
  const found = { program, tape };
  const isWorthIt = shrinks === 'new' ? like === undefined : shrinks;
  const small = isWorthIt ? await shrink(project, build, property, cause, found, maxSteps, isStopped) : found;
  const recording = {
    variant: build.variant.name,
    bucket: bucketOf(property.name, cause),
    fingerprint: build.fingerprint,
    program: small.program,
    tape: small.tape,
  };
  const telling = tell(project.model, build, project.claims, recording, maxSteps);
  const { broken } = telling;
  if (broken === undefined)
    throw new InternalError(`${recording.bucket} does not happen again: ${toToken(project.model, recording)}`);
  // Before shrinking, most of what seems to race does not.
  const race = isWorthIt ? broken.race : [];
  const bucket = bucketOf(property.name, cause, race);
  const known = like && race.length > 0 ? knownBug(project.known, property.name, cause, build.variant, bucket) : like;
  return {
    entry: {
      ...recording,
      bucket,
      property: property.name,
      cause,
      race,
      sentence: broken.sentence,
      found: { seed, run },
      story: telling.story,
    },
    strength: property.strength,
    token: toToken(project.model, { ...recording, bucket }),
    steps: telling.steps,
    after,
    known,
    resembles: known === undefined ? like : undefined,
  };
}
