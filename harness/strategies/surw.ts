import { FastRandom } from '../base/random';
import { type Code, perCode } from '../language/link';
import type { World } from '../language/world';
import type { Machine } from '../run/machine';
import { choiceOf } from '../run/players';
import { touchersOf } from './conflicts';
import type { RandomScheduler } from './strategy';

const MAX_MOVERS = 64;

/** Columns whose lines are interesting in a run. */
const COLUMNS = 2;

/**
 * For each column that others can see and something writes, the lines that touch it, 1 in an array by program counter.
 */
const interestsOf = perCode((code: Code<never>): readonly Uint8Array[] =>
  [...touchersOf(code).values()]
    .filter((lines) => lines.some(({ writes }) => writes))
    .map((lines) => {
      const isTouching = new Uint8Array(code.lines.length);
      for (const { pc } of lines) isTouching[pc] = 1;
      return isTouching;
    }),
);

/**
 * Selectively uniform random walk: the lines that touch a few random columns are interesting, and their orders are
 * sampled uniformly: who executes the next one is drawn with a probability that is proportional to how many each mover
 * has left. The other lines go in any order meanwhile.
 * Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS 2025.
 *
 * Departures: how many each has left is what the run before had, of the same program and the same columns for 8 runs; a
 * mover that has more than that counts as having one left.
 */
export class Surw<W extends World> implements RandomScheduler<W> {
  private readonly random = new FastRandom();
  private readonly left = new Int32Array(MAX_MOVERS);
  private readonly seen = new Int32Array(MAX_MOVERS);
  private columns: readonly Uint8Array[] = [];
  private readonly picked = new Int32Array(COLUMNS);
  private runs = 0;
  /** The mover that executes the next interesting line; -1 while it has to be drawn. */
  private chosen = -1;
  private isNew = true;

  newRun(seed: number): void {
    const { random, seen, left } = this;
    random.seed(seed);
    if (this.runs++ % 8 === 0) {
      for (let i = 0; i < COLUMNS; i++) this.picked[i] = random.next() >>> 1;
      left.fill(1);
    } else for (let mover = 0; mover < MAX_MOVERS; mover++) left[mover] = Math.max(1, seen[mover]!);
    seen.fill(0);
    this.chosen = -1;
    this.isNew = true;
  }

  next(machine: Machine<W>, current: number): number {
    const { moverCount } = machine.world;
    if (this.isNew) this.columns = interestsOf(machine.code);
    this.isNew = false;
    if (this.chosen < 0) this.chosen = this.draw(moverCount);
    // Anybody whose next line is not interesting may go; of the others only the chosen one.
    const start = this.random.next() % moverCount;
    let waiting = -1;
    for (let i = 0; i < moverCount; i++) {
      const mover = (start + i) % moverCount;
      if (!machine.canMove(mover)) continue;
      if (!this.isInteresting(machine.look(mover))) return choiceOf(machine, current, mover);
      if (waiting < 0 || mover === this.chosen) waiting = mover;
    }
    if (waiting < 0) return 0;
    this.seen[waiting]!++;
    if (this.left[waiting]! > 1) this.left[waiting]!--;
    this.chosen = -1;
    return choiceOf(machine, current, waiting);
  }

  private isInteresting(pc: number): boolean {
    for (let i = 0; i < COLUMNS; i++) if (this.columns[this.picked[i]! % this.columns.length]![pc] === 1) return true;
    return false;
  }

  private draw(moverCount: number): number {
    let sum = 0;
    for (let mover = 0; mover < moverCount; mover++) sum += this.left[mover]!;
    let at = this.random.next() % sum;
    for (let mover = 0; mover < moverCount; mover++) {
      at -= this.left[mover]!;
      if (at < 0) return mover;
    }
    return 0;
  }

  way(count: number): number {
    return this.random.next() % count;
  }
}
