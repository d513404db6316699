import { workerData } from 'node:worker_threads';
import { ModelError, UsageError } from '../../base/errors';
import { pick } from '../../base/pick';
import { type Examination, type ExamineOptions, examine } from '../../explore/examine';
import { type Finding, finish } from '../../find/finding';
import type { Hit } from '../../find/hit';
import { type Build, build } from '../../language/build';
import { isProperty } from '../../language/judging';
import type { Code } from '../../language/link';
import type { Project } from '../../language/project';
import type { Claim } from '../../language/property';
import { findVariant } from '../../language/variants';
import type { World } from '../../language/world';
import { portfolio } from '../../strategies';
import { type BatchResult, type BatchSpec, runBatch } from '../batch';
import type { Setup } from '../executor';

export type Task<P> =
  | { readonly kind: 'batch'; readonly setup: Setup; readonly spec: BatchSpec<P> }
  | { readonly kind: 'finish'; readonly setup: Setup; readonly hit: Hit<P> }
  | { readonly kind: 'examine'; readonly options: ExamineOptions };

/** A fault of the code that was run comes back as text; a task that fails otherwise has lost its thread. */
export type Answer<P> =
  | { readonly batch: BatchResult<P> }
  | { readonly finding: Finding<P> }
  | { readonly examination: Examination<P> }
  | { readonly refusal: readonly [message: string, hint: string] }
  /** Of the model or its claims, or of ours. */
  | { readonly fault: string; readonly isOfModel: boolean };

/** What the threads are given when they start: not 0 once they should come to an end. */
export interface Shared {
  readonly stop: Int32Array;
}

/** Who does the tasks of one thread. */
export function worker<W extends World, P>(whole: Project<W, P>): (task: Task<P>) => Promise<Answer<P>> {
  const builds = new Map<string, Build<W>>();
  const isStopped = () => Atomics.load((workerData as Shared).stop, 0) !== 0;
  return async (task) => {
    if (task.kind === 'examine')
      return examine(whole, task.options, { isStopped, progress: () => {} }).then(
        (examination) => ({ examination }),
        (error) => (error instanceof UsageError ? { refusal: [error.message, error.hint] as const } : faultOf(error)),
      );
    const { variant, claims, strategies, isKnown, options } = task.setup;
    const built = builds.get(variant) ?? build(whole.model, findVariant(whole.model, variant));
    builds.set(variant, built);
    const project = {
      ...whole,
      claims: whole.claims.filter(({ name }) => claims.includes(name)),
      known: isKnown ? whole.known : [],
    };
    try {
      if (task.kind === 'finish') return { finding: await finish(project, built, options, task.hit, isStopped) };
      const chosen = strategies.map((name) => pick('strategy', name, portfolio));
      try {
        return { batch: runBatch(project, built, chosen, task.spec) };
      } catch {
        // Once more, to tell which property or line it was.
        const named = { ...project, claims: project.claims.map(naming) };
        return { batch: runBatch(named, { ...built, code: namingLines(built.code) }, chosen, task.spec) };
      }
    } catch (error) {
      return faultOf(error);
    }
  };
}

const faultOf = (error: unknown) => ({
  fault: (error as Error).message.replace(/^internal: /, ''),
  isOfModel: error instanceof ModelError,
});

/** The same claim, whose errors say whose they are. */
function naming<W extends World>(claim: Claim<W>): Claim<W> {
  const check = (w: W, isCircling: boolean) =>
    saying(`${isProperty(claim) ? 'property' : 'goal'} ${claim.name}`, () => claim.check(w, isCircling));
  return { ...claim, check } as Claim<W>;
}

/** The same code, whose errors say at which line they are. */
function namingLines<W>(code: Code<W>): Code<W> {
  const at = (pc: number) => `${code.describe(pc).routine}: the line "${code.describe(pc).line}"`;
  return {
    ...code,
    run: code.run.map((run, pc) => (w: W) => saying(at(pc), () => run(w))),
    when: code.when.map((when, pc) => when && ((w: W) => saying(at(pc), () => when(w)))),
    ways: code.ways.map((ways, pc) => ways && ((w: W) => saying(at(pc), () => ways(w)))),
  };
}

function saying<T>(who: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${who} throws: ${(error as Error).message.replace(/^internal: /, '')}`);
  }
}
