import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { Gsyscall, mKind, readers } from '../models/words';
import { circumstance, describe } from './ownership';

/** The frames that a walk reads must be those of the stack that it began on: the old one is freed at once. */
export const S2 = always<Runtime>({
  name: 'S2',
  strength: 'harm',
  sentence: 'no walk touches frames that have gone since it began',
  on: [mKind.col.walkReads],
  check: (w) => {
    const { m } = w;
    const g = m.walked!;
    if (!m.walkReads) return undefined;
    if (m.walkEpoch === 1 + g.epoch && g.copiedBy === 0)
      return g.status === Gsyscall && m.fromSched && g.sched !== m.walkEpoch
        ? 'it is in a system call, and its M has gone on'
        : undefined;
    return m.reader === 0 ? circumstance(w, g) : `${readers[m.reader]} reads it`;
  },
  tell: (w) => {
    const g = w.m.walked!;
    const what =
      g.copiedBy !== 0
        ? `being copied by ${w.moverName(g.copiedBy - 1)}`
        : w.m.walkEpoch === 1 + g.epoch
          ? 'that its own M goes on using'
          : 'freed since the walk began';
    return `${w.moverName(w.mover)} reads a frame of ${describe(w, g)} on a stack ${what}`;
  },
});
