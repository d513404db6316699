import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';
import { WIREP } from './rules';

const INIT = 'u.initAt: gp.syscallsp or gp.sched';
const FRAMES = 'n < len(pcBuf) && u.valid(); u.next()';
/** An unwinder that goes over a stack frame by frame. */
const unwound = {
  'if there are frames': FRAMES,
  'u.next: first frame': FRAMES,
  'u.next: second frame': FRAMES,
};
const recording = {
  'if readgstatus(gp) == Grunning': 'readgstatus(gp1) == _Grunning',
  'if readgstatus(gp) == Gdead': ['readgstatus(gp1) == _Gdead', 'status := readgstatus(gp1); status == _Gdead || '],
};

/** System calls, profiles, dumps, debug calls: whoever meets the scheduler from its side. */
export const system: Readonly<Record<string, Anchors>> = {
  Syscall: {
    in: ['reentersyscall', 'exitsyscall'],
    at: {
      'entersyscall()': nowhere('package syscall, which is not read, calls it'),
      'the kernel works': nowhere('the system call itself'),
      'the kernel writes into the buffer': nowhere('what read(2) does to the memory that it was given'),
      'exitsyscall()': nowhere('package syscall, which is not read, calls it'),
    },
  },
  entersyscall: {
    in: ['reentersyscall'],
    at: {
      'if pp.runSafePointFn != 0': ['gp.m.p.ptr().runSafePointFn != 0', 'pp.runSafePointFn != 0'],
      'systemstack(reentersyscall.func3, tl)': 'systemstack(func() {}, ) before trace.GoSysCall()',
      'systemstack(entersyscall_gcwait*': ['systemstack(entersyscall_gcwait)', 'entersyscallHandleGCWait(trace)'],
      'if !gp.atomicstatus.CompareAndSwap(Grunning, Gsyscall)': '!gp.atomicstatus.CompareAndSwap(_Grunning, _Gsyscall)',
      'save(pc, sp)#1': ['save(pc, sp, bp)#1', 'save(pc, sp)#1'],
      'save(pc, sp)#2': ['save(pc, sp, bp)#3', 'save(pc, sp)#3'],
      'save(pc, sp)#3': ['save(pc, sp, bp)#5', 'save(pc, sp)#5'],
      'save(pc, sp)#4': ['save(pc, sp, bp)#6', 'save(pc, sp)#6'],
      'mp.oldp = pp; mp.p = 0': 'gp.m.oldp.set(pp)',
      'pp.status = Psyscall': 'atomic.Store(&pp.status, _Psyscall)',
    },
  },
  'reentersyscall.func3': { in: ['reentersyscall{trace.GoSysCall}'] },
  entersyscall_gcwait: {
    in: ['entersyscall_gcwait', 'entersyscallHandleGCWait'],
    at: {
      'if sched.stopwait > 0 && CompareAndSwap(&pp.status, Psyscall, Pgcstop)':
        'sched.stopwait > 0 && atomic.Cas(&pp.status, _Psyscall, _Pgcstop)',
      'mp.oldp.syscalltick++': 'pp.syscalltick++',
    },
  },
  exitsyscall: {
    at: {
      'systemstack(exitsyscallTryGetP, oldp)': 'pp := exitsyscallTryGetP(oldp); pp != nil',
      'mcall(exitsyscall0)': ['mcall(exitsyscall0)', 'mcall(exitsyscallNoP)'],
      'if !gp.atomicstatus.CompareAndSwap(Gsyscall, Grunning)': '!gp.atomicstatus.CompareAndSwap(_Gsyscall, _Grunning)',
      'if pp != nil, now': 'pp != nil#2',
      'curg.stackguard0 = stack.lo + stackGuard': 'gp.stackguard0 = gp.stack.lo + stackGuard',
      'systemstack(tryRecordGoroutineProfile, on g0, curg)': 'tryRecordGoroutineProfileWB(gp)',
      'systemstack(exitsyscall.func2, tl, lostP)': [
        'systemstack(func() {}, ) before trace.GoSysExit(lostP)',
        'systemstack(func() {}, ) before trace.GoSysExit(false)',
      ],
    },
  },
  'exitsyscall.func2': {
    in: ['exitsyscall{trace.GoSysExit}'],
    at: {
      'if lostP': ['lostP', 'pp.syscalltick == gp.m.syscalltick'],
      'trace.GoStart': 'trace.GoStart()',
      'trace.GoSysExit, blocked': ['trace.GoSysExit(lostP)'],
      'trace.GoSysExit': ['trace.GoSysExit(lostP)', 'trace.GoSysExit(false)'],
    },
    order: 'Go gives one call of GoSysExit whether the P was lost',
  },
  exitsyscallfast: {
    in: ['exitsyscallfast', 'wirep', 'exitsyscallfast_reacquired'],
    at: {
      ...WIREP,
      'if CompareAndSwap(&oldp.status, Psyscall, Pidle)': 'oldp != nil && oldp.status == _Psyscall && atomic.Cas(',
      'if mp.syscalltick != pp.syscalltick': 'gp.m.syscalltick != gp.m.p.ptr().syscalltick',
      'systemstack(exitsyscallfast_reacquired.func1, tl)': 'systemstack(func() {}, ) before trace.ProcSteal(gp.m.p',
      'pp.syscalltick++': 'gp.m.p.ptr().syscalltick++',
      'systemstack(exitsyscallfast_pidle)': 'ok = exitsyscallfast_pidle()',
    },
  },
  'exitsyscallfast_reacquired.func1': { in: ['exitsyscallfast_reacquired{trace.ProcSteal}'] },
  exitsyscallfast_pidle: {
    in: ['exitsyscallfast_pidle', 'acquirep', 'wirep'],
    at: {
      ...WIREP,
      'if pp = pidleget(); pp != nil': 'pp, _ := pidleget(0)',
      'unlock(&sched.lock)': 'unlock(&sched.lock)',
    },
    order: 'it lets go of the lock in both branches, and Go before it asks',
  },
  exitsyscall0: {
    in: ['exitsyscall0', 'exitsyscallNoP', 'traceExitingSyscall', 'traceExitedSyscall', 'acquirep', 'wirep'],
    at: {
      ...WIREP,
      'if pp = pidleget(); pp != nil': 'pp, _ = pidleget(0)',
      'unlock(&sched.lock)#1': 'unlock(&sched.lock)',
      'unlock(&sched.lock)#2': 'unlock(&sched.lock)',
      'globrunqput(gp)': 'globrunqput(gp)',
      'traceAcquire, in acquirep': 'acquirep: trace := traceAcquire()',
      'trace.ProcStart': 'acquirep: trace.ProcStart()',
      'traceRelease, in acquirep': 'acquirep: traceRelease(trace)',
      'execute(gp) // never returns': 'execute(gp, false)#1',
      'stopm() // never returns': 'stopm()',
    },
    order: 'it lets go of the lock in both branches, and Go before it asks',
  },
  saveg: {
    in: ['saveg', 'tracebackPCs', 'gcControllerState.update'],
    at: {
      ...unwound,
      [INIT]: 'u.initAt(pc, sp, 0, gp, unwindSilentErrors)',
      'if mcache.refill: gcController.update': 'r.Stack = make([]uintptr, n)',
      'traceAcquire, in gcController.update': 'gcControllerState.update: trace := traceAcquire()',
      'traceRelease, in gcController.update': 'gcControllerState.update: traceRelease(trace)',
      'the stack is saved': ['copy(r.Stack, pcbuf)', 'n < len(r.Stack0)'],
    },
    order: 'the trace hears of the heap where the refill for the new slice is, which is before the copy',
  },
  sigprof: {
    in: ['sigprof', 'tracebackPCs', 'unwinder.resolveInternal'],
    at: {
      ...unwound,
      'gp = mp.curg': 'gp = gp.m.curg#1',
      [INIT]: 'frame.sp = gp.sched.sp#1',
      'the stack is saved': 'cpuprof.add(tagPtr, stk[:n])',
    },
    order: 'the unwinder goes over to the goroutine in the midst of its frames',
  },
  'mLockProfile.captureStack': {
    in: ['mLockProfile.captureStack', 'mLockProfile.recordUnlock', 'tracebackPCs', 'unwinder.resolveInternal'],
    at: {
      ...unwound,
      'gp = mp.curg': 'gp = gp.m.curg#1',
      [INIT]: 'frame.sp = gp.sched.sp#1',
      'the stack is saved': 'tracebackPCs(&u, skip, prof.stack',
    },
    order: 'the frames are gone through before their number is known',
  },
  tryRecordGoroutineProfile: {
    in: ['tryRecordGoroutineProfile', 'doRecordGoroutineProfile'],
    at: {
      ...recording,
      'if isSystemGoroutine(gp)': 'isSystemGoroutine(gp1, ',
      'Gosched()': 'yield()',
      'systemstack(saveg, gp)': 'saveg(^uintptr(0), ^uintptr(0), gp1',
    },
  },
  'tryRecordGoroutineProfile, on g0': {
    in: ['tryRecordGoroutineProfile', 'doRecordGoroutineProfile'],
    at: {
      ...recording,
      'if isSystemGoroutine(gp)': 'isSystemGoroutine(gp1, ',
      'prev = gp.goroutineProfiled.Load(); osyield': 'prev := gp1.goroutineProfiled.Load()',
      'saveg(gp)': 'saveg(^uintptr(0), ^uintptr(0), gp1',
    },
  },
  goroutineProfile: {
    in: ['goroutineProfileWithLabelsConcurrent'],
    at: {
      'gp = allgs[i]#1': 'forEachGRace(func(gp1 *g) {}, )#1',
      'gp = allgs[i]#2': 'forEachGRace(func(gp1 *g) {}, )#2',
      'stopTheWorld()#1': 'stw := stopTheWorld(stwGoroutineProfile)',
      'stopTheWorld()#2': 'stw = stopTheWorld(stwGoroutineProfileCleanup)',
      'startTheWorld()#1': 'startTheWorld(stw)#2',
      'startTheWorld()#2': 'startTheWorld(stw)#3',
      'tryRecordGoroutineProfile(gp)': 'tryRecordGoroutineProfile(gp1, ',
      'curg.goroutineProfiled.Store(Satisfied)': 'ourg.goroutineProfiled.Store(goroutineProfileSatisfied)',
      'gp.goroutineProfiled.Store(Absent)': 'gp1.goroutineProfiled.Store(goroutineProfileAbsent)',
      'semrelease(goroutineProfile.sema, no handoff)': 'semrelease(&goroutineProfile.sema)#2',
    },
  },
  WriteHeapDump: {
    in: ['runtime_debug_WriteHeapDump'],
    at: { 'systemstack(writeheapdump_m)': 'writeheapdump_m(fd, &m)' },
  },
  writeheapdump_m: {
    in: ['writeheapdump_m', 'mdump', 'dumpgs'],
    at: {
      'curg.waitreason = DumpingHeap': 'casGToWaiting(gp.m.curg, _Grunning, waitReasonDumpingHeap)',
      'casgstatus(curg, Grunning, Gwaiting)': 'casGToWaiting(gp.m.curg, _Grunning, waitReasonDumpingHeap)',
      mdump: 'mdump(m)',
      'gp = allgs[i]': 'forEachG(func(gp *g) {}, )',
      'if readgstatus(gp) is none of a stopped world': 'status := readgstatus(gp)',
    },
  },
  debugCallWrap: {
    at: {
      'CALL, where the debugger has stopped it': nowhere('debugCallV2, in assembly, which the debugger calls'),
      'RET to where it was stopped': nowhere('debugCallV2, in assembly, returns'),
      'systemstack(debugCallWrap.func1)': 'systemstack(func() {}, )',
      'if newg == nil': nowhere('a run has only so many goroutines'),
      'mcall(debugCallWrap.func2)': 'mcall(func(gp *g) {}, )',
    },
  },
  'debugCallWrap.func1': {
    in: ['debugCallWrap{newproc1}'],
    at: { 'if newg != nil': nowhere('a run has only so many goroutines') },
  },
  'debugCallWrap.func2': {
    in: ['debugCallWrap{trace.GoPark}'],
    at: {
      'other = gp.schedlink; gp.schedlink = nil': 'newg := gp.schedlink.ptr()',
      'gp.waitreason = DebugCall': 'casGToWaiting(gp, _Grunning, waitReasonDebugCall)',
      'casgstatus(gp, Grunning, Gwaiting)': 'casGToWaiting(gp, _Grunning, waitReasonDebugCall)',
    },
  },
  debugCallWrap1: {
    in: ['debugCallWrap1'],
    at: {
      'if the function calls deeply': nowhere('what the debugger calls'),
      'deepCall()': nowhere('what the debugger calls'),
      'mcall(debugCallWrap1.func1)': 'mcall(func(gp *g) {}, )',
      'goexit1()': nowhere('goexit, in assembly, calls it behind every goroutine'),
    },
  },
  'debugCallWrap1.func1': {
    in: ['debugCallWrap1{trace.GoSched}'],
    at: { 'other = gp.schedlink; gp.schedlink = nil': 'callingG := gp.schedlink.ptr()' },
  },
  exitsyscallTryGetP: {
    in: ['exitsyscallTryGetP', 'exitsyscall{exitsyscallTryGetP}', 'acquirepNoTrace', 'wirep'],
    at: {
      ...WIREP,
      'if it was in another system call': 'thread, ok := setBlockOnExitSyscall(oldp); ok',
      'traceAcquire, with a P': 'trace := traceAcquire(); trace.ok()',
      'trace.ProcStart': 'trace.ProcStart()',
      'trace.GoSysExit, blocked': 'trace.GoSysExit(true)',
      'trace.GoStart': 'trace.GoStart()',
      'traceRelease, with a P': 'traceRelease(trace)',
      'unlock(&sched.lock)': 'unlock(&sched.lock)',
    },
    order: 'what the caller does with the P is written out where it gets one',
  },
  setBlockOnExitSyscall: {
    in: [
      'setBlockOnExitSyscall',
      'syscallingThread.gcstopP',
      'syscallingThread.releaseP',
      'traceLocker.ProcSteal',
      'syscallingThread.resume',
    ],
    at: {
      'if mp = pp.m; mp == nil': 'mp == nil',
      'if gp = mp.curg; gp == nil': 'gp == nil',
      'if readgstatus(gp)&^Gscan != Gsyscall': 'status != _Gsyscall',
      'if castogscanstatus(gp, Gsyscall, Gsyscall|Gscan)': '!castogscanstatus(',
      'if gp.m != mp || gp.m.p != pp': 'gp.m != mp || gp.m.p.ptr() != pp',
      'casfrom_Gscanstatus(gp)#1': 'casfrom_Gscanstatus(gp, status|_Gscan, status)',
      'casfrom_Gscanstatus(gp)#2': 'casfrom_Gscanstatus(s.gp, s.status|_Gscan, s.status)',
      'pp.m, mp.p = 0, 0': 's.pp.m = 0',
      'pp.status = state': 'atomic.Store(&s.pp.status, state)',
      'if mp.curg != nil && mp.curg.syscallsp != 0': 'tl.mp.curg != nil && tl.mp.curg.syscallsp != 0',
      'trace.ProcSteal, in a syscall': 'trace.ProcSteal(s.pp)',
      'trace.ProcSteal': 'trace.ProcSteal(s.pp)',
      'pp.syscalltick++': 's.pp.syscalltick++',
      'if state == Pgcstop': 's.releaseP(_Pgcstop)',
    },
    order: 'gcstopP and takeP differ in what they say of the P, and count what is still to stop at the end',
  },
};
