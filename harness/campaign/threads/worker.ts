import { workerData } from 'node:worker_threads';
import { UsageError } from '../../base/errors';
import { pick } from '../../base/pick';
import { type Examination, type ExamineOptions, examine } from '../../explore/examine';
import { type Finding, finish } from '../../find/finding';
import type { Hit } from '../../find/hit';
import { type Build, build } from '../../language/build';
import { isProperty } from '../../language/judging';
import type { Project } from '../../language/project';
import type { Property } from '../../language/property';
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
  | { readonly fault: string };

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
        // Once more, to tell which property it was.
        return { batch: runBatch({ ...project, claims: project.claims.map(naming) }, built, chosen, task.spec) };
      }
    } catch (error) {
      return faultOf(error);
    }
  };
}

const faultOf = (error: unknown) => ({ fault: (error as Error).message.replace(/^internal: /, '') });

/** The same claim, whose errors say whose they are. */
function naming<W extends World>(claim: Project<W, unknown>['claims'][number]): Project<W, unknown>['claims'][number] {
  if (!isProperty(claim)) return claim;
  const check = (w: W, isCircling: boolean): string | undefined => {
    try {
      return claim.check(w, isCircling);
    } catch (error) {
      throw new Error(`property ${claim.name} throws: ${(error as Error).message}`);
    }
  };
  return { ...claim, check } as Property<W>;
}
