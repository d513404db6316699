import { FastRandom } from '../base/random';
import type { World } from '../language/world';
import type { Machine } from '../run/machine';
import type { RandomScheduler } from './strategy';
import { RandomWalk } from './walk';

/**
 * Goes the way of an earlier run for a random while, changes a choice now and then, and then walks. Earlier runs are
 * those that have shown an abstract state for the first time, so that what is rare is gone on from rather than come to
 * again.
 * Source: coverage-guided fuzzing as in AFL (Zalewski).
 *
 * Departures: one parent, no crossing of two tapes.
 */
export class Mutate<W extends World> implements RandomScheduler<W> {
  private readonly random = new FastRandom();
  private readonly walk = new RandomWalk<W>();
  private parent: ArrayLike<number> = [];
  private at = 0;
  private until = 0;
  /** A choice is changed where a random number has none of these bits. */
  private rarely = 0;

  /** The tape to change from now on. */
  begin(tape: ArrayLike<number>): void {
    this.parent = tape;
  }

  newRun(seed: number): void {
    const { random } = this;
    random.seed(seed);
    this.walk.newRun(random.next());
    this.at = 0;
    this.until = random.next() % (this.parent.length + 1);
    this.rarely = (16 << (random.next() & 3)) - 1;
  }

  next(machine: Machine<W>, current: number, pc: number): number {
    if (this.at >= this.until) return this.walk.next(machine, current, pc);
    const choice = this.parent[this.at++]!;
    return (this.random.next() & this.rarely) === 0 ? this.walk.next(machine, current, pc) : choice;
  }

  way(count: number): number {
    return this.at < this.until ? this.parent[this.at++]! % count : this.random.next() % count;
  }
}
