import fc from 'fast-check';
import { seedStream } from '../base/random';
import type { Build } from '../language/build';
import type { Project } from '../language/project';
import { isEndless, type Property } from '../language/property';
import type { World } from '../language/world';
import { Machine, type Scheduler } from '../run/machine';
import { type Step, StepPlayer, TapePlayer, type Turn, TurnPlayer } from '../run/players';
import { type Tape, trim } from '../run/tape';
import { RandomWalk } from '../strategies/walk';

/** A program and a schedule under which a property breaks. */
export interface Case<P> {
  readonly program: P;
  readonly tape: Tape;
}

interface Hit<P> extends Case<P> {
  /** What was executed, up to the break, but for lines that the scheduler is not asked for. */
  readonly steps: readonly Step[];
  /** What the reader has to bear: steps, context switches, the program. */
  readonly cost: number;
}

/** All limits are counted in runs, so that results do not depend on speed. */
const LIMITS = {
  /** Runs under new schedules that a smaller program gets when the old schedule does not break it. */
  perProgram: 48,
  /** Fresh programs, and runs of each, in which a shorter way to the same bug is looked for first. */
  fresh: { programs: 100, runs: 8 },
  /** Runs in which something is left out. */
  all: 40_000,
};

/** How many steps more a story may have that has one character less in its program, or one context switch less. */
const PER_CHARACTER = 8;
const PER_SWITCH = 4;

/** The event loop gets its turn this often, so that signals are heard. */
const SLICE_MS = 50;

/**
 * Makes a failing case as small as leaving things out can make it, keeping the property and the cause. It starts from
 * the cheapest way to the bug among the one found and some fresh runs, so that most seeds end in the same story. Then
 * it leaves out a part of the program, a turn, some steps, or the switch to somebody who could as well move earlier or
 * later, for as long as the property breaks all the same and the story gets no longer. What comes out is 1-minimal:
 * `couldDoWithout` finds nothing more.
 */
export async function shrink<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  property: Property<W>,
  cause: string,
  found: Case<P>,
  maxSteps: number,
  /** Asked now and then; true ends the shrinking with what there is. */
  isStopped: () => boolean,
): Promise<Case<P>> {
  const { model } = project;
  const trials = new Trials(project, build, property, cause, maxSteps);
  const first = trials.repeat(found);
  if (first === undefined) return found;
  let best = first;
  const walk = new RandomWalk<W>();
  const seeds = seedStream('fresh', property.name);
  for (const program of fc.sample(model.programs, { seed: seeds(), numRuns: LIMITS.fresh.programs }))
    for (let i = 0; i < LIMITS.fresh.runs; i++) {
      walk.newRun(seeds());
      best = trials.run(program, walk, best.cost) ?? best;
    }
  const pace = new Pace(isStopped);
  best = await smallerProgram(project, trials, best, pace);
  best = await fewer(
    best,
    (it) => turnsOf(it.steps),
    (it, turns) => trials.play(it, turns),
    pace,
  );
  best = await fewer(
    best,
    (it) => it.steps,
    (it, steps) => trials.playSteps(it, steps),
    pace,
  );
  // Around and around, until nothing can be left out of what there is.
  let attempts = leavingOneOut(project, trials, best);
  for (let at = 0, inVain = 0; inVain < attempts.length && !pace.isOver; at++) {
    await pace.tick();
    const smaller = attempts[at % attempts.length]!();
    inVain++;
    if (smaller === undefined) continue;
    best = smaller;
    inVain = 0;
    attempts = leavingOneOut(project, trials, best);
  }
  return { program: best.program, tape: best.tape };
}

/** What could be left out of a case without the property ceasing to break, or nothing. For tests. */
export function couldDoWithout<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  property: Property<W>,
  cause: string,
  found: Case<P>,
  maxSteps: number,
): Case<P> | undefined {
  const trials = new Trials(project, build, property, cause, maxSteps);
  const hit = trials.repeat(found);
  if (hit === undefined) throw new Error('the case does not break its property');
  for (const attempt of leavingOneOut(project, trials, hit)) {
    const smaller = attempt();
    if (smaller !== undefined) return smaller;
  }
  return undefined;
}

/** Counts runs, and lets the event loop have its turn. */
class Pace {
  isOver = false;
  private left = LIMITS.all;
  private since = performance.now();
  constructor(private readonly isStopped: () => boolean) {}

  async tick(): Promise<void> {
    if (--this.left < 0) this.isOver = true;
    if (performance.now() - this.since < SLICE_MS) return;
    await new Promise(setImmediate);
    this.since = performance.now();
    if (this.isStopped()) this.isOver = true;
  }
}

/** Leaves parts of the program out, as long as the old schedule or some new one still breaks the property. */
async function smallerProgram<W extends World, P>(
  { model }: Project<W, P>,
  trials: Trials<W, P>,
  from: Hit<P>,
  pace: Pace,
): Promise<Hit<P>> {
  const walk = new RandomWalk<W>();
  let best = from;
  for (let at = 0, candidates = model.smaller(best.program); at < candidates.length && !pace.isOver; at++) {
    const program = candidates[at]!;
    let hit = trials.play({ ...best, program }, turnsOf(best.steps));
    const seeds = seedStream('shrink', model.programText(program));
    for (let i = 0; i < LIMITS.perProgram && hit === undefined; i++) {
      await pace.tick();
      walk.newRun(seeds());
      hit = trials.run(program, walk, best.cost);
    }
    if (hit === undefined) continue;
    best = hit;
    candidates = model.smaller(best.program);
    at = -1;
  }
  return best;
}

/** Leaves out halves, quarters and so on down to single parts, the last first: what comes late is needed least. */
async function fewer<P, T>(
  from: Hit<P>,
  partsOf: (hit: Hit<P>) => readonly T[],
  play: (hit: Hit<P>, parts: readonly T[]) => Hit<P> | undefined,
  pace: Pace,
): Promise<Hit<P>> {
  let best = from;
  let parts = partsOf(best);
  for (let size = parts.length >> 1; size >= 1 && !pace.isOver; size >>= 1)
    for (let to = parts.length; to > 0 && !pace.isOver; to -= size) {
      await pace.tick();
      const hit = play(best, [...parts.slice(0, Math.max(0, to - size)), ...parts.slice(to)]);
      if (hit === undefined) continue;
      best = hit;
      parts = partsOf(best);
      to = Math.min(to, parts.length + size);
    }
  return best;
}

/** Runs one case after the other, each up to the break. */
class Trials<W extends World, P> {
  /** Whoever waits for ever is judged behind the schedule, where movers take fair turns. */
  readonly isEndless: boolean;
  private program: P | undefined;
  private machine: Machine<W> | undefined;
  private initial = new Int16Array();
  private programCost = 0;

  constructor(
    private readonly project: Project<W, P>,
    private readonly build: Build<W>,
    private readonly property: Property<W>,
    private readonly cause: string,
    private readonly maxSteps: number,
  ) {
    this.isEndless = isEndless(property);
  }

  repeat({ program, tape }: Case<P>): Hit<P> | undefined {
    return this.run(program, new TapePlayer(tape, this.isEndless), Number.POSITIVE_INFINITY);
  }

  /** The hit, if there is one that costs less. */
  run(program: P, scheduler: Scheduler<W>, lessThan: number): Hit<P> | undefined {
    const machine = this.machineFor(program);
    const { code } = this.build;
    const steps: Step[] = [];
    let switches = 0;
    let isHit = false;
    let ways: number[] = [];
    machine.world.s.set(this.initial);
    machine.run(
      {
        next: (...at) => scheduler.next(...at),
        way: (count) => {
          const way = scheduler.way(count);
          ways.push(way);
          return way;
        },
      },
      {
        broken: (claim, what) => {
          if (claim !== this.property) return false;
          if (what === this.cause) isHit = true;
          return isHit;
        },
        met: () => {},
        step: (mover, pc) => {
          if (code.isLocal[pc] === 1) {
            (steps.at(-1)?.ways as number[] | undefined)?.push(...ways);
          } else {
            if (steps.at(-1)?.mover !== mover) switches++;
            steps.push({ mover, pc, ways });
          }
          ways = [];
        },
      },
      lessThan - this.programCost,
    );
    const cost = machine.steps + this.programCost + PER_SWITCH * switches;
    if (!isHit || cost >= lessThan) return undefined;
    const tape = machine.tape.subarray(0, machine.tapeLength);
    return { program, tape: this.isEndless ? [...tape] : trim(tape), steps, cost };
  }

  /** Plays turns on the hit's program; the hit, if it costs less. */
  play({ program, cost }: Hit<P>, turns: readonly Turn[]): Hit<P> | undefined {
    return this.run(program, new TurnPlayer(turns, this.isEndless), cost);
  }

  playSteps({ program, cost }: Hit<P>, steps: readonly Step[]): Hit<P> | undefined {
    return this.run(program, new StepPlayer(steps, this.isEndless), cost);
  }

  private machineFor(program: P): Machine<W> {
    if (this.machine !== undefined && this.program === program) return this.machine;
    const { model, claims } = this.project;
    const world = model.createWorld(program);
    // A run ends, too, where another property breaks that the system would not survive.
    const fatal = claims.filter((it) => it.kind === 'always' && it.isFatal === true && it !== this.property);
    this.machine = new Machine(this.build.code, world, [this.property, ...fatal], this.maxSteps);
    model.reset(world, this.build.code);
    this.initial = world.s.slice();
    this.program = program;
    this.programCost = PER_CHARACTER * model.programText(program).length;
    return this.machine;
  }
}

/** Every way to leave one thing out of a hit: of its program, its turns, its switches, its steps. */
function leavingOneOut<W extends World, P>(
  { model }: Project<W, P>,
  trials: Trials<W, P>,
  hit: Hit<P>,
): (() => Hit<P> | undefined)[] {
  const { program, steps } = hit;
  const turns = turnsOf(steps);
  return [
    ...model.smaller(program).map((smaller) => () => trials.play({ ...hit, program: smaller }, turns)),
    ...turns.map((_, at) => () => trials.play(hit, turns.toSpliced(at, 1))),
    ...mergedTurns(steps).map((merged) => () => trials.playSteps(hit, merged())),
    ...steps.map((_, at) => () => trials.playSteps(hit, steps.toSpliced(at, 1))),
  ];
}

/** Steps as turns, which name the line that each turn ends before. */
function turnsOf(steps: readonly Step[]): Turn[] {
  const turns: Turn[] = [];
  for (const [from, to] of runsOf(steps)) {
    const mover = steps[from]!.mover;
    const next = steps.slice(to).find((step) => step.mover === mover);
    const own = steps.slice(from, to);
    const pc = next?.pc ?? -1;
    turns.push({
      mover,
      pc,
      times: own.filter((step) => step.pc === pc).length,
      ways: own.flatMap(({ ways }) => ways),
    });
  }
  return turns;
}

/** Where each turn begins and ends. */
function runsOf(steps: readonly Step[]): [number, number][] {
  const runs: [number, number][] = [];
  for (let from = 0, at = 1; at <= steps.length; at++) {
    if (at < steps.length && steps[at]!.mover === steps[from]!.mover) continue;
    runs.push([from, at]);
    from = at;
  }
  return runs;
}

/** A turn less: its steps come right behind the same mover's turn before, or right before its next one. */
function mergedTurns(steps: readonly Step[]): (() => Step[])[] {
  const runs = runsOf(steps);
  return runs.flatMap(([from, to], i) => {
    const isSame = ([at]: [number, number]) => steps[at]!.mover === steps[from]!.mover;
    const before = runs.slice(0, i).findLast(isSame)?.[1];
    const behind = runs.slice(i + 1).find(isSame)?.[0];
    const own = () => steps.slice(from, to);
    return [
      ...(before === undefined
        ? []
        : [() => [...steps.slice(0, before), ...own(), ...steps.slice(before, from), ...steps.slice(to)]]),
      ...(behind === undefined
        ? []
        : [() => [...steps.slice(0, from), ...steps.slice(to, behind), ...own(), ...steps.slice(behind)]]),
    ];
  });
}
