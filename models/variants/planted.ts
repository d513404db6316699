import { insertAfter, moveAfter, replace, without } from '../../harness/language';
import { RUNNING } from '../events';
import { DONE, read, unlockTrace } from '../reader';
import type { Runtime } from '../runtime';
import { STOP_LINE } from '../stw';
import { FLUSH_LINE } from '../traceadvance';
import { wireTouches, writeStatus } from '../wire';
// biome-ignore format: words, not a wall
import { acquirem, arg, call, curg, enterSection, event, Grunnable, Grunning, gKind, gp, group, iff, lend, line,
  mKind, mp, reads, readyNextGen, reason, ret, schedKind, seqlockAdd, setStatus, setWaitreason, statusName, tl,
  traceAcquire, traceKind, traceRelease, writes } from '../words';
import { planted, type Variant } from './kinds';

/** Bugs of our own, one for each property that no hunk breaks alone: what a property is good for. */

/** A goroutine goes to Running without asking whether somebody holds its scan bit. */
const forcedStatus = line(`${gp.text}.atomicstatus = ${statusName[Grunning]}`, {
  when: (w: Runtime) => gp(w).status === Grunnable,
  run: (w) => {
    setStatus(w, gp(w), Grunning);
  },
  touches: [
    writes(gKind.col.status, gp),
    writes(gKind.col.runBy, gp),
    writes(mKind.col.ordering, mp),
    writes(mKind.col.wrote, mp),
  ],
});

/** In the middle of a copy by the goroutine's own M. */
const walkMidway = [
  iff('my own', (w: Runtime) => gp(w) === w.m.curg && w.m.depth === 0, [], [call('traceStack', arg(gp, curg))]),
];

export const ours: readonly Variant[] = [
  planted({
    name: 'foreignReason',
    sentence: 'gcAssistAlloc1 waits for the GC with a reason that says otherwise',
    source: 'ours',
    breaks: ['S2', 'S3', 'S3weak', 'S4', 'S5', 'S9', 'checkThrows'],
    edits: [
      replace<Runtime>(
        'gcAssistAlloc1',
        'casGToWaitingForGC(curg, Grunning, GCAssistMarking)',
        group('casGToWaiting(curg, Grunning, GCAssistWait)', setWaitreason(curg, reason('GCAssistWait')), lend(curg)),
      ),
    ],
  }),
  planted({
    name: 'ignoredScanBit',
    sentence: 'execute sets Grunning while somebody holds the scan bit',
    source: 'ours',
    breaks: ['S13', 'S14', 'S19', 'S2', 'S3', 'S4', 'S7', 'S21', 'noThrow'],
    edits: [replace<Runtime>('execute', 'casgstatus(gp, Grunnable, Grunning)', forcedStatus)],
  }),
  planted({
    name: 'stopperStaysRunning',
    sentence: 'stopTheWorld does not let itself be suspended',
    source: 'ours',
    breaks: ['V1', 'V2', 'V4', 'V5'],
    edits: [
      without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
      without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  }),
  planted({
    name: 'lateReason',
    sentence: 'debugCallWrap writes the waitreason behind the transition',
    source: 'ours',
    breaks: ['S10'],
    edits: [
      moveAfter<Runtime>('debugCallWrap.func2', 'gp.waitreason = DebugCall', 'casgstatus(gp, Grunning, Gwaiting)'),
    ],
  }),
  planted({
    name: 'releasedEarly',
    sentence: 'park_m leaves the trace critical section before the transition',
    source: 'ours',
    breaks: ['S11'],
    edits: [moveAfter<Runtime>('park_m', 'casgstatus(gp, Grunning, Gwaiting)', 'traceRelease')],
  }),
  planted({
    name: 'twoSections',
    sentence: 'park_m tells of the transition in one trace critical section, and makes it in the next',
    source: 'ours',
    breaks: ['S11'],
    edits: [insertAfter<Runtime>('park_m', 'trace.GoPark', traceRelease(), traceAcquire())],
  }),
  planted({
    name: 'impatientStart',
    sentence: 'StartTrace does not wait for those who leave a system call',
    source: 'go#11262',
    breaks: ['S11'],
    edits: [without<Runtime>('StartTrace', 'until trace.exitingSyscall == 0')],
  }),
  planted({
    name: 'lateM',
    sentence: 'execute says whose goroutine it is when that runs already',
    source: 'ours',
    breaks: ['S22'],
    edits: [moveAfter<Runtime>('execute', 'gp.m = mp', 'casgstatus(gp, Grunnable, Grunning)')],
  }),
  planted({
    name: 'keptM',
    sentence: 'goyield_m leaves its goroutine the M that has run it',
    source: 'ours',
    breaks: ['S22'],
    edits: [without<Runtime>('goyield_m', 'gp.m = nil')],
  }),
  planted({
    name: 'lateWalk',
    sentence: 'traceAdvance lets a goroutine go before it walks its stack',
    source: 'ours',
    breaks: ['S1', 'S2', 'S6', 'checkThrows'],
    edits: [moveAfter<Runtime>('traceAdvance.func3', 'traceStack(gp, explicit)', 'resumeG(gp, state)')],
  }),
  planted({
    name: 'impatientFlush',
    sentence: 'traceAdvance flushes buffers without waiting for their Ms',
    source: 'ours',
    breaks: ['S15', 'S16', 'S17', 'S25'],
    edits: [without<Runtime>('traceAdvance.func5', FLUSH_LINE)],
  }),
  planted({
    name: 'explicitWithoutBit',
    sentence: 'traceAdvance walks a stack before it has suspended the goroutine',
    source: 'ours',
    breaks: ['S1', 'S2', 'S6', 'checkThrows'],
    edits: [
      moveAfter<Runtime>(
        'traceAdvance.func3',
        'traceStack(gp, explicit)',
        'casGToWaitingForGC(curg, Grunning, TraceGoroutineStatus)',
      ),
    ],
  }),
  planted({
    name: 'missingStatus',
    sentence: 'goschedImpl does not ask whether its goroutine has a status',
    source: 'ours',
    breaks: ['S8'],
    edits: [without<Runtime>('goschedImpl', 'if mp.curg.statusTraced.CompareAndSwap(gen)')],
  }),
  planted({
    name: 'askerStaysRunning',
    sentence: 'forEachP does not let its goroutine be suspended',
    source: 'ours',
    breaks: ['V1', 'V3', 'V4', 'V5'],
    edits: [
      without<Runtime>('forEachP.func1', 'casGToWaitingForGC(curg, Grunning, reason)'),
      without<Runtime>('forEachP.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  }),
  planted({
    name: 'silentReader',
    sentence: 'the reader of the trace does not say that it has read everything',
    source: 'ours',
    breaks: ['V1', 'V6'],
    edits: [
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
  }),
  planted({
    name: 'unwrittenSamples',
    sentence: 'traceAdvance forgets the goroutines that were silent',
    source: 'ours',
    breaks: ['S7'],
    edits: [without<Runtime>('traceAdvance', 'if !ug.gp.trace.statusWasTraced(gen)')],
  }),
  planted({
    name: 'secondStatus',
    sentence: 'an event writes the status of its goroutine each time',
    source: 'ours',
    breaks: ['S17'],
    edits: [
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
  }),
  planted({
    name: 'staleGeneration',
    sentence: 'park_m reads the generation before it says that it writes',
    source: 'ours',
    breaks: ['S11', 'S16'],
    edits: [
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
  }),
  planted({
    name: 'unlockedEarly',
    sentence: 'preemptPark lets go of its scan bit before it tells the trace',
    source: 'ours',
    breaks: ['S18', 'S7', 'S11', 'S24'],
    edits: [moveAfter<Runtime>('preemptPark', 'casfrom_Gscanstatus(gp)', 'dropg')],
  }),
  planted({
    name: 'eventInHeapDump',
    sentence: 'writeheapdump_m writes an event with a stack',
    source: 'ours',
    breaks: ['S5', 'checkThrows'],
    edits: [
      replace<Runtime>(
        'writeheapdump_m',
        'mdump',
        traceAcquire(),
        event('Gomaxprocs', { stack: true }),
        traceRelease(),
      ),
    ],
  }),
  planted({
    name: 'unrepeatedRequests',
    sentence: 'who stops the world asks once',
    source: 'ours',
    breaks: ['V2', 'V5', 'V8'],
    edits: [
      replace<Runtime>(
        'stopTheWorldWithSema',
        STOP_LINE,
        line(STOP_LINE, {
          when: (w) => w.sched.stopwait === 0,
          touches: [reads(schedKind.col.stopwait)],
        }),
      ),
    ],
  }),
  planted({
    name: 'tracedGrowth',
    sentence: 'copystack writes an event with a stack while it copies',
    source: 'ours',
    breaks: ['FN', 'S1', 'S2', 'S5'],
    edits: [insertAfter<Runtime>('copystack', 'gp.stack = new', ...walkMidway)],
  }),
];
