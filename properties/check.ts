import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { Gcopystack, isWaitingForGC, mKind, reasonNumber, verdict } from '../models/words';
import { canRead, describe } from './ownership';

/**
 * The debug check (tracecheckstackownership) beside the truth. S5 and S6 say where it is wrong; FN counts what it
 * cannot see by its nature. Its false alarms (FP1, FP2) are causes of S5.
 */

const ACCEPTS = verdict('accepts');
const ACCEPTS_SCAN = verdict('accepts the scan bit');
const THROWS = verdict('throws');
const NIL = verdict('dereferences nil');
const NOBODY = verdict('sees nobody');
const NONE = verdict('none');

/** Why the check throws although the walker owns the stack. */
function falseAlarm(w: Runtime): string {
  const { waitreason } = w.m.walked!;
  if (waitreason === reasonNumber('Preempted')) return 'FP1: it throws, the waitreason was overwritten';
  if (waitreason === reasonNumber('DumpingHeap')) return 'FP2: it throws in a heap dump';
  return 'it throws, the reason is not in its table';
}

export const S5 = always<Runtime>({
  name: 'S5',
  strength: 'discipline',
  sentence: 'the debug check throws if and only if the walker does not own the stack, but for scan bits',
  on: [mKind.col.check, mKind.col.walkEpoch],
  check: (w) => {
    const { m } = w;
    if (m.walked === undefined || m.reader !== 0) return undefined;
    const owns = canRead(m, m.walked);
    if (m.check === NONE && m.walkEpoch !== 0 && !owns) return 'nobody checks';
    if (m.walkEpoch !== 0) return undefined;
    if (m.check === ACCEPTS && !owns) return 'it accepts, and the walker does not own the stack';
    return m.check === THROWS && owns ? falseAlarm(w) : undefined;
  },
  tell: (w) => `${w.moverName(w.mover)} has the stack of ${describe(w, w.m.walked!)} checked`,
});

export const S6 = always<Runtime>({
  name: 'S6',
  strength: 'harm',
  sentence: 'the debug check itself does not crash',
  on: [mKind.col.check],
  check: (w) => (w.m.check === NIL ? 'it dereferences the nil M of an explicit call' : undefined),
  tell: (w) => `${w.moverName(w.mover)} has the stack of ${describe(w, w.m.walked!)} checked, which it does not run`,
});

/** How often it throws, rightly or not: what a runtime that has it on ends with (models/agreement.slow.test.ts). */
export const checkThrows = always<Runtime>({
  name: 'checkThrows',
  strength: 'discipline',
  sentence: 'the debug check does not throw',
  on: [mKind.col.check],
  check: (w) => {
    const { m } = w;
    if (m.check !== THROWS || m.walked === undefined) return undefined;
    return canRead(m, m.walked) ? falseAlarm(w) : 'it throws, and rightly so';
  },
  tell: (w) => `${w.moverName(w.mover)} has the stack of ${describe(w, w.m.walked!)} checked`,
});

/** What the check cannot see. Counted in every campaign; none of it is a bug by itself. */
export const FN = always<Runtime>({
  name: 'FN',
  strength: 'discipline',
  sentence: 'the debug check sees whether a walk is safe',
  on: [mKind.col.check, mKind.col.walkReads],
  check: (w) => {
    const { m } = w;
    if (m.check === NOBODY) return 'FN5: an event without a goroutine is not checked';
    const g = m.walked;
    if (g === undefined) return undefined;
    if (m.reader !== 0) return canRead(m, g) ? undefined : 'FN6: other readers are not checked';
    if (!m.walkReads) {
      if (m.walkEpoch !== 0) return undefined;
      if (m.check === ACCEPTS_SCAN && g.scanOwner !== m.id) return "FN1: somebody else's scan bit is accepted";
      return m.check === ACCEPTS && g.status === Gcopystack
        ? 'FN4: a stack that is being copied is accepted'
        : undefined;
    }
    if (m.check !== ACCEPTS || (m.walkEpoch === 1 + g.epoch && g.copiedBy === 0)) return undefined;
    return !w.trace.enabled && isWaitingForGC(g.waitreason)
      ? 'FN3: it was accepted, and nothing keeps it in place'
      : 'FN2: it was accepted, and moved afterwards';
  },
  tell: (w) => `${w.moverName(w.mover)}: ${w.m.walked === undefined ? 'no stack' : describe(w, w.m.walked)}`,
});
