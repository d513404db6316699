import type { Edit } from './edit';
import { UsageError } from './errors';
import type { Routine } from './line';
import type { Code } from './link';
import { Machine } from './machine';
import { type Model, pick } from './model';
import type { Claim } from './property';
import type { World } from './world';

/** A world small enough to visit all of it: who is there, where they begin, and what is cut away. */
export interface Cast<W, P> {
  readonly name: string;
  readonly sentence: string;
  readonly program: P;
  /** What is cut away, as edits of whatever variant is explored. */
  readonly edits: readonly Edit<W>[];
  /** Routines that only the cast has. */
  readonly more?: readonly Routine<W>[];
  /** Changes the state in which runs of the program start. */
  readonly begin?: (world: W, code: Code<W>) => void;
  /** Movers that go first, alone, each until its next line is in the routine. */
  readonly lead?: readonly { readonly mover: number; readonly until: string }[];
  /** Changes the state behind the lead. */
  readonly afterwards?: (world: W) => void;
  /** Whether what is cut away leaves nobody waiting who would not wait otherwise, so that rest can be judged. */
  readonly judgesRest: boolean;
  /** The variants that it was made for. */
  readonly variants: readonly string[];
}

/** How the program of a cast is written in a token. */
const MARK = '@';
const MAX_LEAD = 100_000;

/** A model whose only program is the cast. */
export function staged<W extends World, P>(model: Model<W, P>, cast: Cast<W, P>): Model<W, P> {
  return {
    ...model,
    variants: model.variants.map((it) => ({
      ...it,
      edits: [...it.edits, ...cast.edits],
      more: [...(it.more ?? []), ...(cast.more ?? [])],
    })),
    programText: () => MARK + cast.name,
    reset: (world, code) => {
      model.reset(world, code);
      cast.begin?.(world, code);
      const machine = new Machine(code, world, [], 1);
      for (const { mover, until } of cast.lead ?? [])
        for (let steps = 0; world.position(mover).routine !== until; steps++) {
          if (!machine.canMove(mover) || steps === MAX_LEAD)
            throw new UsageError(
              `cast ${cast.name}: ${world.moverName(mover)} does not come to ${until} alone`,
              `It is in ${world.position(mover).routine}. Explore another variant.`,
            );
          machine.step(mover, 0);
        }
      cast.afterwards?.(world);
    },
  };
}

/** The model that a token's program belongs to: the cast that it names, or the model itself. */
export function stagedFor<W extends World, P>(model: Model<W, P>, programText: string): Model<W, P> {
  if (!programText.startsWith(MARK)) return model;
  const cast = findCast(model, programText.slice(MARK.length));
  return { ...staged(model, cast), parseProgramText: () => cast.program };
}

/** What is judged in a cast: not where it comes to rest, if that is where it was cut. */
export const judgedIn = <W extends World, P>(cast: Cast<W, P>, claims: readonly Claim<W>[]): Claim<W>[] =>
  claims.filter((claim) => claim.kind !== 'atRest' || cast.judgesRest);

export const findCast = <W extends World, P>(model: Model<W, P>, name: string): Cast<W, P> =>
  pick('cast', name, model.casts);
