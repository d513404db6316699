import type { Model } from './model';
import type { Claim } from './property';
import type { World } from './world';

/** One of the system's own bugs, found before. */
export interface KnownBug {
  readonly id: string;
  readonly property: string;
  /** With `*` for anything. */
  readonly cause: string;
  /** Its races; missing: any. A shrunk finding with another race is another bug. */
  readonly buckets?: readonly string[];
  /** The presets that contain it. */
  readonly variants: readonly string[];
  readonly sentence: string;
}

/** Everything that commands work on. */
export interface Project<W extends World, P> {
  readonly model: Model<W, P>;
  readonly claims: readonly Claim<W>[];
  readonly known: readonly KnownBug[];
}

/** The variant without edits; a planted bug is planted in it. */
export const BASELINE = 'commit';
