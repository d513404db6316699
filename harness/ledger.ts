import { z } from 'zod';
import { type BatchResult, drawsOf, type Hit, RUNS_PER_BATCH } from './batch';
import { Coverage } from './coverage';
import { bucketOf, type Model } from './model';
import { Shares } from './shares';
import type { Start, Strategy } from './strategies/strategy';
import { parseTape, tapeText } from './tape';
import type { World } from './world';

/**
 * How many batches may be at work at once. What a batch begins with is decided when the one that is so many before it is written
 * down, neither earlier nor later, and so does not depend on who works how fast.
 */
export const AHEAD = 128;
/** Runs that have shown something new, to go on from. */
const MAX_CORPUS = 2000;
/** A property whose bugs differ too finely would fill the disk: later buckets of the same property are only counted. */
const MAX_BUCKETS_PER_PROPERTY = 8;
const MAX_POINTS = 200;
/** What `chanceOfNew` is about. */
export const MORE_RUNS = 1000;

/** What a batch begins with. */
export interface Decision<P> {
  readonly strategy: number;
  readonly start?: Start<P>;
}

/** What a campaign had seen after so many runs. */
export interface Point {
  readonly runs: number;
  readonly states: number;
  readonly bugs: number;
}

interface Count {
  readonly property: string;
  readonly cause: string;
  count: number;
}

/** All that a campaign knows: the results of its first batches, written down in their order. */
export class Ledger<P> {
  /** How many batches are written down. */
  batches = 0;
  runs = 0;
  steps = 0;
  stuck = 0;
  circling = 0;
  cutShort = 0;
  /** By bucket, without the race. */
  readonly bugs = new Map<string, Count>();
  readonly met = new Set<string>();
  readonly exercised = new Set<string>();
  coverage = new Coverage();
  /** How far it was after how many runs; at most MAX_POINTS points, evenly spread. */
  growth: Point[] = [];
  /** Batches from one point to the next. */
  private stride = 1;
  readonly shares: Shares;
  /** Runs that have shown something new. */
  readonly corpus: Start<P>[] = [];
  /** What batches `batches` and on begin with. */
  private readonly decisions: Decision<P>[] = [];

  constructor(
    readonly seed: string,
    private readonly strategies: readonly Strategy[],
    begin: readonly Start<P>[] = [],
  ) {
    this.shares = new Shares(strategies.map(({ name }) => name));
    this.corpus.push(...begin);
    while (this.decisions.length < AHEAD) this.decide();
  }

  /** What a batch begins with; one of the next AHEAD. */
  decisionFor(batch: number): Decision<P> {
    return this.decisions[batch - this.batches]!;
  }

  /** Writes the next batch down, and returns the bugs that are new. */
  write(result: BatchResult<P>, isIgnored: (property: string, cause: string) => boolean = () => false): Hit<P>[] {
    const { strategy } = this.decisions.shift()!;
    const hits: Hit<P>[] = [];
    for (const { property, cause, count, first } of result.bugs) {
      const key = bucketOf(property, cause);
      const known = this.bugs.get(key);
      if (known !== undefined) {
        known.count += count;
        continue;
      }
      const others = [...this.bugs.values()].filter((it) => it.property === property && !isIgnored(property, it.cause));
      this.bugs.set(key, { property, cause, count });
      if (!isIgnored(property, cause) && others.length < MAX_BUCKETS_PER_PROPERTY)
        hits.push({ ...first!, run: this.runs + first!.run, after: this.steps + first!.after });
    }
    for (const { start, states } of result.news) if (states.some((it) => !this.coverage.has(it))) this.keep(start);
    const { runs, steps, verdicts } = result;
    this.shares.earn(strategy, { runs, steps, states: this.coverage.add(runs, result), bugs: hits.length });
    for (const name of result.met) this.met.add(name);
    for (const name of result.exercised) this.exercised.add(name);
    this.stuck += verdicts.stuck;
    this.circling += verdicts['in circles'];
    this.cutShort += verdicts['cut short'];
    this.runs += runs;
    this.steps += steps;
    this.batches++;
    this.measure();
    this.decide();
    return hits;
  }

  private measure(): void {
    if (this.batches % this.stride !== 0) return;
    this.growth.push({ runs: this.runs, states: this.coverage.size, bugs: this.bugs.size });
    if (this.growth.length < MAX_POINTS) return;
    this.growth = this.growth.filter((_, i) => i % 2 === 1);
    this.stride *= 2;
  }

  private keep(start: Start<P>): void {
    this.corpus.push(start);
    if (this.corpus.length > MAX_CORPUS) this.corpus.splice(0, MAX_CORPUS / 2);
  }

  private decide(): void {
    const { corpus } = this;
    const draw = drawsOf(this.seed, this.batches + this.decisions.length);
    const strategy = this.shares.next(draw());
    const isFromCorpus = this.strategies[strategy]!.goesOn === true && corpus.length > 0;
    this.decisions.push({ strategy, ...(isFromCorpus && { start: corpus[(draw() >>> 8) % corpus.length]! }) });
  }

  /** As text, from which `restore` makes the same. */
  save<W extends World>(model: Model<W, P>): string {
    const { batches, runs, steps, stuck, circling, cutShort, bugs, met, exercised, coverage, shares } = this;
    const text = ({ program, tape }: Start<P>) => `${model.programText(program)} ${tapeText([...Array.from(tape)])}`;
    const decisions = this.decisions.map(({ strategy, start }) => [strategy, start === undefined ? null : text(start)]);
    const sets = { bugs: [...bugs.values()], met: [...met], exercised: [...exercised] };
    const { growth, stride } = this;
    const counts = { batches, runs, steps, stuck, circling, cutShort, growth, stride };
    return JSON.stringify({ ...counts, ...sets, coverage, shares, corpus: this.corpus.map(text), decisions });
  }

  restore<W extends World>(model: Model<W, P>, text: string): void {
    const parse = (it: string): Start<P> => {
      const [program, tape] = it.split(' ') as [string, string];
      return { program: model.parseProgramText(program), tape: parseTape(tape) };
    };
    const json = savedSchema.parse(JSON.parse(text));
    if (json.decisions.some(([strategy]) => strategy >= this.strategies.length))
      throw new RangeError('it was made by other strategies');
    const { bugs, met, exercised, coverage, shares, corpus, decisions, ...counts } = json;
    Object.assign(this, counts);
    for (const bug of bugs) this.bugs.set(bucketOf(bug.property, bug.cause), bug);
    for (const name of met) this.met.add(name);
    for (const name of exercised) this.exercised.add(name);
    this.coverage = Coverage.fromJSON(coverage);
    this.shares.restore(shares);
    this.corpus.splice(0, this.corpus.length, ...corpus.map(parse));
    const decided = decisions.map(([strategy, start]) => ({
      strategy,
      ...(start !== null && { start: parse(start) }),
    }));
    this.decisions.splice(0, this.decisions.length, ...decided);
  }
}

const whole = z.int().min(0);
const savedSchema = z.strictObject({
  batches: whole,
  runs: whole,
  steps: whole,
  stuck: whole,
  circling: whole,
  cutShort: whole,
  growth: z.array(z.strictObject({ runs: whole, states: whole, bugs: whole })),
  stride: z.int().min(1),
  bugs: z.array(z.strictObject({ property: z.string(), cause: z.string(), count: whole })),
  met: z.array(z.string()),
  exercised: z.array(z.string()),
  coverage: z.strictObject({ runs: whole, once: z.array(whole), often: z.array(whole) }),
  shares: z.strictObject({
    total: z.record(z.string(), z.strictObject({ runs: whole, steps: whole, states: whole, bugs: whole })),
    recent: z.array(z.strictObject({ gain: z.number(), steps: z.number() })),
    shares: z.array(z.number()),
    batches: whole,
  }),
  corpus: z.array(z.string()),
  decisions: z.array(z.tuple([whole, z.string().nullable()])).length(AHEAD),
});

/** What a saved ledger has seen; throws on a text that is none. */
export const coverageOf = (text: string): Coverage => Coverage.fromJSON(savedSchema.parse(JSON.parse(text)).coverage);

/** How many of `runs` runs belong to a batch. */
export const runsOf = (batch: number, runs: number | undefined): number =>
  runs === undefined ? RUNS_PER_BATCH : Math.max(0, Math.min(RUNS_PER_BATCH, runs - batch * RUNS_PER_BATCH));
