import { always } from '../harness/language';
import { ruleNumber } from '../models/events';
import type { Runtime } from '../models/runtime';
// biome-ignore format: words, not a wall
import { Gpreempted, Grunning, Gwaiting, gKind, isWaitingForGC, mKind, reasonNumber, statusName,
  throws } from '../models/words';
import { describe } from './ownership';

const DUMPING_HEAP = reasonNumber('DumpingHeap');
const GO_PARK = 1 + ruleNumber('GoPark');

/** A silent excursion from Running to Waiting and back is told apart from a real park by its reason alone. */
export const S9 = always<Runtime>({
  name: 'S9',
  strength: 'discipline',
  sentence: 'a goroutine that lends itself waits for a reason of the table',
  on: [gKind.col.lentBy],
  check: (w) => {
    const g = w.m.curg!;
    if (g.lentBy === 0 || isWaitingForGC(g.waitreason)) return undefined;
    if (g.waitreason === DUMPING_HEAP && w.sched.gcwaiting) return undefined;
    return g.waitreason === reasonNumber('Preempted')
      ? 'it is lent, its waitreason overwritten'
      : 'the reason is another';
  },
});

/** The commit's rule of order: once the status has left Running, the stack is no longer ours to show. */
export const S12 = always<Runtime>({
  name: 'S12',
  strength: 'order',
  sentence: "a goroutine's stack is taken before it leaves Running",
  on: [mKind.col.walkReads],
  check: (w) => (w.m.left !== undefined && w.m.left === w.m.walked ? 'the event follows the transition' : undefined),
  tell: (w) =>
    `${w.moverName(w.mover)} moved ${describe(w, w.m.walked!)} out of Grunning, and walks its stack afterwards`,
});

/** The scan bit is a lock: while it is set, nobody but its holder changes the status or clears it. */
export const S13 = always<Runtime>({
  name: 'S13',
  strength: 'discipline',
  sentence: 'the scan bit has one owner, and only the owner changes anything under it',
  on: [mKind.col.wrote],
  check: (w) => {
    const g = w.m.wrote;
    if (g === undefined || g.scanOwner === 0 || g.scanOwner === w.m.id) return undefined;
    return g.scan ? "the status changed under somebody's scan bit" : 'somebody else cleared the scan bit';
  },
  tell: (w) => `${w.moverName(w.mover)} wrote the status of ${describe(w, w.m.wrote!)}`,
});

const notRunning = Object.fromEntries(
  Object.entries(statusName).map(([status, name]) => [status, `the goroutine is ${name}`]),
);

/** Frames change only while the status says that somebody changes them. */
export const S14 = always<Runtime>({
  name: 'S14',
  strength: 'discipline',
  sentence: 'user code runs only while its goroutine is Running',
  on: [gKind.col.ran],
  check: (w) => {
    const { status, isPinned, runBy } = w.m.curg!;
    if (status !== Grunning) return notRunning[status];
    if (runBy !== w.m.id) return 'another M runs it';
    return isPinned ? 'a suspender holds its stack' : undefined;
  },
  tell: (w) => `${w.moverName(w.mover)} runs user code of ${describe(w, w.m.curg!)}`,
});

/**
 * Whoever preempts a goroutine, reads its M's buffer or asks for its P goes by gp.m, and Go has no check of it: a nil M
 * is a crash somewhere else.
 */
export const S22 = always<Runtime>({
  name: 'S22',
  strength: 'discipline',
  sentence: 'a goroutine that runs has the M that runs it, and one on a run queue has none',
  on: [gKind.col.status, gKind.col.m, gKind.col.queued],
  check: (w) => {
    for (const { status, runBy, m, queued } of w.gs) {
      if (status === Grunning && runBy !== 0 && m?.id !== runBy) return 'it runs, and another M is its M, or none';
      if (queued && m !== undefined) return 'it is on a run queue, and an M is its M';
    }
    return undefined;
  },
});

/** The runtime's own assertions, which crash the program. The run ends there. */
export const noThrow = always<Runtime>({
  name: 'noThrow',
  strength: 'harm',
  sentence: 'the runtime throws nothing',
  on: [mKind.col.threw],
  check: (w) => (w.m.threw === 0 ? undefined : throws[w.m.threw - 1]),
  isFatal: true,
});

/** Whoever stops itself keeps its scan bit until the event is written: a suspender may ready it right afterwards. */
export const S18 = always<Runtime>({
  name: 'S18',
  strength: 'discipline',
  sentence: 'preemptPark holds the scan bit when it tells the trace',
  on: [mKind.col.eventG],
  check: (w) => {
    const g = w.m.eventG;
    return w.m.event === GO_PARK && g?.status === Gpreempted && g.scanOwner !== w.m.id
      ? 'it let go of it before'
      : undefined;
  },
});

/** A goroutine that is readied twice, or while it runs, would be on a run queue twice. */
export const S20 = always<Runtime>({
  name: 'S20',
  strength: 'discipline',
  sentence: 'only goroutines that wait are readied',
  on: [mKind.col.readied],
  check: (w) => (w.m.readiedWas === Gwaiting ? undefined : notRunning[w.m.readiedWas]),
  tell: (w) => `${w.moverName(w.mover)} readies ${describe(w, w.m.readied!)}`,
});
