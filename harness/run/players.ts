import type { World } from '../language/world';
import { type Machine, type Scheduler, TAKE_TURNS } from './machine';

/** Who moves, and which of its line's ways it takes; then every line behind it that is elided. */
export interface Move {
  readonly mover: number;
  readonly way: number;
}

/**
 * Repeats recorded choices. Behind their end the same mover goes on and every line takes its first way; or, where the
 * bug is that somebody waits for ever, all movers take fair turns.
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

/** One executed line that the scheduler was asked for, and the ways that it and the private ones behind it took. */
export interface Step {
  readonly mover: number;
  readonly pc: number;
  readonly ways: readonly number[];
}

/**
 * Plays steps one by one; who cannot move is left out. They say who moves and nothing of what it does, so that a
 * schedule with one step less has its mover one line behind from there on. Behind the last one the same mover goes on,
 * or all take fair turns.
 */
export class StepPlayer<W extends World> implements Scheduler<W> {
  private at = 0;
  private wayAt = 0;

  constructor(
    private readonly steps: readonly Step[],
    private readonly thenTakeTurns = false,
  ) {}

  next(machine: Machine<W>, current: number): number {
    for (; this.at < this.steps.length; this.at++) {
      const { mover } = this.steps[this.at]!;
      if (mover >= machine.world.moverCount || !machine.canMove(mover)) continue;
      this.at++;
      this.wayAt = 0;
      return choiceOf(machine, current, mover);
    }
    return this.thenTakeTurns ? TAKE_TURNS : 0;
  }

  way(count: number): number {
    return (this.steps[this.at - 1]?.ways[this.wayAt++] ?? 0) % count;
  }
}

/**
 * One mover goes on until it would execute the line at `pc` once more, having executed it `times` times in this turn.
 */
export interface Turn {
  readonly mover: number;
  readonly pc: number;
  readonly times: number;
  /** The ways its lines take, in order. */
  readonly ways: readonly number[];
}

/**
 * Plays turns. They name movers absolutely and end at lines rather than behind a number of steps, so that a program
 * with one operation less, or a schedule with one turn less, still does much the same; shrinking lives on that. A turn
 * ends early when its mover waits; behind the last turn the same mover goes on, or all take fair turns.
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

/** The mover at hand when a run begins: private lines that it begins with are executed before anybody is asked. */
const FIRST = 0;

/**
 * The steps of a search's way, which the machine's world goes. A search spends a move on a private line that has ways,
 * and a run executes it without asking: the step before it is the one that takes them.
 */
export function stepsOf<W extends World>(machine: Machine<W>, path: readonly Move[], isElided: Uint8Array): Step[] {
  const { code, world } = machine;
  const steps: (Step & { readonly ways: number[] })[] = [];
  const last = new Map<number, (typeof steps)[number]>();
  const go = (mover: number, way: number): void => {
    const pc = machine.look(mover);
    const ways = (code.ways[pc]?.(world) ?? 1) > 1 ? [way] : [];
    const step = last.get(mover);
    if (code.isLocal[pc] === 0 || (step === undefined && mover !== FIRST)) {
      const next = { mover, pc, ways };
      steps.push(next);
      last.set(mover, next);
    } else step?.ways.push(...ways);
    machine.step(mover, way);
  };
  const settle = (mover: number): void => {
    while (isElided[machine.look(mover)] === 1) go(mover, 0);
  };
  for (let mover = 0; mover < world.moverCount; mover++) settle(mover);
  for (const { mover, way } of path) {
    go(mover, way);
    settle(mover);
  }
  return steps;
}

/** The choice that lets `mover`, which can move, go next. */
export function choiceOf<W extends World>(machine: Machine<W>, current: number, mover: number): number {
  if (mover === current) return 0;
  const { moverCount } = machine.world;
  let choice = 1;
  for (let i = 1; (current + i) % moverCount !== mover; i++) if (machine.canMove((current + i) % moverCount)) choice++;
  return choice;
}
