import { sometimes } from '../harness/language';
import { operations } from '../models/operations';
import type { Runtime } from '../models/runtime';
import { Gpreempted, Grunning, gKind, mKind, traceKind } from '../models/words';

/** What a campaign must have seen, or its silence means nothing. */

const g = gKind.col;

const operationGoals = operations.map(({ name }) =>
  sometimes<Runtime>({
    name: `ran:${name}`,
    sentence: `a goroutine does ${name} and goes on`,
    on: [g.op],
    check: (w) => {
      const me = w.m.curg!;
      return w.program.gs[me.index]!.ops[me.op - 1] === name;
    },
  }),
);

export const goals = [
  ...operationGoals,
  sometimes<Runtime>({
    name: 'shrinkRefused',
    sentence: 'a stack is not shrunk because its goroutine waits for the GC',
    on: [g.preemptShrink],
    check: (w) =>
      w.gs.some((it) => it.scanOwner === w.m.id && it.preemptShrink && it.lentBy !== 0 && !it.asyncSafePoint),
  }),
  sometimes<Runtime>({
    name: 'walkOverlapsSuspend',
    sentence: 'somebody else holds the scan bit while a stack is walked',
    on: [mKind.col.walkReads],
    check: (w) => {
      const { scanOwner } = w.m.walked!;
      return scanOwner !== 0 && scanOwner !== w.m.id;
    },
  }),
  sometimes<Runtime>({
    name: 'advanceWhileLent',
    sentence: 'the generation advances while a goroutine waits for the GC',
    on: [traceKind.col.gen],
    check: (w) => w.trace.gen !== 0 && w.gs.some((it) => it.lentBy !== 0),
  }),
  sometimes<Runtime>({
    name: 'shrunkByWorker',
    sentence: 'a GC worker shrinks a stack',
    on: [g.copiedBy],
    check: (w) => w.m.curg !== undefined && w.isWorker(w.m.curg) && isShrinking(w),
  }),
  sometimes<Runtime>({
    name: 'shrunkByAssist',
    sentence: 'an assist that itself waits for the GC shrinks a stack',
    on: [g.copiedBy],
    check: (w) => w.m.curg !== undefined && !w.isWorker(w.m.curg) && w.m.curg.lentBy === w.m.id && isShrinking(w),
  }),
  sometimes<Runtime>({
    name: 'shrunkByItself',
    sentence: 'a goroutine shrinks its own stack at a prologue',
    on: [g.copiedBy],
    check: (w) => {
      const me = w.m.curg;
      return me !== undefined && me.copiedBy === w.m.id && me.status === Grunning;
    },
  }),
  sometimes<Runtime>({
    name: 'stoppedItself',
    sentence: 'a goroutine stops itself for a suspender',
    on: [g.scanOwner],
    check: (w) => w.m.curg !== undefined && w.m.curg.scanOwner === w.m.id && w.m.curg.status === Gpreempted,
  }),
];

function isShrinking(w: Runtime): boolean {
  return w.gs.some((it) => it.copiedBy === w.m.id && it.scanOwner === w.m.id);
}
