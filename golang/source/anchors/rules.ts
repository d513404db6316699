import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';

/** Lines that stand for nothing in Go, wherever they are, by their text. */
export const NOWHERE: readonly (readonly [RegExp, string])[] = [
  [/^prologue\b/, 'the compiler puts a check of the stack in front of every function'],
  [/, and signals$/, 'what the program does, and where signals reach it'],
  [/^if SIGPROF|^sigprof\(\)/, 'a signal of the profiler, which comes when it will'],
  [/^result = /, 'a cell for what Go returns'],
  [/^(?:if )?i (?:= 0|\+\+|== len\()|^i\+\+|^(?:else )?if i ==|^next$/, 'how a loop that Go writes with range goes on'],
  [/^(?:if .*|not the last|.*), (?:still|captured|again)$/, 'a value that Go has in a local, asked again'],
  [/^halt$/, 'whoever comes here stays'],
];

/** How an M takes a P, written out wherever one does. */
export const WIREP = {
  'if mp.p != 0': 'wirep: gp.m.p != 0',
  'throw("wirep: already in go")': 'throw("wirep: already in go")',
  'if oldp.m != 0 || oldp.status != Pidle': 'pp.m != 0 || pp.status != _Pidle',
  'throw("wirep: invalid p state")': 'throw("wirep: invalid p state")',
  'mp.p = oldp': 'gp.m.p.set(pp)',
  'oldp.m = mp': 'pp.m.set(gp.m)',
  'oldp.status = Prunning': 'pp.status = _Prunning',
};

/** The presets of Go 1.22 keep what never fails. */
const NO_ASSERTION = nowhere('the commit added the assertion, which never fails');

/** What stands in many routines. */
export const helpers: Readonly<Record<string, Anchors>> = {
  'prologue (helper)': {
    in: [],
    at: {
      'if sp <= stackguard0': nowhere('the compiler puts a check of the stack in front of every function'),
      'mcall(newstack)': nowhere('morestack, in assembly, calls it'),
    },
  },
  'user code (helper)': {
    in: ['doSigPreempt'],
    at: {
      'if SIGURG: wantAsyncPreempt(gp)': ['wantAsyncPreempt(gp)'],
      'RET to where it was stopped': nowhere('asyncPreempt, in assembly, returns'),
      'asyncPreempt2()': nowhere('asyncPreempt, in assembly, calls it'),
      'loop body': nowhere('what the program does'),
      'coroutine body': nowhere('what the program does'),
      'debugCallWrap2(dispatch)': nowhere('what the debugger calls'),
      sweepone: nowhere('sweeping, which allocates and looks at no stack'),
      'user code': nowhere('what the program does'),
      'busy user code': nowhere('what the program does'),
      'w.Write(data)': nowhere('what the program does with its trace'),
      'deep user code': nowhere('what the program does'),
    },
  },
  'traceAcquire (helper)': {
    in: ['traceAcquire', 'traceAcquireEnabled'],
    at: {
      acquirem: 'mp := acquirem()',
      traceAcquireEnabled: 'traceAcquireEnabled()',
      'if traceEnabled()*': '!traceEnabled()',
    },
    order: 'acquirem, with which traceAcquireEnabled begins, stands in front of it',
  },
  'traceAcquireEnabled (helper)': {
    in: ['traceAcquireEnabled'],
    at: {
      'tl.gen = trace.gen.Load()': 'gen := trace.gen.Load()',
      'mp.trace.seqlock.Add(1)#1': ['seq := mp.trace.seqlock.Add(1)', 'mp.trace.writing.Store(true)'],
      'mp.trace.seqlock.Add(1)#2': ['mp.trace.seqlock.Add(1)', 'mp.trace.writing.Store(false)'],
      'if mp.trace.seqlock.Load()%2 == 1': ['mp.trace.seqlock.Load()%2 == 1', 'mp.trace.writing.Load()'],
      'mp.trace.reentered++; tl.gen = *': 'mp.trace.reentered++',
    },
  },
  'traceRelease (helper)': {
    in: ['traceRelease'],
    at: {
      'if trace.ok()': nowhere('its callers ask it, but those that know that tracing is on'),
      'mp.trace.seqlock.Add(1)': ['seq := tl.mp.trace.seqlock.Add(1)', 'tl.mp.trace.writing.Store(false)'],
      'if mp.trace.reentered > 0': 'tl.mp.trace.reentered > 0',
      'mp.trace.reentered--': 'tl.mp.trace.reentered--',
    },
  },
  'dropg (helper)': {},
  'releasem (helper)': {
    at: {
      'if mp.locks == 0': 'mp.locks == 0 && gp.preempt',
      'if gp.preempt': 'mp.locks == 0 && gp.preempt',
    },
  },
  'unlock (helper)': {
    in: ['unlock2', 'mutexRelease'],
    at: {
      'unlock(&work.assistQueue.lock)': [
        'v := atomic.Xchg(key32(&l.key), mutex_unlocked)',
        'prev8 := atomic.Xchg8(key8(&l.key), 0)',
        'prev8 = atomic.Xchg8(key8(&l.key), 0)#1',
      ],
      'unlock(&root.lock)': [
        'v := atomic.Xchg(key32(&l.key), mutex_unlocked)',
        'prev8 := atomic.Xchg8(key8(&l.key), 0)',
        'prev8 = atomic.Xchg8(key8(&l.key), 0)#1',
      ],
      'if mp.locks == 0': 'gp.m.locks == 0 && gp.preempt',
      'if gp.preempt': 'gp.m.locks == 0 && gp.preempt',
    },
    order: 'it stands for the unlocks of several locks',
  },
  'casGToWaitingForGC (helper)': {
    in: ['casGToWaitingForGC', 'casGToWaitingForSuspendG', 'casGToWaiting'],
    at: {
      'throw("casGToWaitingForGC with non-isWaitingForGC wait reason")': [
        'throw("casGToWaitingForGC with non-isWaitingForGC wait reason")',
        'throw("casGToWaitingForSuspendG with non-isWaitingForSuspendG wait reason")',
        NO_ASSERTION,
      ],
      'if !*.isWaitingForGC()': ['!reason.isWaitingFor', NO_ASSERTION],
      'curg.waitreason = *': 'gp.waitreason = reason',
      'casgstatus(curg, Grunning, Gwaiting)': 'casgstatus(gp, old, _Gwaiting)',
    },
    order: 'it stands for each of its calls, with the reason of that call',
  },
  'event (helper)': {
    in: [
      'traceLocker.eventWriter',
      'traceSchedResourceState.acquireStatus',
      'traceLocker.GoSysCall',
      'traceLocker.GoSysExit',
      'traceLocker.ProcSteal',
      'traceWriter.writeProcStatus',
      'emitUnblockStatus',
      'traceLocker.emitUnblockStatus',
      'traceLocker.GoUnpark',
      'traceWriter.writeGoStatus',
      'traceLocker.stack',
      'traceStack',
      'traceStackTable.put',
      'traceEventWriter.write',
      'traceEventWriter.event',
      'traceWriter.event',
    ],
    at: {
      'if trace.ok()': nowhere('its callers ask it, but those that know that tracing is on'),
      'if mp.curg != nil#1': 'gp := tl.mp.curg; gp != nil',
      'if mp.curg != nil#2': ['gp != nil#2', 'curgp != nil#2'],
      'traceStack(nil): id 0': 'len(pcs) == 0',
      'if *.statusTraced.CompareAndSwap(gen)': '!r.statusTraced[gen%3].CompareAndSwap(0, 1)',
      '*.trace.readyNextGen(gen)': 'r.readyNextGen(gen)',
      'pp.trace.mSyscallID = mp.procid': 'pp.trace.mSyscallID = int64(tl.mp.procid)',
      'pp.trace.mSyscallID = -1': 'tl.mp.p.ptr().trace.mSyscallID = -1',
      'mStolenFrom = *': 'mStolenFrom := pp.trace.mSyscallID',
      'buf.ProcStatus(*': ['w = w.event(traceEvProcStatus, ', 'w = w.event(tracev2.EvProcStatus, '],
      'buf.GoStatus(curg, *)': ['int64(tl.mp.procid), goStatus', 'goStatus, gp.inMarkAssist'],
      'buf.GoStatus(*, Waiting)': 'writeGoStatus(gp.goid, -1, ',
      'traceStack(curg)': 'traceArg(traceStack(skip, ',
      'buf.event': ['e.w = e.w.event(ev, args...)', 'traceWriter.event: w.byte(byte(ev))'],
    },
    order: 'it stands for all events, with a target and without',
  },
};
