import { H2, H3, H12, H13, H14, H18, H20, H21withoutH20, UNGUARDED } from './hunks';
import { preset } from './kinds';

/** The parent of the commit: every hunk that changes something reverted. */

export const PARENT = [...H2, ...H3, ...H12, ...H13, ...H14, ...H18, ...H20, ...H21withoutH20];

export const parent = preset({
  name: 'parent',
  sentence: 'the parent of the commit: every hunk below reverted',
  source: 'the parent of d6a3d093c3',
  edits: PARENT,
  unreachable: UNGUARDED,
});
