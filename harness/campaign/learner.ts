import { z } from 'zod';
import type { Model } from '../language/model';
import type { World } from '../language/world';
import { parseTape, tapeText } from '../run/tape';
import type { Start, Strategy } from '../strategies/strategy';
import { bucketOf } from '../tell/bucket';
import { type BatchResult, drawsOf } from './batch';
import { Shares, sharesSchema } from './shares';

/**
 * Batches are dealt to so many learners in turn, and none hears of another: so the parts of a campaign can be done on
 * several machines, and come to what one machine comes to (test: fuzz.test.ts). More would learn too little each.
 */
export const LEARNERS = 8;

/**
 * How many batches of a learner may be at work at once. What a batch begins with is decided when the one that is so
 * many before it is written down, neither earlier nor later, and so does not depend on who works how fast.
 */
export const AHEAD = 16;

/** Runs that have shown something new, to go on from; the latest. */
const MAX_CORPUS = 250;

/** What a batch begins with. */
export interface Decision<P> {
  readonly strategy: number;
  readonly start?: Start<P>;
}

/** Who decides what its batches begin with, from what its batches before have earned. */
export class Learner<P> {
  /** How many batches are written down. */
  private batches = 0;
  /** The abstract states that they have seen, and the bugs that they have hit, as buckets without the race. */
  private readonly seen = new Set<number>();
  private readonly bugs = new Set<string>();
  readonly shares: Shares;
  /** Runs that have shown something new. */
  readonly corpus: Start<P>[] = [];
  /** What batches `batches` and on begin with. */
  private readonly decisions: Decision<P>[] = [];
  private readonly texts = new WeakMap<Start<P>, string>();

  constructor(
    private readonly seed: string,
    /** From 0. */
    private readonly index: number,
    private readonly strategies: readonly Strategy[],
    begin: readonly Start<P>[],
  ) {
    this.shares = new Shares(strategies.map(({ name }) => name));
    this.corpus.push(...begin);
    while (this.decisions.length < AHEAD) this.decide();
  }

  /** Its n-th batch, from 0, in the campaign: one of the next AHEAD. */
  job(n: number): Decision<P> & { readonly batch: number; readonly seen: ReadonlySet<number> } {
    return { ...this.decisions[n - this.batches]!, batch: this.numberOf(n), seen: this.seen };
  }

  private numberOf(n: number): number {
    return LEARNERS * n + this.index;
  }

  /** How many of a campaign's first batches are its own. */
  share(batches: number): number {
    return Math.max(0, Math.ceil((batches - this.index) / LEARNERS));
  }

  owns(batch: number): boolean {
    return batch % LEARNERS === this.index;
  }

  /** Learns from the next batch. */
  write(result: BatchResult<P>, isIgnored: (property: string, cause: string) => boolean): void {
    const { strategy } = this.decisions.shift()!;
    let bugs = 0;
    for (const { property, cause } of result.bugs) {
      const key = bucketOf(property, cause);
      if (!this.bugs.has(key) && !isIgnored(property, cause)) bugs++;
      this.bugs.add(key);
    }
    const { runs, steps, news, once, often } = result;
    const before = this.seen.size;
    for (const { start, states } of news) if (states.some((it) => !this.seen.has(it))) this.keep(start);
    for (const state of [...once, ...often]) this.seen.add(state);
    this.shares.earn(strategy, { runs, steps, states: this.seen.size - before, bugs });
    this.batches++;
    this.decide();
  }

  private keep(start: Start<P>): void {
    this.corpus.push(start);
    if (this.corpus.length > MAX_CORPUS) this.corpus.splice(0, Math.ceil(MAX_CORPUS / 2));
  }

  private decide(): void {
    const { corpus } = this;
    const draw = drawsOf(this.seed, this.numberOf(this.batches + this.decisions.length));
    const strategy = this.shares.next(draw());
    const isFromCorpus = this.strategies[strategy]!.goesOn === true && corpus.length > 0;
    this.decisions.push({ strategy, ...(isFromCorpus && { start: corpus[(draw() >>> 8) % corpus.length]! }) });
  }

  /** What `restore` makes the same of; how many batches are written down, the ledger knows. */
  save<W extends World>(model: Model<W, P>): LearnerJson {
    // Most of them were there when it was saved before.
    const text = (start: Start<P>): string => {
      const known = this.texts.get(start);
      if (known !== undefined) return known;
      const made = `${model.programText(start.program)} ${tapeText(Array.from(start.tape))}`;
      this.texts.set(start, made);
      return made;
    };
    const { seen, bugs, shares, corpus } = this;
    return {
      seen: [...seen],
      bugs: [...bugs],
      shares: shares.toJSON(),
      corpus: corpus.map(text),
      decisions: this.decisions.map(({ strategy, start }) => [strategy, start === undefined ? null : text(start)]),
    };
  }

  restore<W extends World>(
    model: Model<W, P>,
    { seen, bugs, shares, corpus, decisions }: LearnerJson,
    batches: number,
  ): void {
    const parse = (it: string): Start<P> => {
      const [program, tape] = it.split(' ') as [string, string];
      return { program: model.parseProgramText(program), tape: Uint8Array.from(parseTape(tape)) };
    };
    if (decisions.some(([strategy]) => strategy >= this.strategies.length))
      throw new RangeError('it was made by other strategies');
    this.batches = batches;
    for (const bug of bugs) this.bugs.add(bug);
    for (const state of seen) this.seen.add(state);
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

export const learnerSchema = z.strictObject({
  seen: z.array(whole),
  bugs: z.array(z.string()),
  shares: sharesSchema,
  corpus: z.array(z.string()),
  decisions: z.array(z.tuple([whole, z.string().nullable()])).length(AHEAD),
});

type LearnerJson = z.infer<typeof learnerSchema>;
