import { z } from 'zod';
import type { Hit } from '../find/hit';
import type { Model } from '../language/model';
import type { World } from '../language/world';
import type { Start, Strategy } from '../strategies/strategy';
import { bucketOf } from '../tell/bucket';
import { type BatchResult, RUNS_PER_BATCH } from './batch';
import { Coverage, coverageSchema } from './coverage';
import { AHEAD, type Decision, LEARNERS, Learner, learnerSchema } from './learner';
import { type Earnings, totalOf } from './shares';

/** A property whose bugs differ too finely would fill the disk: later buckets of the same property are only counted. */
export const MAX_BUCKETS_PER_PROPERTY = 8;

/** The i-th of so many parts of a campaign, from 1: the batches of every so many-th learner. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

const WHOLE: Shard = { index: 1, of: 1 };

/** What there is to do. */
export interface Job<P> extends Decision<P> {
  readonly batch: number;
  readonly runs: number;
  /** Abstract states that need not be told again. */
  readonly seen: ReadonlySet<number>;
}

interface Count {
  readonly property: string;
  readonly cause: string;
  count: number;
}

/** All that a campaign (or a part of it) knows: the results of its first batches, written down in their order. */
export class Ledger<P> {
  /** How many batches are written down. */
  written = 0;
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
  /** Who decides; those of other parts are missing. */
  private readonly learners: readonly Learner<P>[];

  constructor(
    readonly seed: string,
    strategies: readonly Strategy[],
    { index, of }: Shard = WHOLE,
    begin: readonly Start<P>[] = [],
  ) {
    this.learners = Array.from({ length: LEARNERS }, (_, i) => i)
      .filter((i) => i % of === index - 1)
      .map((i) => new Learner<P>(seed, i, strategies, begin));
  }

  /** How many batches may be at work at once. */
  get width(): number {
    return AHEAD * this.learners.length;
  }

  /** What each strategy has earned. */
  get earned(): Readonly<Record<string, Earnings>> {
    return totalOf(this.learners.map(({ shares }) => shares.total));
  }

  /** Runs that have shown something new to some learner. */
  get corpus(): readonly Start<P>[] {
    // They begin with the same ones.
    return [...new Set(this.learners.flatMap(({ corpus }) => corpus))];
  }

  private learnerOf(at: number): Learner<P> {
    return this.learners[at % this.learners.length]!;
  }

  /** A batch to do, once the `ahead` before it are at work; of a campaign of so many runs, if there is an end to it. */
  next(ahead: number, runs: number | undefined): Job<P> {
    const at = this.written + ahead;
    const job = this.learnerOf(at).job(Math.floor(at / this.learners.length));
    return { ...job, runs: runsOf(job.batch, runs) };
  }

  /** How many runs of a campaign of so many are this part's. */
  share(runs: number): number {
    const batches = Math.ceil(runs / RUNS_PER_BATCH);
    let own = 0;
    for (const learner of this.learners) own += RUNS_PER_BATCH * learner.share(batches);
    return own - (this.learners.some((it) => it.owns(batches - 1)) ? RUNS_PER_BATCH * batches - runs : 0);
  }

  /** Writes the next batch down, and returns the bugs that are new. */
  write(result: BatchResult<P>, isIgnored: (property: string, cause: string) => boolean = () => false): Hit<P>[] {
    const { batch } = this.next(0, undefined);
    this.learnerOf(this.written).write(result, isIgnored);
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
        hits.push({ ...first!, run: RUNS_PER_BATCH * batch + first!.run, after: this.steps + first!.after });
    }
    const { runs, steps, verdicts } = result;
    this.coverage.add(batch, runs, result);
    for (const name of result.met) this.met.add(name);
    for (const name of result.exercised) this.exercised.add(name);
    this.stuck += verdicts.stuck;
    this.circling += verdicts['in circles'];
    this.cutShort += verdicts['cut short'];
    this.runs += runs;
    this.steps += steps;
    this.written++;
    return hits;
  }

  /** As text, from which `restore` makes the same. */
  save<W extends World>(model: Model<W, P>): string {
    const { written, runs, steps, stuck, circling, cutShort, bugs, met, exercised, coverage } = this;
    const sets = { bugs: [...bugs.values()], met: [...met], exercised: [...exercised] };
    const counts = { written, runs, steps, stuck, circling, cutShort };
    return JSON.stringify({ ...counts, ...sets, coverage, learners: this.learners.map((it) => it.save(model)) });
  }

  restore<W extends World>(model: Model<W, P>, text: string): void {
    const { bugs, met, exercised, coverage, learners, ...counts } = savedSchema.parse(JSON.parse(text));
    if (learners.length !== this.learners.length) throw new RangeError('it is of another part');
    Object.assign(this, counts);
    for (const bug of bugs) this.bugs.set(bucketOf(bug.property, bug.cause), bug);
    for (const name of met) this.met.add(name);
    for (const name of exercised) this.exercised.add(name);
    this.coverage = Coverage.fromJSON(coverage);
    const { length } = this.learners;
    for (const [i, learner] of this.learners.entries())
      learner.restore(model, learners[i]!, Math.ceil((this.written - i) / length));
  }
}

const whole = z.int().min(0);

const savedSchema = z.strictObject({
  written: whole,
  runs: whole,
  steps: whole,
  stuck: whole,
  circling: whole,
  cutShort: whole,
  bugs: z.array(z.strictObject({ property: z.string(), cause: z.string(), count: whole })),
  met: z.array(z.string()),
  exercised: z.array(z.string()),
  coverage: coverageSchema,
  learners: z.array(learnerSchema),
});

/** How many of `runs` runs belong to a batch. */
const runsOf = (batch: number, runs: number | undefined): number =>
  runs === undefined ? RUNS_PER_BATCH : Math.max(0, Math.min(RUNS_PER_BATCH, runs - batch * RUNS_PER_BATCH));
