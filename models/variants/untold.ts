import { insertAfter, moveAfter, without } from '../../harness/language';
import type { Runtime } from '../runtime';
import { old } from '../syscall';
import { event } from '../words';
import { planted, type Variant } from './kinds';

/** Bugs of our own in what the trace is told of Ps, Ms and ranges. */
export const untold: readonly Variant[] = [
  planted({
    name: 'toldTooSoon',
    sentence: 'entersyscall_gcwait tells that its P stops, which somebody else may have stolen',
    source: 'CL 544215 repaired one of this kind',
    breaks: ['S24'],
    edits: [
      insertAfter<Runtime>('entersyscall_gcwait', 'traceAcquire', event('ProcStop', { proc: old, withoutP: true })),
      without<Runtime>('entersyscall_gcwait', 'trace.ProcSteal, in a syscall'),
    ],
  }),
  planted({
    name: 'forgottenThread',
    sentence: 'who enters a system call does not note whose thread has the P',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('reentersyscall.func3', 'pp.trace.mSyscallID = mp.procid')],
  }),
  planted({
    name: 'untoldTheft',
    sentence: 'forEachP takes a P from a system call, and does not tell',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('forEachPInternal', 'trace.ProcSteal')],
  }),
  planted({
    name: 'untoldStart',
    sentence: 'an M takes a P, and does not tell',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('stopm', 'trace.ProcStart')],
  }),
  planted({
    name: 'untoldStop',
    sentence: 'an M that stops for somebody lets go of its P, and does not tell',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('gcstopm', 'trace.ProcStop')],
  }),
  planted({
    name: 'silentProcs',
    sentence: 'an advance does not see to it that every P has a status in the new generation',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('safePointFn', 'writeProcStatusForP')],
  }),
  planted({
    name: 'endlessStop',
    sentence: 'who starts the world again does not tell',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('startTheWorldWithSema', 'trace.STWDone')],
  }),
  planted({
    name: 'advancedMeanwhile',
    sentence: 'an advance does not wait for those who stop the world',
    source: 'ours',
    breaks: ['S24'],
    edits: [
      without<Runtime>('traceAdvance', 'B: semacquire'),
      without<Runtime>('traceAdvance', 'semrelease(worldsema, no handoff)#1'),
    ],
  }),
  planted({
    name: 'forgottenGC',
    sentence: 'an advance does not tell the new generation that there is a GC',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('traceAdvance', 'if gcphase == GCmark || gcphase == GCmarktermination')],
  }),
  planted({
    name: 'assistTooSoon',
    sentence: 'an assist is noted before the trace is told that it begins',
    source: 'ours',
    breaks: ['S24'],
    edits: [moveAfter<Runtime>('gcAssistAlloc', 'trace.GCMarkAssistStart', 'curg.inMarkAssist = true')],
  }),
  planted({
    name: 'forgottenAssist',
    sentence: 'an assist is not noted, so that no status tells that it goes on',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('gcAssistAlloc', 'curg.inMarkAssist = true')],
  }),
  planted({
    name: 'unflushed',
    sentence: 'an advance does not flush what Ms have written',
    source: 'ours',
    breaks: ['S25'],
    edits: [without<Runtime>('traceAdvance.func5', 'lock; traceBufFlush(mToFlush.trace.buf[gen%2]); unlock')],
  }),
  planted({
    name: 'stackless',
    sentence: 'the event of a parked goroutine carries no stack',
    source: 'ours',
    breaks: ['S24'],
    edits: [without<Runtime>('park_m', 'traceStack(curg)#1')],
  }),
];
