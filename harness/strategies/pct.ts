import { FastRandom } from '../base/random';
import type { World } from '../language/world';
import type { Machine } from '../run/machine';
import { choiceOf } from '../run/players';
import type { RandomScheduler } from './strategy';

const MAX_MOVERS = 64;

/** Depths that runs take in turn: 2 is an order of two lines, each more one line more. */
export const DEPTHS = [2, 3, 4, 6] as const;
const FIRST_GUESS = 200;

/**
 * Probabilistic concurrency testing: movers have random priorities, the highest that can move does, and at `depth` - 1
 * random steps the one at hand falls behind all others. A bug that takes `depth` ordered lines is found with a
 * probability of at least 1 / (n * k ^ (depth - 1)) a run, for n movers and k steps.
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding
 * bugs", ASPLOS 2010.
 *
 * Departures: k is how long the run before was, so that the bound holds only where runs are about as long as each
 * other; ways of lines are drawn uniformly, which the bound does not count.
 */
export class Pct<W extends World> implements RandomScheduler<W> {
  private readonly random = new FastRandom();
  private readonly priority = new Int32Array(MAX_MOVERS);
  private readonly changes = new Int32Array(Math.max(...DEPTHS));
  private changeCount = 0;
  private points = 0;
  private runs = 0;
  /** Points of the run before. */
  private length = FIRST_GUESS;

  newRun(seed: number): void {
    const { random, priority, changes } = this;
    if (this.points > 0) this.length = this.points;
    random.seed(seed);
    for (let mover = 0; mover < MAX_MOVERS; mover++) priority[mover] = MAX_MOVERS + (random.next() >>> 2);
    this.changeCount = DEPTHS[this.runs++ % DEPTHS.length]! - 1;
    for (let i = 0; i < this.changeCount; i++) changes[i] = 1 + (random.next() % this.length);
    this.points = 0;
  }

  next(machine: Machine<W>, current: number): number {
    const { priority, changes } = this;
    this.points++;
    for (let i = 0; i < this.changeCount; i++)
      // What falls at a later change falls deeper.
      if (changes[i] === this.points) priority[current] = this.changeCount - i;
    let best = -1;
    for (let mover = 0; mover < machine.world.moverCount; mover++)
      if ((best < 0 || priority[mover]! > priority[best]!) && machine.canMove(mover)) best = mover;
    return best < 0 ? 0 : choiceOf(machine, current, best);
  }

  way(count: number): number {
    return this.random.next() % count;
  }
}

/** The bound for a depth, as it is stated: a probability a run. */
export const pctBound = (movers: number, steps: number, depth: number): number => 1 / (movers * steps ** (depth - 1));
