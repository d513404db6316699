import { FastRandom } from '../base/random';
import type { World } from '../language/world';
import type { Machine } from '../run/machine';
import { choiceOf } from '../run/players';
import { type Conflicts, conflictsOf, doConflict } from './conflicts';
import type { RandomScheduler } from './strategy';

const MAX_MOVERS = 64;

/**
 * Partial order sampling: every pending line has a random priority, the highest goes first, and every line that
 * conflicts with it gets a new one. That samples orders of conflicting lines rather than of all lines.
 * Source: Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
 *
 * Departures: lines conflict by column, not by cell (conflicts.ts).
 */
export class Pos<W extends World> implements RandomScheduler<W> {
  private readonly random = new FastRandom();
  private readonly priority = new Uint32Array(MAX_MOVERS);
  private conflicts: Conflicts | undefined;
  /** The mover and the line of the step before, or -1. */
  private last = -1;
  private lastPc = 0;

  newRun(seed: number): void {
    this.random.seed(seed);
    for (let mover = 0; mover < MAX_MOVERS; mover++) this.priority[mover] = this.random.next();
    this.last = -1;
    this.conflicts = undefined;
  }

  next(machine: Machine<W>, current: number): number {
    const { priority, random } = this;
    const { moverCount } = machine.world;
    this.conflicts ??= conflictsOf(machine.code);
    if (this.last >= 0) {
      priority[this.last] = random.next();
      for (let mover = 0; mover < moverCount; mover++)
        if (mover !== this.last && doConflict(this.conflicts, this.lastPc, machine.look(mover)))
          priority[mover] = random.next();
    }
    let best = -1;
    for (let mover = 0; mover < moverCount; mover++)
      if ((best < 0 || priority[mover]! > priority[best]!) && machine.canMove(mover)) best = mover;
    if (best < 0) return 0;
    this.last = best;
    this.lastPc = machine.look(best);
    return choiceOf(machine, current, best);
  }

  way(count: number): number {
    return this.random.next() % count;
  }
}
