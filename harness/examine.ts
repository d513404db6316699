import { findCast, judgedIn, staged } from './cast';
import { type Break, type Exploration, explore } from './explore';
import { type Finding, unknownIn } from './finding';
import { Machine } from './machine';
import { type Build, bucketOf, build, findVariant, judging, knownBug, type Project } from './model';
import { isEndless } from './property';
import { toToken } from './recording';
import { PathPlayer } from './schedulers';
import { tell } from './story';
import { traced, type World } from './world';

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
    .map((it) => findingOf({ ...project, model }, built, cast.program, it, result.isElided))
    .sort((a, b) => a.steps - b.steps);
  const goals = met.map((goal) => goal.name);
  return { cast: name, variant, states, transitions, executions, depth, seconds, end, bytes, goals, findings };
}

function findingOf<W extends World, P>(
  project: Project<W, P>,
  built: Build<W>,
  program: P,
  { property, cause, path }: Break<W>,
  isElided: Uint8Array,
): Finding<P> {
  const { model, known } = project;
  const world = model.createWorld(program);
  const maxSteps = Math.max(MIN_STEPS, STEPS_PER_MOVE * path.length);
  const machine = new Machine(built.code, world, isEndless(property) ? [] : [property], maxSteps);
  model.reset(world, built.code);
  machine.run(new PathPlayer(path, isElided), { broken: (_, other) => other === cause, met: () => {} });
  const tape = [...machine.tape.subarray(0, machine.tapeLength)];
  const recording = {
    variant: built.variant.name,
    bucket: bucketOf(property.name, cause),
    fingerprint: built.fingerprint,
    program,
    tape,
  };
  const { broken, besides, story, steps } = tell(model, built, project.claims, recording, maxSteps);
  const race = broken?.race ?? [];
  const bucket = bucketOf(property.name, cause, race);
  return {
    entry: {
      ...recording,
      bucket,
      property: property.name,
      cause,
      race,
      sentence: broken?.sentence ?? cause,
      found: { seed: '', run: 0 },
      story,
    },
    strength: property.strength,
    token: toToken(model, { ...recording, bucket }),
    steps,
    after: 0,
    known: knownBug(known, property.name, cause, built.variant),
    resembles: undefined,
    besides: unknownIn(besides, property.name, known, built.variant),
  };
}
