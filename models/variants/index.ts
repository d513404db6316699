import { forgetful } from './forgetful';
import { go122 } from './go122';
import { go123 } from './go123';
import { go124 } from './go124';
import { go125 } from './go125';
import { go126 } from './go126';
import { go127 } from './go127';
import { asserted, equivalents, hunks } from './hunks';
import { preset, type Variant } from './kinds';
import { parent } from './parent';
import { ours } from './planted';
import { untold } from './untold';

const commit = preset({ name: 'commit', sentence: 'the commit itself', source: 'd6a3d093c3', edits: [] });

/**
 * Every departure from the commit, which comes first: versions of Go, hunks of the commit taken back, bugs of our own.
 */
export const variants: readonly Variant[] = [
  ...[commit, go122, parent, go123, go124, go125, go126, go127],
  ...hunks,
  ...asserted,
  ...ours,
  ...forgetful,
  ...untold,
  ...equivalents,
];
