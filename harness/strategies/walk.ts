import { FastRandom } from '../base/random';
import type { World } from '../language/world';
import type { Machine } from '../run/machine';
import { choiceOf } from '../run/players';
import type { RandomScheduler } from './strategy';

/** How many lengths a while may be bounded by. */
const WHILES = 5;

/**
 * Goes on with the same mover for a while, then switches to any other one that can move. How long a while may last is
 * drawn once per run (up to 3, 7, 15, 31 or 63 points), because short overlaps want frequent switches and long ones
 * rare ones. A mover that comes to a fragile line is left there now and then (how often is drawn once per run, too),
 * until a number of points that is also drawn has passed or nobody else can move: overlaps with something long (a whole
 * suspension) would otherwise be too rare. In a quarter of the runs, another mover that comes to a line of fragility 2
 * meanwhile takes its place half of the time, so that three can meet; in the others whatever is long is left its time,
 * unless its line has fragility 3, which waits for just that.
 */
export class RandomWalk<W extends World> implements RandomScheduler<W> {
  private readonly random = new FastRandom();
  /** A while has at most so many points; all ones. */
  private mask = 0;
  /** Whether another one may be left instead, whatever the line. */
  private givesWay = false;
  /** A mover is left at a fragile line where a random number has none of these bits. */
  private rarely = 1;
  /** Points until the next switch. */
  private stay = 0;
  /**
   * The mover that is left where it is, or -1; whether another one may take its place; and for how many more points.
   */
  private frozen = -1;
  private yields = false;
  private thaw = 0;

  newRun(seed: number): void {
    this.random.seed(seed);
    const draw = this.random.next();
    this.mask = (4 << ((draw >>> 2) % WHILES)) - 1;
    this.givesWay = (draw & 3) === 0;
    this.rarely = (2 << (this.random.next() & 3)) - 1;
    this.stay = 0;
    this.frozen = -1;
  }

  next(machine: Machine<W>, current: number, pc: number): number {
    if (this.frozen >= 0) {
      if (--this.thaw < 0) this.frozen = -1;
      else {
        const isFragile = this.yields && current !== this.frozen && machine.code.fragility[pc] === 2;
        if (isFragile && (this.random.next() & 1) === 0) this.freeze(machine, current, pc);
        return this.around(machine, current);
      }
    }
    if (machine.code.fragility[pc] !== 0) {
      if ((this.random.next() & this.rarely) === 0) {
        this.freeze(machine, current, pc);
        return this.around(machine, current);
      }
    }
    if (--this.stay >= 0) return 0;
    const draw = this.random.next();
    this.stay = draw & this.mask;
    // 12 is divisible by 1, 2, 3 and 4: every other mover is equally likely when at most four can move.
    return 1 + ((draw >>> 8) % 12);
  }

  private freeze({ code }: Machine<W>, mover: number, pc: number): void {
    this.frozen = mover;
    this.yields = this.givesWay || code.fragility[pc] === 3;
    this.thaw = 8 << ((this.random.next() >>> 16) & 7);
  }

  /** A choice among the movers that are not left where they are. */
  private around(machine: Machine<W>, current: number): number {
    if (current !== this.frozen && --this.stay >= 0 && machine.canMove(current)) return 0;
    const draw = this.random.next();
    this.stay = draw & this.mask;
    const { moverCount } = machine.world;
    const start = (draw >>> 8) % moverCount;
    for (let i = 0; i < moverCount; i++) {
      const mover = (start + i) % moverCount;
      if (mover !== this.frozen && mover !== current && machine.canMove(mover))
        return choiceOf(machine, current, mover);
    }
    if (current === this.frozen) this.frozen = -1;
    return 0;
  }

  way(count: number): number {
    return this.random.next() % count;
  }
}
