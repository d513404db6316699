import { ModelError, UsageError } from '../base/errors';
import { pick } from '../base/pick';
import type { Cast } from '../language/cast';
import type { Model } from '../language/model';
import type { AtRest, Claim } from '../language/property';
import type { World } from '../language/world';
import { Machine } from './machine';

/** How the program of a cast is written in a token. */
const MARK = '@';
const MAX_LEAD = 100_000;

/** A model whose only program is the cast. */
export function staged<W extends World, P>(model: Model<W, P>, cast: Cast<W, P>): Model<W, P> {
  return {
    ...model,
    cuts: cast,
    programText: () => MARK + cast.name,
    reset: (world, code) => {
      model.reset(world, code);
      trying(cast.name, 'begin', () => cast.begin?.(world, code));
      const machine = new Machine(code, world, [], 1);
      for (const { mover, until } of cast.lead ?? []) {
        if (mover >= world.moverCount || code.routineAt.every(({ name }) => name !== until))
          throw new ModelError(
            `cast ${cast.name}: its lead wants mover ${mover} at ${until}, and there is no such one`,
          );
        for (let steps = 0; world.position(mover).routine !== until; steps++) {
          if (!machine.canMove(mover) || steps === MAX_LEAD)
            throw new UsageError(
              `cast ${cast.name}: ${world.moverName(mover)} does not come to ${until} alone`,
              `It is in ${world.position(mover).routine}. Explore another variant.`,
            );
          machine.step(mover, 0);
        }
      }
      trying(cast.name, 'afterwards', () => cast.afterwards?.(world));
    },
  };
}

/** An error in what a cast does to the state is told as the cast's. */
function trying(cast: string, what: string, change: () => void): void {
  try {
    change();
  } catch (error) {
    throw new ModelError(`cast ${cast}: ${what} throws: ${(error as Error).message}`);
  }
}

/** The model that a token's program belongs to: the cast that it names, or the model itself. */
export function stagedFor<W extends World, P>(model: Model<W, P>, programText: string): Model<W, P> {
  if (!programText.startsWith(MARK)) return model;
  const cast = findCast(model, programText.slice(MARK.length));
  return { ...staged(model, cast), parseProgramText: () => cast.program };
}

/** What is judged in a cast: not what its cuts bring about, and nothing of rest if it does not say where it rests. */
export const judgedIn = <W extends World, P>(cast: Cast<W, P>, claims: readonly Claim<W>[]): Claim<W>[] =>
  claims.flatMap((claim) => {
    if (claim.kind !== 'atRest') return claim;
    return cast.notAtRest === undefined ? excusing(claim, cast.restsWith?.causes ?? []) : [];
  });

function excusing<W extends World>(claim: AtRest<W>, causes: readonly string[]): AtRest<W> {
  if (causes.length === 0) return claim;
  return {
    ...claim,
    check: (world, isCircling) => {
      const cause = claim.check(world, isCircling);
      return cause !== undefined && causes.includes(cause) ? undefined : cause;
    },
  };
}

export const findCast = <W extends World, P>(model: Model<W, P>, name: string): Cast<W, P> =>
  pick('cast', name, model.casts);
