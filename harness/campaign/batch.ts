import { seedStream } from '../base/random';
import type { Hit } from '../find/hit';
import type { Build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Project } from '../language/project';
import { type Claim, isEndless, type Property, type Sometimes } from '../language/property';
import type { World } from '../language/world';
import { Machine, type Verdict } from '../run/machine';
import { trim } from '../run/tape';
import type { Start, Strategy } from '../strategies/strategy';
import { bucketOf } from '../tell/bucket';
import { Sightings } from './coverage';

/** Runs with one program. */
export const RUNS_PER_BATCH = 32;

/** Some runs of a campaign. They depend on these words alone, and not on any batch before. */
export interface BatchSpec<P> {
  readonly seed: string;
  /** From 0, in the order of the campaign. */
  readonly batch: number;
  readonly strategy: number;
  /** An earlier run to go on from, for strategies that do. */
  readonly start?: Start<P>;
  readonly runs: number;
  readonly maxSteps: number;
  /**
   * What need not be told again, as far as it is known: abstract states, bugs (as buckets without races) and goals. Any
   * part will do.
   */
  readonly seen: ReadonlySet<number>;
  readonly told: ReadonlySet<string>;
  readonly met: ReadonlySet<string>;
}

export interface BatchResult<P> {
  readonly runs: number;
  readonly steps: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** In how many runs each property was broken by each cause, and the first hit of those that were not told before. */
  readonly bugs: readonly {
    readonly property: string;
    readonly cause: string;
    count: number;
    readonly first?: Hit<P>;
  }[];
  readonly met: readonly string[];
  /** Properties that some step concerned. */
  readonly exercised: readonly string[];
  /** Abstract states that one run has seen, and that several have. */
  readonly once: readonly number[];
  readonly often: readonly number[];
  /** Runs that were the first here to see a state that was not told before. */
  readonly news: readonly { readonly start: Start<P>; readonly states: readonly number[] }[];
}

/** What a batch draws: for whoever picks its strategy, for its program, then for each run. */
export const drawsOf = (seed: string, batch: number): (() => number) => seedStream(seed, 'batch', batch);

/** Draws a program and schedules, and judges every run. */
export function runBatch<W extends World, P>(
  { model, claims }: Project<W, P>,
  { code }: Build<W>,
  strategies: readonly Strategy[],
  spec: BatchSpec<P>,
): BatchResult<P> {
  const draw = drawsOf(spec.seed, spec.batch);
  draw(); // for the pick of the strategy
  const { scheduler, start } = strategies[spec.strategy]!.create<W, P>();
  const sources = { programs: model.programs, swarms: model.swarms, corpus: spec.start ? [spec.start] : [] };
  const { program } = start(sources, draw());
  const sightings = new Sightings(model.abstraction, spec.seen);
  const judged: Claim<W>[] = [...claims.filter((it) => isProperty(it) || !spec.met.has(it.name)), sightings.claim];
  const world = model.createWorld(program);
  const machine = new Machine(code, world, judged, spec.maxSteps);
  model.reset(world, code);
  const initial = world.s.slice();

  const verdicts = { holds: 0, broken: 0, stuck: 0, 'in circles': 0, 'cut short': 0 };
  const bugs = new Map<string, { property: string; cause: string; count: number; first?: Hit<P> }>();
  /** The run that has hit a bug last, as it counts once in a run. */
  const lastRun = new Map<string, number>();
  let run = 0;
  const met = new Set<string>();
  const news: { start: Start<P>; states: number[] }[] = [];
  const causes = new Map<Property<W>, Map<string, string>>();
  const fresh: { key: string; property: Property<W>; cause: string }[] = [];
  const listener = {
    broken(property: Property<W>, cause: string): boolean {
      const keys = causes.get(property) ?? new Map<string, string>();
      causes.set(property, keys);
      const key = keys.get(cause) ?? bucketOf(property.name, cause);
      keys.set(cause, key);
      const bug = bugs.get(key);
      const isSameRun = lastRun.get(key) === run;
      lastRun.set(key, run);
      if (isSameRun) return false;
      if (bug !== undefined) bug.count++;
      else {
        bugs.set(key, { property: property.name, cause, count: 1 });
        if (!spec.told.has(key)) fresh.push({ key, property, cause });
      }
      return false;
    },
    met(goal: Sometimes<W>): void {
      met.add(goal.name);
      machine.forget(goal);
    },
  };
  let steps = 0;
  for (; run < spec.runs; run++) {
    world.s.set(initial);
    scheduler.newRun(draw());
    sightings.beginRun();
    verdicts[machine.run(scheduler, listener)]++;
    steps += machine.steps;
    const tape = machine.tape.subarray(0, machine.tapeLength);
    if (sightings.fresh.length > 0)
      news.push({ start: { program, tape: Uint8Array.from(trim(tape)) }, states: sightings.fresh });
    for (const { key, property, cause } of fresh.splice(0)) {
      const hit = { property: property.name, cause, program, run, after: steps };
      bugs.get(key)!.first = { ...hit, tape: isEndless(property) ? [...tape] : trim(tape) };
    }
  }
  return {
    runs: spec.runs,
    steps,
    verdicts,
    bugs: [...bugs.values()],
    met: [...met],
    exercised: machine.claims.flatMap(({ name }, index) => (machine.judged[index]! > 0 ? [name] : [])),
    ...sightings.count(),
    news,
  };
}
