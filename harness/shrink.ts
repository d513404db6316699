import fc from 'fast-check';
import { Machine, type Scheduler } from './machine';
import type { Build, Project } from './model';
import type { Property } from './property';
import { seedStream } from './random';
import { RandomWalk, TapePlayer, type Turn, TurnPlayer } from './schedulers';
import { type Tape, trim } from './tape';
import type { World } from './world';

/** A program and a schedule under which a property breaks. */
export interface Case<P> {
  readonly program: P;
  readonly tape: Tape;
}

/** Runs that looking for a smaller program may take in all, and per candidate; counted, so that results do not depend on speed. */
const PROGRAM_RUNS = 30_000;
const RUNS_PER_CANDIDATE = 600;
/** Runs that looking for a smaller schedule may take. */
const SCHEDULE_RUNS = 20_000;

/**
 * Makes a failing case smaller with fast-check's shrinkers, keeping the property and the cause.
 *
 * First the program: a smaller one counts if some schedule, looked for anew, still breaks the property. Then the
 * schedule, as turns with movers named absolutely, because taking out one relative choice would turn all later ones
 * around. The result is recorded as a tape again.
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
  let runs = 0;

  /** Whether the case breaks under a schedule; ends at the break, so that the machine's tape does, too. */
  const trial = (program: P) => {
    const world = model.createWorld(program);
    const machine = new Machine(build.code, world, [property], maxSteps);
    model.reset(world, build.code);
    const initial = world.s.slice();
    return (scheduler: Scheduler<W>): Tape | undefined => {
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
      return isHit ? trim(machine.tape.subarray(0, machine.tapeLength)) : undefined;
    };
  };

  const walk = new RandomWalk<W>();
  let best = found;
  const search = (program: P, turns: readonly Turn[], ways: readonly number[]): Tape | undefined => {
    const attempt = trial(program);
    const repeated = attempt(new TapePlayer(best.tape)) ?? attempt(new TurnPlayer(turns, ways));
    if (repeated !== undefined) return repeated;
    const seeds = seedStream('shrink', property.name);
    for (let i = 0; i < RUNS_PER_CANDIDATE; i++) {
      walk.newRun(seeds());
      const tape = attempt(walk);
      if (tape !== undefined) return tape;
    }
    return undefined;
  };

  const shrinkProgram = async () => {
    const { turns, ways } = turnsOf(project, build, best, maxSteps);
    runs = 0;
    await minimise(model.programs, best.program, isStopped, (program) => {
      if (runs >= PROGRAM_RUNS) return false;
      const tape = search(program, turns, ways);
      if (tape !== undefined) best = { program, tape };
      return tape !== undefined;
    });
  };

  const shrinkSchedule = async () => {
    const attempt = trial(best.program);
    runs = 0;
    await minimise(schedules, turnsOf(project, build, best, maxSteps), isStopped, ({ turns, ways }) => {
      if (runs >= SCHEDULE_RUNS) return false;
      const tape = attempt(new TurnPlayer(turns, ways));
      if (tape !== undefined) best = { ...best, tape };
      return tape !== undefined;
    });
  };

  await shrinkProgram();
  await shrinkSchedule();
  return best;
}

const schedules = fc.record({
  turns: fc.array(fc.tuple(fc.nat(15), fc.nat(100_000)), { maxLength: 100_000 }),
  ways: fc.array(fc.nat(255), { maxLength: 100_000 }),
});

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

/** A tape as turns: which mover goes on for how many scheduling points. */
function turnsOf<W extends World, P>(
  { model }: Project<W, P>,
  build: Build<W>,
  { program, tape }: Case<P>,
  maxSteps: number,
): { turns: Turn[]; ways: number[] } {
  const world = model.createWorld(program);
  const machine = new Machine(build.code, world, [], maxSteps);
  model.reset(world, build.code);
  const turns: [number, number][] = [];
  const ways: number[] = [];
  const player = new TapePlayer<W>(tape);
  let isRecorded = false;
  machine.run(
    {
      next: () => {
        isRecorded = player.position < tape.length;
        return player.next();
      },
      way: (count) => {
        const way = player.way(count);
        ways.push(way);
        return way;
      },
    },
    {
      broken: () => false,
      met: () => {},
      step: (mover, pc) => {
        if (build.code.isLocal[pc] === 1 || !isRecorded) return;
        const last = turns[turns.length - 1];
        if (last?.[0] === mover) last[1]++;
        else turns.push([mover, 1]);
      },
    },
  );
  return { turns, ways };
}
