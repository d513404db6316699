import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { mKind, readers, statusName } from '../models/words';
import { canRead, describe } from './ownership';

/** By reader, then by status. */
const causes = readers.map((reader, i) =>
  Object.fromEntries(
    Object.entries(statusName).map(([status, name]) => [
      status,
      `the goroutine is ${name}${i === 0 ? '' : `, read by ${reader}`}`,
    ]),
  ),
);

/**
 * A stack may be replaced as soon as its goroutine's status allows somebody else to lock it, so only its owner may walk
 * it.
 */
export const S1 = always<Runtime>({
  name: 'S1',
  strength: 'discipline',
  sentence: 'no stack is walked without ownership',
  on: [mKind.col.walkReads],
  check: (w) => {
    const g = w.m.walked!;
    if (w.m.walkEpoch === 0) return undefined; // nothing was read yet
    return canRead(w.m, g) ? undefined : causes[w.m.reader]![g.status];
  },
  tell: (w) => `${w.moverName(w.mover)} walks the stack of ${describe(w, w.m.walked!)}, which is not its own`,
});
