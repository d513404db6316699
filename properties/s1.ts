import { always } from '../harness/property';
import { mKind } from '../models/cells';
import type { Runtime } from '../models/runtime';
import { statusName } from '../models/status';
import { canRead, describe } from './ownership';

const causesFor = (reader: string) =>
  Object.fromEntries(Object.entries(statusName).map(([status, name]) => [status, `the goroutine is ${name}${reader}`]));
const ofTracer = causesFor('');
const ofProfiler = causesFor(', read by a profiler');

/** A stack may be replaced as soon as its goroutine's status allows somebody else to lock it, so only its owner may walk it. */
export const S1 = always<Runtime>({
  name: 'S1',
  strength: 'discipline',
  sentence: 'no stack is walked without ownership',
  on: [mKind.col.walkReads],
  check: (w) => {
    const g = w.m.walked!;
    return canRead(w.m, g) ? undefined : (w.m.isProfiling ? ofProfiler : ofTracer)[g.status];
  },
  tell: (w) => `${w.moverName(w.mover)} walks the stack of ${describe(w, w.m.walked!)}, which is not its own`,
});
