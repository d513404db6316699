import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { Gdead, mKind, ordering, orderings, traceKind } from '../models/words';
import { describe } from './ownership';

/** A waitreason decides who may move a stack, so that it is as much under the owner's hand as the status. */
export const S10 = always<Runtime>({
  name: 'S10',
  strength: 'discipline',
  sentence: 'a waitreason is written by whoever runs or has locked its goroutine',
  on: [mKind.col.wroteReason],
  check: (w) => {
    const g = w.m.wroteReason!;
    if (g.runBy === w.m.id || g.scanOwner === w.m.id || g.status === Gdead) return undefined;
    if (w.m.left === g) return 'its own M wrote it after the transition';
    return 'a suspender wrote it before it had the goroutine';
  },
  tell: (w) => `${w.moverName(w.mover)} wrote the waitreason of ${describe(w, w.m.wroteReason!)}`,
});

const TOLD = ordering('a transition that the trace tells');

/** A transition that happens outside of the section of its event may end up in another generation than the event. */
export const S11 = always<Runtime>({
  name: 'S11',
  strength: 'order',
  sentence: 'a transition that the trace tells happens inside the trace critical section of its event',
  on: [mKind.col.ordering],
  check: (w) => {
    const { m, trace, sched } = w;
    if (m.ordering === 0) return undefined;
    const isMove = m.ordering === TOLD;
    if (isMove && (trace.gen === 0 || m.section !== 0)) return undefined;
    const { routine } = w.position(w.mover);
    if (!isMove) return `${orderings[m.ordering]!}, in ${routine}`;
    // StartTrace, in a stopped world, waits for those who were leaving a system call when it switched tracing on.
    const isWaitedFor = trace.exitingSyscall > 0 && sched.gcwaiting && routine === 'exitsyscall0';
    return isWaitedFor ? undefined : `it happened outside, in ${routine}`;
  },
});

/** Phase C has flushed all that was written, or the reader never gets it. */
export const S25 = always<Runtime>({
  name: 'S25',
  strength: 'order',
  sentence: 'a generation that is complete has been flushed from every buffer',
  on: [traceKind.col.flushedGen],
  check: (w) => {
    const { flushedGen } = w.trace;
    if (flushedGen === 0 || !w.ms.some(({ buf }) => buf.get(flushedGen % 2))) return undefined;
    return 'a buffer holds events of it';
  },
});

/** The advance must not take a buffer from an M that still writes into it. */
export const S15 = always<Runtime>({
  name: 'S15',
  strength: 'harm',
  sentence: 'no buffer is flushed while its M is inside a section of that generation',
  on: [mKind.col.flushedGen],
  check: (w) => (w.m.flushed!.section === w.m.flushedGen ? 'its M is still writing' : undefined),
  tell: (w) => `${w.moverName(w.mover)} flushes the buffer that ${w.moverName(w.m.flushed!.index)} writes into`,
});
