import fc from 'fast-check';
import { Machine, type Scheduler } from './machine';
import type { Build, Project } from './model';
import { isEndless, type Property } from './property';
import { seedStream } from './random';
import { RandomWalk, TapePlayer, type Turn, TurnPlayer } from './schedulers';
import { type Tape, tapeText, trim } from './tape';
import type { World } from './world';

/** A program and a schedule under which a property breaks. */
export interface Case<P> {
  readonly program: P;
  readonly tape: Tape;
}

interface Hit<P> extends Case<P> {
  /** What the reader has to bear: steps from the start to the break, and the program. */
  readonly cost: number;
}

/** All limits are counted in runs, so that results do not depend on speed. */
const LIMITS = {
  /** Runs under new schedules that a smaller program gets when the old schedule does not break it. */
  perProgram: 48,
  programs: 6000,
  schedules: 12_000,
  rounds: 3,
  /** A program that is shorter by one character may take so many steps more. */
  stepsPerCharacter: 8,
  /** Fresh programs, and runs of each, in which a shorter way to the same bug is looked for first. */
  fresh: { programs: 200, runs: 8 },
};

/**
 * Makes a failing case smaller with fast-check's shrinkers, keeping the property and the cause. It starts from the cheapest
 * way to the bug among the one found and some fresh runs, so that most seeds end in the same story. First the program: a
 * smaller one counts if the old turns, or some new schedule, still break the property at no higher cost. Then the turns. The result is
 * recorded as a tape again. As long as that changes something, once more from the start.
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
  const walk = new RandomWalk<W>();
  let best: Hit<P> = { ...found, cost: Number.POSITIVE_INFINITY };
  /** Whoever waits for ever is judged behind the schedule, where movers take fair turns. */
  const endless = isEndless(property);
  let turns = turnsOf(project, build, found, maxSteps);
  let runs = 0;

  /** Runs a program under schedules, each up to the break, so that the machine's tape ends there, too. What costs more is no hit. */
  const trial = (program: P) => {
    const world = model.createWorld(program);
    const machine = new Machine(build.code, world, [property], maxSteps);
    model.reset(world, build.code);
    const initial = world.s.slice();
    const programCost = LIMITS.stepsPerCharacter * model.programText(program).length;
    return (scheduler: Scheduler<W>): Hit<P> | undefined => {
      world.s.set(initial);
      let isHit = false;
      runs++;
      machine.run(scheduler, {
        broken: (_, what) => {
          if (what === cause) isHit = true;
          return isHit;
        },
        met: () => {},
      });
      const cost = machine.steps + programCost;
      if (!isHit || cost > best.cost) return undefined;
      const tape = machine.tape.subarray(0, machine.tapeLength);
      return { program, tape: endless ? [...tape] : trim(tape), cost };
    };
  };
  const search = (program: P): Hit<P> | undefined => {
    const attempt = trial(program);
    const repeated = attempt(new TurnPlayer(turns, endless));
    if (repeated !== undefined) return repeated;
    const seeds = seedStream('shrink', property.name);
    for (let i = 0; i < LIMITS.perProgram; i++) {
      walk.newRun(seeds());
      const hit = attempt(walk);
      if (hit !== undefined) return hit;
    }
    return undefined;
  };
  const keep = (hit: Hit<P> | undefined): boolean => {
    if (hit === undefined) return false;
    best = hit;
    turns = turnsOf(project, build, hit, maxSteps);
    return true;
  };

  keep(trial(found.program)(new TapePlayer(found.tape, endless)));
  const seeds = seedStream('fresh', property.name);
  for (const program of fc.sample(model.programs, { seed: seeds(), numRuns: LIMITS.fresh.programs })) {
    const attempt = trial(program);
    for (let i = 0; i < LIMITS.fresh.runs; i++) {
      walk.newRun(seeds());
      keep(attempt(walk));
    }
  }
  for (let round = 0; round < LIMITS.rounds; round++) {
    const before = model.programText(best.program) + tapeText(best.tape);
    runs = 0;
    await minimise(
      model.programs,
      best.program,
      isStopped,
      (program) => runs < LIMITS.programs && keep(search(program)),
    );
    runs = 0;
    const attempt = trial(best.program);
    if (turns.length > 0)
      await minimise(
        fc.array(fc.constantFrom(...turns), { maxLength: turns.length }),
        turns,
        isStopped,
        (fewer) => runs < LIMITS.schedules && keep(attempt(new TurnPlayer(fewer, endless))),
      );
    // fast-check cuts arrays in halves and from the front; what is left in the middle goes one by one.
    for (let i = turns.length - 1; i >= 0 && runs < LIMITS.schedules && !isStopped(); i--)
      keep(
        attempt(
          new TurnPlayer(
            turns.filter((_, at) => at !== i),
            endless,
          ),
        ),
      );
    if (before === model.programText(best.program) + tapeText(best.tape)) break;
  }
  return best;
}

/** The event loop gets its turn this often, so that signals are heard. */
const SLICE_MS = 50;

/** Lets fast-check shrink a value that fails; `fails` remembers the smallest by itself. */
async function minimise<T>(
  arbitrary: fc.Arbitrary<T>,
  start: T,
  isStopped: () => boolean,
  fails: (value: T) => boolean,
): Promise<void> {
  let since = performance.now();
  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (performance.now() - since > SLICE_MS) {
      await new Promise(setImmediate);
      since = performance.now();
    }
    return isStopped() || !fails(value);
  });
  await fc.check(property, { examples: [[start]], numRuns: 1, seed: 0 });
}

/** A tape as turns. */
function turnsOf<W extends World, P>(
  { model }: Project<W, P>,
  { code }: Build<W>,
  { program, tape }: Case<P>,
  maxSteps: number,
): Turn[] {
  const world = model.createWorld(program);
  const machine = new Machine(code, world, [], maxSteps);
  model.reset(world, code);
  const turns: Turn[] = [];
  let mover = -1;
  let executed: number[] = [];
  let ways: number[] = [];
  const player = new TapePlayer<W>(tape);
  const end = () => {
    if (mover < 0) return;
    const pc = machine.look(mover);
    turns.push({ mover, pc, times: executed.filter((it) => it === pc).length, ways });
  };
  machine.run(
    {
      next: () => player.next(),
      way: (count) => {
        const way = player.way(count);
        ways.push(way);
        return way;
      },
    },
    {
      broken: () => false,
      met: () => {},
      step: (now, pc) => {
        if (code.isLocal[pc] === 1 || player.position > tape.length) return;
        if (now !== mover) {
          end();
          mover = now;
          executed = [];
          ways = [];
        }
        executed.push(pc);
      },
    },
  );
  return turns;
}
