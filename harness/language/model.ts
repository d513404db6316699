import type fc from 'fast-check';
import type { Cast } from './cast';
import type { Column } from './columns';
import type { Edit } from './edit';
import type { BarKind, Lane } from './lane';
import type { Routine } from './line';
import type { Code } from './link';
import type { Memory, World } from './world';

/** What a model counts as a state in campaigns: far fewer than there are, so that a new one means something. */
export interface Abstraction<W> {
  /** The columns that it depends on. */
  readonly on: readonly Column[];
  /** The present one, as a whole number from 0 to 2³⁰ − 1. */
  of(world: W): number;
}

/** The model with deliberate departures from its baseline. */
export interface Variant<W> {
  readonly name: string;
  readonly sentence: string;
  /** Where the departure comes from: a version and file, or "ours". */
  readonly source: string;
  /** Of the preset that it is planted in, or of the baseline if it is one. */
  readonly edits: readonly Edit<W>[];
  /** Routines that the baseline does not have. */
  readonly more?: readonly Routine<W>[];
  /** Routines of the baseline that it does not have. */
  readonly gone?: readonly string[];
  /** The preset that a bug is planted in; missing: the baseline, which is the first variant. */
  readonly base?: string;
  /** The bugs that it is made of, if there are several. */
  readonly planted?: readonly Variant<W>[];
  /** A state that history has seen, as opposed to a bug planted alone. */
  readonly isPreset: boolean;
  /** The properties that it breaks, beside those that the baseline breaks itself. */
  readonly breaks: readonly string[];
  /** Why it changes no state that can be reached; missing where it does. */
  readonly equivalent?: string;
  /** Goals that nothing can meet in it. */
  readonly unreachable?: readonly string[];
}

/** Something that a fuzzed actor may do. */
export interface OperationInfo {
  readonly name: string;
  readonly sentence: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
}

/** What the harness needs of a model; `P` is a program: what is done in a run, apart from who moves when. */
export interface Model<W extends World, P> {
  readonly routines: readonly Routine<W>[];
  readonly variants: readonly Variant<W>[];
  readonly operations: readonly OperationInfo[];
  /** What programs draw their operations from, by name, with weights. */
  readonly mixes: readonly { readonly name: string; readonly weight: number; readonly operations: readonly string[] }[];
  readonly programs: fc.Arbitrary<P>;
  /** What a program is with one thing left out, in every way. */
  smaller(program: P): readonly P[];
  /** Programs of a few operations each, drawn anew for each program. */
  readonly swarms: fc.Arbitrary<P>;
  /** What campaigns count as a state. */
  readonly abstraction: Abstraction<W>;
  /** Small worlds to visit all of. */
  readonly casts: readonly Cast<W, P>[];
  /** What a cast cuts away of every variant. */
  readonly cuts?: { readonly name: string; readonly edits: readonly Edit<W>[]; readonly more?: readonly Routine<W>[] };
  /** Throws a UsageError on anything that is not a program. */
  parseProgram(value: unknown): P;
  /** One word, without a colon or white space. */
  programText(program: P): string;
  /** The inverse; throws a UsageError. */
  parseProgramText(text: string): P;
  createWorld(program: P, memory?: Memory): W;
  /** Puts a world into the state in which every run of its program starts. */
  reset(world: W, code: Code<W>): void;
  /** On whose behalf a mover acts, for stories; empty if nobody's. */
  actorName(world: W, mover: number): string;
  /** How its state is drawn; the same lanes in the same order for a run's whole length. */
  picture(world: W): readonly Lane[];
  /** The bars that pictures have, in the order in which they are drawn. */
  readonly barKinds: readonly BarKind[];
}

/** What a model can do without. */
type Optional = 'operations' | 'mixes' | 'smaller' | 'swarms' | 'casts' | 'actorName' | 'picture' | 'barKinds';

/**
 * A model whose missing parts are empty: no operations to count, nothing to leave out of a program, no casts, no
 * pictures.
 */
export const defineModel = <W extends World, P>(
  parts: Omit<Model<W, P>, Optional> & Partial<Pick<Model<W, P>, Optional>>,
): Model<W, P> => ({
  operations: [],
  mixes: [],
  smaller: () => [],
  swarms: parts.programs,
  casts: [],
  actorName: () => '',
  picture: () => [],
  barKinds: [],
  ...parts,
});
