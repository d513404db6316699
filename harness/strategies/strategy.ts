import type fc from 'fast-check';
import type { World } from '../language/world';
import type { Scheduler } from '../run/machine';

/** A scheduler that draws: the same seed, program and history of runs give the same schedule. */
export interface RandomScheduler<W extends World> extends Scheduler<W> {
  newRun(seed: number): void;
}

/** A program to run, and a tape to begin with. */
export interface Start<P> {
  readonly program: P;
  readonly tape: ArrayLike<number>;
}

/** What a strategy may draw from. */
export interface Sources<P> {
  /** Programs from all the mixes of the model. */
  readonly programs: fc.Arbitrary<P>;
  /** Programs of a few operations each, drawn anew for each program. */
  readonly swarms: fc.Arbitrary<P>;
  /** Runs that have shown something new, the latest last. */
  readonly corpus: readonly Start<P>[];
}

/** A way to look for bugs: where programs come from, and who moves when. */
export interface Strategy {
  readonly name: string;
  readonly sentence: string;
  /** Where it is described. */
  readonly paper: string;
  /** Whether it goes on from earlier runs. */
  readonly goesOn?: boolean;
  create<W extends World, P>(): Searcher<W, P>;
}

/** A strategy at work, for one campaign. */
export interface Searcher<W extends World, P> {
  readonly scheduler: RandomScheduler<W>;
  /** What the next runs start from; `seed` is for whatever it draws. */
  start(sources: Sources<P>, seed: number): Start<P>;
}
