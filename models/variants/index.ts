import { equivalents, hunks } from './hunks';
import type { Variant } from './kinds';
import { ours } from './planted';
import { presets } from './presets';

/** Every departure from the commit, which comes first. */
export const variants: readonly Variant[] = [...presets, ...hunks, ...ours, ...equivalents];
