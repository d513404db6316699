import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { type G, gKind } from '../models/words';
import { canMove, circumstance, describe } from './ownership';

/** The stack that the M at hand has just begun to copy. */
function copied(w: Runtime): G | undefined {
  for (const g of w.gs) if (g.copiedBy === w.m.id) return g;
  return undefined;
}

const tell = (w: Runtime): string => `${w.moverName(w.mover)} copies the stack of ${describe(w, copied(w)!)}`;

/** The strong form: whoever moves a stack has the right to, whether or not tracing is on. */
export const S3 = always<Runtime>({
  name: 'S3',
  strength: 'discipline',
  sentence: 'nobody moves a stack that is lent or not theirs',
  on: [gKind.col.copiedBy],
  check: (w) => {
    const g = copied(w);
    return g === undefined || canMove(w, w.m, g) ? undefined : circumstance(w, g);
  },
  tell,
});

/** The weak form, which is all that the commit wants: not while the lender is inside a trace critical section. */
export const S3weak = always<Runtime>({
  name: 'S3weak',
  strength: 'harm',
  sentence: 'no stack is shrunk while a goroutine that waits for the GC is traced',
  on: [gKind.col.copiedBy],
  check: (w) => {
    const g = copied(w);
    if (g === undefined || g.lentBy === 0 || w.ms[g.lentBy - 1]!.section === 0 || canMove(w, w.m, g)) return undefined;
    return circumstance(w, g);
  },
  tell,
});
