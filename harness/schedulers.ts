import type { Move } from './explore';
import { type Machine, type Scheduler, TAKE_TURNS } from './machine';
import { FastRandom } from './random';
import type { World } from './world';

/**
 * Goes on with the same mover for a while, then switches to any other one that can move. How long a while may last is
 * drawn once per run (up to 3, 7, 15 or 31 points), because short overlaps want frequent switches and long ones rare ones.
 * A mover that comes to a fragile line is left there now and then (how often is drawn once per run, too), until a number of
 * points that is also drawn has passed or nobody else can move: overlaps with something long (a whole suspension) would
 * otherwise be too rare. Another mover that comes to a line of fragility 2 meanwhile takes its place now and then, so that
 * three can meet.
 */
export class RandomWalk<W extends World> implements Scheduler<W> {
  private readonly random = new FastRandom();
  private mask = 0;
  /** A mover is left at a fragile line where a random number has none of these bits. */
  private rarely = 1;
  /** Points until the next switch. */
  private stay = 0;
  /** The mover that is left where it is, or -1; and for how many more points. */
  private frozen = -1;
  private thaw = 0;

  newRun(seed: number): void {
    this.random.seed(seed);
    this.mask = (4 << (this.random.next() & 3)) - 1;
    this.rarely = (2 << (this.random.next() & 3)) - 1;
    this.stay = 0;
    this.frozen = -1;
  }

  next(machine: Machine<W>, current: number, pc: number): number {
    if (this.frozen >= 0) {
      if (--this.thaw < 0) this.frozen = -1;
      else {
        if (current !== this.frozen && machine.code.fragility[pc] === 2 && (this.random.next() & 3) === 0)
          this.freeze(current);
        return this.around(machine, current);
      }
    }
    if (machine.code.fragility[pc] !== 0) {
      if ((this.random.next() & this.rarely) === 0) {
        this.freeze(current);
        return this.around(machine, current);
      }
    }
    if (--this.stay >= 0) return 0;
    const draw = this.random.next();
    this.stay = draw & this.mask;
    // 12 is divisible by 1, 2, 3 and 4: every other mover is equally likely when at most four can move.
    return 1 + ((draw >>> 8) % 12);
  }

  private freeze(mover: number): void {
    this.frozen = mover;
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

/**
 * Repeats recorded choices. Behind their end the same mover goes on and every line takes its first way; or, where the bug
 * is that somebody waits for ever, all movers take fair turns.
 */
export class TapePlayer<W extends World> implements Scheduler<W> {
  private at = 0;

  constructor(
    private readonly tape: ArrayLike<number>,
    private readonly thenTakeTurns = false,
  ) {}

  /** How many choices were used. */
  get position(): number {
    return this.at;
  }

  next(): number {
    if (this.thenTakeTurns && this.at >= this.tape.length) return TAKE_TURNS;
    return this.tape[this.at++] ?? 0;
  }

  way(count: number): number {
    return (this.tape[this.at++] ?? 0) % count;
  }
}

/** One mover goes on until it would execute the line at `pc` once more, having executed it `times` times in this turn. */
export interface Turn {
  readonly mover: number;
  readonly pc: number;
  readonly times: number;
  /** The ways its lines take, in order. */
  readonly ways: readonly number[];
}

/**
 * Plays turns. They name movers absolutely and end at lines rather than behind a number of steps, so that a program with
 * one operation less, or a schedule with one turn less, still does much the same; shrinking lives on that. A turn ends
 * early when its mover waits; behind the last turn the same mover goes on, or all take fair turns.
 */
export class TurnPlayer<W extends World> implements Scheduler<W> {
  private at = -1;
  private times = 0;
  private wayAt = 0;

  constructor(
    private readonly turns: readonly Turn[],
    private readonly thenTakeTurns = false,
  ) {}

  next(machine: Machine<W>, current: number): number {
    for (; this.at < this.turns.length; this.at++, this.times = 0, this.wayAt = 0) {
      const turn = this.turns[this.at];
      if (turn === undefined || turn.mover >= machine.world.moverCount || !machine.canMove(turn.mover)) continue;
      if (machine.look(turn.mover) === turn.pc && this.times++ === turn.times) continue;
      return choiceOf(machine, current, turn.mover);
    }
    return this.thenTakeTurns ? TAKE_TURNS : 0;
  }

  way(count: number): number {
    return (this.turns[this.at]?.ways[this.wayAt++] ?? 0) % count;
  }
}

/** Makes the moves of a search: whoever is at an elided line goes on, and then it is the next one's turn. */
export class PathPlayer<W extends World> implements Scheduler<W> {
  private at = 0;

  constructor(
    private readonly path: readonly Move[],
    private readonly isElided: Uint8Array,
  ) {}

  next(machine: Machine<W>, current: number): number {
    const { moverCount } = machine.world;
    for (let mover = 0; mover < moverCount; mover++)
      if (this.isElided[machine.look(mover)] === 1) return choiceOf(machine, current, mover);
    const move = this.path[this.at++];
    return move === undefined ? 0 : choiceOf(machine, current, move.mover);
  }

  way(count: number): number {
    return (this.path[this.at - 1]?.way ?? 0) % count;
  }
}

/** The choice that lets `mover`, which can move, go next. */
export function choiceOf<W extends World>(machine: Machine<W>, current: number, mover: number): number {
  if (mover === current) return 0;
  const { moverCount } = machine.world;
  let choice = 1;
  for (let i = 1; (current + i) % moverCount !== mover; i++) if (machine.canMove((current + i) % moverCount)) choice++;
  return choice;
}
