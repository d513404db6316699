import { insertAfter } from '../../harness/language';
import type { Runtime } from '../runtime';
import { gKind, gp, iff, line, reads } from '../words';
import { GO126PARTS } from './go126';
import { preset } from './kinds';

/**
 * Go 1.27: the GC reads the registers of whoever was stopped by a signal, beside its stack.
 *
 * Left out: the goroutine leak profile.
 */

const g = gKind.col;

const scanRegisters = iff(
  'gp.asyncSafePoint',
  (w: Runtime) => gp(w).asyncSafePoint,
  [reads(g.asyncSafePoint, gp)],
  [line('xRegScan: its frame', { run: (w) => void gp(w).frames, touches: [reads(g.frames, gp)] })],
);

export const go127 = preset({
  name: 'go1.27',
  sentence: 'the same, and the GC reads the registers of whoever was stopped by a signal',
  source: 'Go 1.27.3: mgcmark.go',
  ...GO126PARTS,
  edits: [...GO126PARTS.edits, insertAfter<Runtime>('scanstack', 'if isShrinkStackSafe(gp)', scanRegisters)],
});
