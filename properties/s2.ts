import { always } from '../harness/property';
import { mKind } from '../models/cells';
import type { Runtime } from '../models/runtime';
import { circumstance, describe } from './ownership';

/** The frames that a walk reads must be those of the stack that it began on: the old one is freed at once. */
export const S2 = always<Runtime>({
  name: 'S2',
  strength: 'harm',
  sentence: 'no walk touches a stack that was replaced since it began',
  on: [mKind.col.walkReads],
  check: (w) => {
    const { m } = w;
    const g = m.walked!;
    if (!m.walkReads || (m.walkEpoch === 1 + g.epoch && g.copiedBy === 0)) return undefined;
    return m.isProfiling ? 'a profiler reads it' : circumstance(w, g);
  },
  tell: (w) => {
    const g = w.m.walked!;
    const what = g.copiedBy === 0 ? 'freed since the walk began' : `being copied by ${w.moverName(g.copiedBy - 1)}`;
    return `${w.moverName(w.mover)} reads a frame of ${describe(w, g)} on a stack ${what}`;
  },
});
