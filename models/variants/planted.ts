import { insertAfter, moveAfter, replace, without } from '../../harness/language';
import { found } from '../park';
import { DONE, read, unlockTrace } from '../reader';
import type { Runtime } from '../runtime';
import { STOP_LINE } from '../stw';
import { FLUSH_LINE } from '../traceadvance';
import { RUNNING, wireTouches, writeStatus } from '../wire';
// biome-ignore format: words, not a wall
import { acquirem, arg, call, curg, enterSection, event, Grunnable, Grunning, gKind, gp, group, iff, lend, line,
  mKind, mp, reads, readyNextGen, reason, ret, schedKind, seqlockAdd, setStatus, setWaitreason, statusName, tl,
  traceAcquire, traceKind, traceRelease, writes } from '../words';
import { planted as bug, type Variant } from './kinds';

/** Bugs of our own, one for each property that no hunk breaks alone: what a property is good for. */
const planted = (name: string, sentence: string, breaks: string[], edits: Variant['edits']): Variant =>
  bug(name, sentence, 'ours', breaks, edits);

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

/** Finds a receiver, and leaves it where it is for others to find. */
const keepReceiver = line('sg = c.recvq.first', {
  run: (w: Runtime) => found.set(w, Number(gp(w).inRecvq)),
  touches: [reads(gKind.col.inRecvq, gp)],
});

/** In the middle of a copy by the goroutine's own M. */
const walkMidway = [
  iff('my own', (w: Runtime) => gp(w) === w.m.curg && w.m.depth === 0, [], [call('traceStack', arg(gp, curg))]),
];

export const ours: readonly Variant[] = [
  planted(
    'foreignReason',
    'gcAssistAlloc1 waits for the GC with a reason that says otherwise',
    ['S2', 'S3', 'S3weak', 'S4', 'S5', 'S9'],
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
    ['S13', 'S14', 'S19', 'S2', 'S3', 'S4', 'S7', 'S21', 'noThrow'],
    [replace<Runtime>('execute', 'casgstatus(gp, Grunnable, Grunning)', forcedStatus)],
  ),
  planted(
    'stopperStaysRunning',
    'stopTheWorld does not let itself be suspended',
    ['V1', 'V2', 'V4', 'V5'],
    [
      without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
      without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  ),
  planted(
    'lateReason',
    'debugCallWrap writes the waitreason behind the transition',
    ['S10'],
    [moveAfter<Runtime>('debugCallWrap.func2', 'gp.waitreason = DebugCall', 'casgstatus(gp, Grunning, Gwaiting)')],
  ),
  planted(
    'releasedEarly',
    'park_m leaves the trace critical section before the transition',
    ['S11'],
    [moveAfter<Runtime>('park_m', 'casgstatus(gp, Grunning, Gwaiting)', 'traceRelease')],
  ),
  planted(
    'impatientFlush',
    'traceAdvance flushes buffers without waiting for their Ms',
    ['S15', 'S16', 'S17'],
    [without<Runtime>('traceAdvance.func5', FLUSH_LINE)],
  ),
  planted(
    'ignoredAsyncSafePoint',
    'isShrinkStackSafe: an asynchronous safe point is no obstacle',
    ['S3', 'S4', 'S19'],
    [without<Runtime>('isShrinkStackSafe', 'if gp.asyncSafePoint')],
  ),
  planted(
    'explicitWithoutBit',
    'traceAdvance walks a stack before it has suspended the goroutine',
    ['S1', 'S2', 'S6'],
    [
      moveAfter<Runtime>(
        'traceAdvance.func3',
        'traceStack(gp, explicit)',
        'casGToWaitingForGC(curg, Grunning, TraceGoroutineStatus)',
      ),
    ],
  ),
  planted(
    'missingStatus',
    'goschedImpl does not ask whether its goroutine has a status',
    ['S8'],
    [without<Runtime>('goschedImpl', 'if mp.curg.statusTraced.CompareAndSwap(gen)')],
  ),
  planted(
    'askerStaysRunning',
    'forEachP does not let its goroutine be suspended',
    ['V1', 'V3', 'V4', 'V5'],
    [
      without<Runtime>('forEachP.func1', 'casGToWaitingForGC(curg, Grunning, reason)'),
      without<Runtime>('forEachP.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  ),
  planted(
    'silentReader',
    'the reader of the trace does not say that it has read everything',
    ['V1', 'V6'],
    [
      replace<Runtime>(
        'readTrace0',
        'if trace.shutdown.Load()',
        iff(
          'trace.shutdown.Load(), and nothing else',
          (w) => w.trace.shutdown,
          [reads(traceKind.col.shutdown)],
          [unlockTrace, read(DONE, 'return nil'), ret],
        ),
      ),
    ],
  ),
  planted(
    'unwrittenSamples',
    'traceAdvance forgets the goroutines that were silent',
    ['S7'],
    [without<Runtime>('traceAdvance', 'if !ug.gp.trace.statusWasTraced(gen)')],
  ),
  planted(
    'secondStatus',
    'an event writes the status of its goroutine each time',
    ['S17'],
    [
      replace<Runtime>(
        'goschedImpl',
        'if mp.curg.statusTraced.CompareAndSwap(gen)',
        readyNextGen(curg, tl),
        line('buf.GoStatus(curg, Running), always', {
          run: (w) => writeStatus(w, curg(w), tl(w), RUNNING),
          touches: wireTouches(curg),
        }),
      ),
    ],
  ),
  planted(
    'staleGeneration',
    'park_m reads the generation before it says that it writes',
    ['S11', 'S16'],
    [
      replace<Runtime>(
        'park_m',
        'traceAcquire',
        group(
          'traceAcquire, the other way around',
          iff(
            'traceEnabled() && gen != 0',
            (w) => {
              tl.set(w, w.trace.enabled ? w.trace.gen : 0);
              return tl(w) !== 0;
            },
            [reads(traceKind.col.enabled), reads(traceKind.col.gen)],
            [acquirem, seqlockAdd(enterSection)],
          ),
        ),
      ),
    ],
  ),
  planted(
    'unlockedEarly',
    'preemptPark lets go of its scan bit before it tells the trace',
    ['S18', 'S7'],
    [moveAfter<Runtime>('preemptPark', 'casfrom_Gscanstatus(gp)', 'dropg')],
  ),
  planted(
    'doubleWake',
    'a sender leaves the receiver in the queue',
    ['S20', 'noThrow'],
    [replace<Runtime>('chansend', 'sg = c.recvq.dequeue()', keepReceiver)],
  ),
  planted(
    'droppedShrink',
    'newstack forgets that the goroutine was refused shrinking',
    ['V7'],
    [without<Runtime>('newstack', 'if gp.preemptShrink')],
  ),
  planted(
    'eventInHeapDump',
    'writeheapdump_m writes an event with a stack',
    ['S5'],
    [
      replace<Runtime>(
        'writeheapdump_m',
        'mdump',
        traceAcquire(),
        event('Gomaxprocs', { stack: true }),
        traceRelease(),
      ),
    ],
  ),
  planted(
    'unrepeatedRequests',
    'who stops the world asks once',
    ['V2', 'V5', 'V8'],
    [
      replace<Runtime>(
        'stopTheWorldWithSema',
        STOP_LINE,
        line(STOP_LINE, {
          when: (w) => w.sched.stopwait === 0,
          touches: [reads(schedKind.col.stopwait)],
        }),
      ),
    ],
  ),
  planted(
    'tracedGrowth',
    'copystack writes an event with a stack while it copies',
    ['FN', 'S1', 'S2', 'S5'],
    [insertAfter<Runtime>('copystack', 'gp.stack = new', ...walkMidway)],
  ),
];
