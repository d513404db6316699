import { type Finding, writeUp } from '../find/finding';
import { type Build, build } from '../language/build';
import { judging } from '../language/judging';
import type { Project } from '../language/project';
import { isEndless } from '../language/property';
import { findVariant } from '../language/variants';
import { traced, type World } from '../language/world';
import { Machine } from '../run/machine';
import { StepPlayer, stepsOf } from '../run/players';
import { findCast, judgedIn, staged } from '../run/stage';
import type { Tape } from '../run/tape';
import { type Break, type Exploration, explore } from './search';

/** Which small world to visit all of, and how far. Everything goes by its name, so that a thread can be told. */
export interface ExamineOptions {
  readonly cast: string;
  readonly variant: string;
  /** Which properties are judged, as a pattern. */
  readonly property: string;
  readonly isReduced: boolean;
  readonly maxStates: number;
  readonly maxBytes: number;
}

/** What visiting it came to, in words and numbers. */
export interface Examination<P>
  extends Pick<Exploration<never>, 'states' | 'transitions' | 'executions' | 'depth' | 'seconds' | 'end' | 'bytes'> {
  readonly cast: string;
  readonly variant: string;
  /** The goals that were met. */
  readonly goals: readonly string[];
  /** A shortest way to each bug, the shortest first, written up like a campaign's finding. */
  readonly findings: readonly Finding<P>[];
}

/** Runs of a story may be longer than the way, which counts no private lines. */
const STEPS_PER_MOVE = 200;
const MIN_STEPS = 6000;

/** Visits every state of a cast. Throws a UsageError on names that there are not. */
export async function examine<W extends World, P>(
  project: Project<W, P>,
  { cast: name, variant, property, isReduced, maxStates, maxBytes }: ExamineOptions,
  hooks: { isStopped(): boolean; progress(states: number, transitions: number): void },
): Promise<Examination<P>> {
  const cast = findCast(project.model, name);
  const model = staged(project.model, cast);
  const built = build(model, findVariant(model, variant));
  const claims = judgedIn(cast, judging(project.claims, property));
  const world = model.createWorld(cast.program, traced);
  model.reset(world, built.code);
  const result = await explore(built.code, world, claims, { isReduced, maxStates, maxBytes, ...hooks });
  const { states, transitions, executions, depth, seconds, end, bytes, breaks, met } = result;
  const findings = breaks
    .map((it) => {
      const maxSteps = Math.max(MIN_STEPS, STEPS_PER_MOVE * it.path.length);
      const run = runOf({ ...project, model }, built, cast.program, it, { isElided: result.isElided, maxSteps });
      return writeUp({ ...project, model }, built, it, run, { seed: '', run: 0 }, maxSteps);
    })
    .sort((a, b) => a.steps - b.steps);
  const goals = met.map((goal) => goal.name);
  return { cast: name, variant, states, transitions, executions, depth, seconds, end, bytes, goals, findings };
}

/** The way of a search, as a run. */
function runOf<W extends World, P>(
  { model }: Project<W, P>,
  { code }: Build<W>,
  program: P,
  { property, cause, path }: Break<W>,
  { isElided, maxSteps }: { readonly isElided: Uint8Array; readonly maxSteps: number },
): { readonly program: P; readonly tape: Tape } {
  const world = model.createWorld(program);
  const machine = new Machine(code, world, isEndless(property) ? [] : [property], maxSteps);
  model.reset(world, code);
  const steps = stepsOf(machine, path, isElided);
  model.reset(world, code);
  machine.run(new StepPlayer(steps), { broken: (_, other) => other === cause, met: () => {} });
  return { program, tape: [...machine.tape.subarray(0, machine.tapeLength)] };
}
