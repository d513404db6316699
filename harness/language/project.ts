import type { Command } from 'commander';
import type fc from 'fast-check';
import type { Model } from './model';
import type { Claim } from './property';
import type { World } from './world';

/** What a known bug looks like: a property that it breaks, for which cause, by which races. */
export interface Sign {
  readonly property: string;
  /** With `*` for anything. */
  readonly cause: string;
  /** Its races; missing: any. A shrunk finding with another race is another bug. */
  readonly buckets?: readonly string[];
  /** The presets that show it, where those are not all that contain the bug. */
  readonly variants?: readonly string[];
  /** What happens, where that is not what the bug's sentence says. */
  readonly sentence?: string;
}

/** One of the system's own bugs, found before. */
export interface KnownBug {
  readonly id: string;
  readonly sentence: string;
  /** The presets that contain it. */
  readonly variants: readonly string[];
  /** What no preset says: the releases that repaired it, or have it still. */
  readonly releases?: string;
  readonly signs: readonly Sign[];
}

/** What is judged, and what is known of it. */
export interface Project<W extends World, P> {
  readonly model: Model<W, P>;
  readonly claims: readonly Claim<W>[];
  readonly known: readonly KnownBug[];
}

/** What single edits of a model are made of, and where they are looked for. */
export interface Mutation<P> {
  /** The routines that are edited. */
  readonly routines: readonly string[];
  /** What belongs together with something further down in the same list: a lock and its unlock. */
  readonly pairs: readonly { readonly name: string; readonly opens: RegExp; readonly closes: RegExp }[];
  /** Lines behind which a routine does not go on. */
  readonly ends: RegExp;
  /** Programs that come to a routine often, and small casts that do. */
  focusOn(routine: string): { readonly programs: fc.Arbitrary<P>; readonly casts: readonly string[] };
}

/** A place in the sources that a model retells. */
export interface SourcePlace {
  /** `file.go:12`. */
  readonly text: string;
  readonly url: string;
}

/** A project with a command line. */
export interface Tool<W extends World, P> extends Project<W, P> {
  /** What messages and reports call it. */
  readonly name: string;
  /** A sentence for --help. */
  readonly description: string;
  /** A planted bug that campaigns must find to be believed, within so many runs. */
  readonly canary?: { readonly variant: string; readonly runs: number };
  /** What `mutants` wants to know. */
  readonly mutation?: Mutation<P>;
  /** What people type for a command, up to its arguments: `npx name fuzz`. */
  commandLine(command: string): string;
  /**
   * Where the system under test has what a line of a variant tells, if it is known: a word on it, and an address.
   */
  sourceOf?(variant: string, routine: string, line: string): SourcePlace | undefined;
  /** Adds commands of the project's own. */
  addCommands?(program: Command): void;
}
