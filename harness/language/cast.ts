import type { Edit } from './edit';
import type { Routine } from './line';
import type { Code } from './link';

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
  /**
   * Why nothing can be claimed of where it comes to rest, or goes around in circles: what is cut away leaves somebody
   * waiting who would not wait otherwise. Missing: rest is judged.
   */
  readonly notAtRest?: string;
  /** What its cuts make of rest: causes, as `atRest` properties give them, that are the cuts' doing, and why. */
  readonly restsWith?: { readonly causes: readonly string[]; readonly why: string };
  /** The variants that it was made for. */
  readonly variants: readonly string[];
}
