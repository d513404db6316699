import { isLike } from '../base/pick';
import { type Finding, writeUp } from '../find/finding';
import { type Build, build } from '../language/build';
import type { Cast } from '../language/cast';
import { isProperty, judging } from '../language/judging';
import type { Project } from '../language/project';
import { type AtRest, type Claim, isEndless, type Property } from '../language/property';
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
  /** The properties that were judged, of those that were named. */
  readonly judged: readonly string[];
  /** Those that were not, or not altogether, and why. */
  readonly unjudged: readonly Unjudged[];
  /** What passed for rest, where rest was judged. */
  readonly restsWith: Cast<never, never>['restsWith'];
  /**
   * From how many states a run may come back to them, and from how many of those fair turns were tried; where that was
   * asked.
   */
  readonly circles?: { readonly states: number; readonly tried: number };
  /** A shortest way to each bug, the shortest first, written up like a campaign's finding. */
  readonly findings: readonly Finding<P>[];
}

export interface Unjudged {
  readonly names: readonly string[];
  readonly why: string;
}

/** The properties that a pattern names, and which of them a cast cannot judge. */
export function judgeable<W extends World, P>(
  claims: readonly Claim<W>[],
  cast: Cast<W, P>,
  pattern: string,
): { readonly judged: readonly string[]; readonly unjudged: readonly Unjudged[] } {
  const named = claims.filter(isProperty).filter(({ name }) => isLike(pattern, name));
  const isJudged = new Set(judgedIn(cast, named).map(({ name }) => name));
  const names = named.map(({ name }) => name);
  const left = names.filter((name) => !isJudged.has(name));
  const why = `${cast.name} does not say where it comes to rest: ${cast.notAtRest}`;
  return {
    judged: names.filter((name) => isJudged.has(name)),
    unjudged: left.length === 0 ? [] : [{ names: left, why }],
  };
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
  const endless = claims.filter((it): it is AtRest<W> => it.kind === 'atRest' && isEndless(it));
  const findsCircles = endless.length > 0;
  const result = await explore(built.code, world, claims, { isReduced, maxStates, maxBytes, findsCircles, ...hooks });
  const { states, transitions, executions, depth, seconds, end, bytes, breaks, met } = result;
  const stage = { ...project, model };
  const found = breaks.map((it) => {
    const maxSteps = Math.max(MIN_STEPS, STEPS_PER_MOVE * it.path.length);
    const run = runOf(stage, built, cast.program, it, { isElided: result.isElided, maxSteps });
    return writeUp(stage, built, it, run, { seed: '', run: 0 }, maxSteps);
  });
  const circles =
    findsCircles && end === 'complete'
      ? await inCircles(stage, built, cast.program, endless, result, hooks)
      : undefined;
  const known = new Set(found.map(({ entry }) => `${entry.property}: ${entry.cause}`));
  const fresh = circles?.findings.filter(({ entry }) => !known.has(`${entry.property}: ${entry.cause}`)) ?? [];
  const { judged, unjudged } = judgeable(project.claims, cast, property);
  return {
    ...{ cast: name, variant, states, transitions, executions, depth, seconds, bytes, judged },
    restsWith: claims.some(({ kind }) => kind === 'atRest') ? cast.restsWith : undefined,
    end: circles?.isInterrupted ? 'interrupted' : end,
    unjudged: [...unjudged, ...(findsCircles ? circlesUnjudged(endless, circles, end) : [])],
    goals: met.map((goal) => goal.name),
    ...(circles && { circles: { states: result.circling.length, tried: circles.tried } }),
    findings: [...found, ...fresh].sort((a, b) => a.steps - b.steps),
  };
}

/** States that fair turns are tried from; of more, as many that lie evenly among them. */
const MAX_TRIED = 20_000;
const SLICE_MS = 50;

interface Circles<P> {
  readonly findings: readonly Finding<P>[];
  readonly tried: number;
  readonly isInterrupted: boolean;
}

/**
 * Whether somebody waits for ever while others go around in circles: from every state that lies on a cycle (a run that
 * goes on for ever ends up among those), all movers take fair turns, as behind the runs of campaigns, until a state
 * comes back.
 */
async function inCircles<W extends World, P>(
  project: Project<W, P>,
  built: Build<W>,
  program: P,
  claims: readonly AtRest<W>[],
  { circling, pathTo, isElided }: Exploration<W>,
  { isStopped }: { isStopped(): boolean },
): Promise<Circles<P>> {
  const { model } = project;
  const { code } = built;
  const world = model.createWorld(program);
  const findings: Finding<P>[] = [];
  const told = new Set<string>();
  const stride = Math.max(1, Math.ceil(circling.length / MAX_TRIED));
  let tried = 0;
  let since = performance.now();
  for (let i = 0; i < circling.length; i += stride, tried++) {
    if (performance.now() - since > SLICE_MS) {
      await new Promise(setImmediate);
      if (isStopped()) return { findings, tried, isInterrupted: true };
      since = performance.now();
    }
    const path = pathTo(circling[i]!);
    const maxSteps = Math.max(MIN_STEPS, STEPS_PER_MOVE * path.length);
    const machine = new Machine(code, world, claims, maxSteps);
    model.reset(world, code);
    const steps = stepsOf(machine, path, isElided);
    model.reset(world, code);
    const fresh: { property: Property<W>; cause: string }[] = [];
    const verdict = machine.run(new StepPlayer(steps, true), {
      broken: (property, cause) => {
        const key = `${property.name}: ${cause}`;
        if (!told.has(key)) fresh.push({ property, cause });
        told.add(key);
        return false;
      },
      met: () => {},
    });
    const run = { program, tape: [...machine.tape.subarray(0, machine.tapeLength)] };
    if (verdict === 'in circles')
      for (const it of fresh) findings.push(writeUp(project, built, it, run, { seed: '', run: 0 }, maxSteps));
  }
  return { findings, tried, isInterrupted: false };
}

/** What is to be said of circles that were not, or not all, looked into. */
function circlesUnjudged<P>(
  claims: readonly AtRest<never>[],
  circles: Circles<P> | undefined,
  end: Exploration<never>['end'],
): Unjudged[] {
  const names = claims.map(({ name }) => name);
  if (circles === undefined || end !== 'complete')
    return [{ names, why: 'in circles: that wants every state to be visited' }];
  return circles.tried === MAX_TRIED ? [{ names, why: `in circles: only from ${MAX_TRIED} states` }] : [];
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
