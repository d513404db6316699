import { bracket, type Edit, moveAfter, replace, unwrap, without } from '../harness/edit';
import type { Variant as AnyVariant } from '../harness/model';
import { gKind, mKind } from './cells';
import type { Runtime } from './runtime';
import { Grunnable, Grunning, isWaitingForGC, reasonNumber, statusName, type WaitReason } from './status';
import { FLUSH_LINE } from './traceadvance';
import {
  casGToWaitingForGC,
  casgstatusBack,
  curg,
  gp,
  group,
  iff,
  lend,
  line,
  mp,
  reads,
  reason,
  returns,
  setStatus,
  setWaitreason,
  writes,
} from './words';

type Variant = AnyVariant<Runtime>;

const traceLate = (routine: string, event: string, cas: string): Edit<Runtime> =>
  moveAfter<Runtime>(routine, `trace.${event}`, cas);
const toWaiting = (who: string) => `casgstatus(${who}, Grunning, Gwaiting)`;
const toRunnable = (who: string) => `casgstatus(${who}, Grunning, Grunnable)`;

const H2 = [traceLate('debugCallWrap.func2', 'GoPark', toWaiting('gp'))];
const H3 = [traceLate('debugCallWrap1.func1', 'GoSched', toRunnable('gp'))];
const H12 = [traceLate('park_m', 'GoPark', toWaiting('gp'))];
const H13 = [traceLate('goschedImpl', 'GoSched', toRunnable('gp'))];
const H14 = [traceLate('goyield_m', 'GoPreempt', toRunnable('gp'))];
const H18 = [without<Runtime>('isShrinkStackSafe', 'if traceEnabled()')];

/** The guard against shrinking without one reason of the table; the assertions go by the whole table. */
const withoutReason = (name: WaitReason): Edit<Runtime>[] => [
  replace<Runtime>(
    'isShrinkStackSafe',
    'if gp.waitreason.isWaitingForGC()',
    iff(
      `gp.waitreason.isWaitingForGC(), ${name} left out`,
      (w) => isWaitingForGC(gp(w).waitreason) && gp(w).waitreason !== reasonNumber(name),
      [reads(gKind.col.waitreason, gp)],
      [returns('false', () => 0)],
    ),
  ),
];

/** What Go 1.26 does about L1, L2, L29 (the guard no longer asks for tracing), L3 (every stopper lends itself) and L4. */
const GO126 = [
  unwrap<Runtime>('isShrinkStackSafe', 'if traceEnabled()'),
  without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
  without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
  bracket<Runtime>(
    'stopTheWorldWithSema',
    [casGToWaitingForGC(curg, reason('StoppingTheWorld'))],
    [casgstatusBack(curg)],
  ),
  moveAfter<Runtime>('preemptPark', 'dropg', 'trace.GoPark'),
];

const preset = (name: string, sentence: string, source: string, breaks: string[], edits: Edit<Runtime>[]): Variant => ({
  name,
  sentence,
  source,
  edits,
  breaks,
  isPreset: true,
});
const planted = (
  name: string,
  sentence: string,
  source: string,
  breaks: string[],
  edits: Edit<Runtime>[],
): Variant => ({
  ...preset(name, sentence, source, breaks, edits),
  isPreset: false,
});

const order = ['S1', 'S2', 'S12'];
const GO122 = 'Go 1.22, reverting one hunk of the commit';

/** A goroutine goes to Running without asking whether somebody holds its scan bit. */
const forcedStatus = line(`${gp.text}.atomicstatus = ${statusName[Grunning]}`, {
  when: (w: Runtime) => gp(w).status === Grunnable,
  run: (w) => {
    setStatus(w, gp(w), Grunning);
  },
  touches: [
    writes(gKind.col.status, gp),
    writes(gKind.col.runBy, gp),
    writes(mKind.col.isTold, mp),
    writes(mKind.col.wrote, mp),
  ],
});

export const variants: readonly Variant[] = [
  preset('commit', 'the commit itself', 'd6a3d093c3', [], []),
  preset(
    'parent',
    'the parent of the commit: every hunk below reverted',
    'the parent of d6a3d093c3',
    ['S1', 'S2', 'S3', 'S3weak', 'S12'],
    [...H2, ...H3, ...H12, ...H13, ...H14, ...H18],
  ),
  preset(
    'go1.26',
    'what Go 1.26 changed in the modelled code: the guard, the stoppers, preemptPark (its new system calls are not modelled)',
    'Go 1.26.10: stack.go, proc.go',
    [],
    GO126,
  ),
  planted('H2', 'debugCallWrap: the event comes after Gwaiting', `${GO122}: debugcall.go`, ['S1', 'S12'], H2),
  planted('H3', 'debugCallWrap1: the event comes after Grunnable', `${GO122}: debugcall.go`, order, H3),
  planted('H12', 'park_m: the event comes after Gwaiting', `${GO122}: proc.go`, order, H12),
  planted('H13', 'goschedImpl: the event comes after Grunnable', `${GO122}: proc.go`, order, H13),
  planted('H14', 'goyield_m: the event comes after Grunnable', `${GO122}: proc.go`, order, H14),
  planted(
    'H18',
    'isShrinkStackSafe: waiting for the GC is no obstacle',
    `${GO122}: stack.go`,
    ['S2', 'S3', 'S3weak'],
    H18,
  ),
  planted(
    'foreignReason',
    'gcAssistAlloc1 waits for the GC with a reason that says otherwise',
    'ours',
    ['S2', 'S3', 'S3weak', 'S9'],
    [
      replace<Runtime>(
        'gcAssistAlloc1',
        'casGToWaitingForGC(curg, Grunning, GCAssistMarking)',
        group('casGToWaiting(curg, Grunning, GCAssistWait)', setWaitreason(curg, reason('GCAssistWait')), lend(curg)),
      ),
    ],
  ),
  planted(
    'ignoredScanBit',
    'execute sets Grunning while somebody holds the scan bit',
    'ours',
    ['S13', 'S14', 'S19', 'S2', 'S3', 'noThrow'],
    [replace<Runtime>('execute', 'casgstatus(gp, Grunnable, Grunning)', forcedStatus)],
  ),
  planted(
    'stopperStaysRunning',
    'stopTheWorld does not let itself be suspended',
    'ours',
    ['V1'],
    [
      without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
      without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  ),
  ...(
    [
      ['GCAssistMarking', ['S2', 'S3', 'S3weak']],
      ['StoppingTheWorld', ['S2', 'S3', 'S3weak']],
      ['TraceGoroutineStatus', ['S2', 'S3', 'S3weak']],
      ['GCWorkerActive', ['S2', 'S3', 'S3weak']],
      ['TraceProcStatus', ['S3', 'S3weak']],
      ['GCMarkTermination', []],
      ['FlushProcCaches', []],
      ['GarbageCollection', []],
      ['GarbageCollectionScan', []],
      ['PageTraceFlush', []],
    ] as const
  ).map(([name, breaks]) =>
    planted(
      `H17-${name}`,
      `the table of reasons lacks ${name}`,
      'Go 1.22, reverting one entry of the commit: runtime2.go',
      [...breaks],
      withoutReason(name),
    ),
  ),
  planted(
    'lateReason',
    'debugCallWrap writes the waitreason behind the transition',
    'ours',
    ['S10'],
    [moveAfter<Runtime>('debugCallWrap.func2', 'gp.waitreason = DebugCall', 'casgstatus(gp, Grunning, Gwaiting)')],
  ),
  planted(
    'releasedEarly',
    'park_m leaves the trace critical section before the transition',
    'ours',
    ['S11'],
    [moveAfter<Runtime>('park_m', 'casgstatus(gp, Grunning, Gwaiting)', 'traceRelease')],
  ),
  planted(
    'impatientFlush',
    'traceAdvance flushes buffers without waiting for their Ms',
    'ours',
    ['S15'],
    [without<Runtime>('traceAdvance.func5', FLUSH_LINE)],
  ),
  planted(
    'ignoredAsyncSafePoint',
    'isShrinkStackSafe: an asynchronous safe point is no obstacle',
    'ours',
    ['S3', 'S19'],
    [without<Runtime>('isShrinkStackSafe', 'if gp.asyncSafePoint')],
  ),
];
