import { isLike } from '../../harness/base/pick';
import type { Statement } from './go';

/**
 * Statements on shared state that the model leaves out: why, and then the functions with the texts (`*` for anything).
 * With `in`, only those presets leave it out.
 */
interface LeftOut {
  readonly why: string;
  readonly in?: readonly string[];
  readonly what: Readonly<Record<string, readonly string[]>>;
}

const LEFT_OUT: readonly LeftOut[] = [
  {
    why: 'part of a line that tells what comes of it',
    what: {
      traceStack: ['nstk += 1 + fpTracebackPCs(*'],
      adjustctxt: ['*gp.sched.bp*'],
      'traceWriter.writeProcStatusForP': ['pp.status', 'pp.status == _Pgcstop && inSTW', 'w.mp.p.ptr() == pp && *'],
      'traceSchedResourceState.readyNextGen': ['r.statusTraced*'],
      ReadTrace: ['gopark(func(*'],
      readTrace: ['gopark(func(*'],
    },
  },
  {
    why: "the unwinder goes over to its M's goroutine only if that is there and its own, where the model's walk begins",
    what: {
      'unwinder.resolveInternal': ['u.flags&unwindJumpStack != 0 && *'],
      'mLockProfile.captureStack': ['u.initAt(*'],
    },
  },
  {
    why: 'network polling, idle GC workers and finalizers: each readies a goroutine, as the lines for the reader do',
    what: {
      findRunnable: [
        'trace := traceAcquire()',
        'casgstatus(gp, _Gwaiting, _Grunnable)',
        'trace.GoUnpark(gp, 0)',
        'traceRelease(trace)',
        'injectglist(&list)',
        'ready(gp, 0, true)',
        'runqputbatch(*',
      ],
      'gcControllerState.findRunnableGCWorker': ['*'],
      startTheWorldWithSema: ['injectglist(&list)'],
    },
  },
  {
    why: 'the number of Ps does not change (GOMAXPROCS)',
    what: {
      procresize: [
        '*lock(&allpLock)',
        '*status = *',
        'trace := traceAcquire()',
        'traceRelease(trace)',
        'acquirep(pp)',
        'trace.GoSched()',
        'trace.ProcStop(gp.m.p.ptr())',
        'trace.GoStart()',
        'gcBlackenEnabled != 0',
      ],
    },
  },
  {
    why: 'stacks that are walked in the stopped world, the own one among them',
    what: {
      goroutineProfileWithLabelsConcurrent: ['saveg(*', 'doRecordGoroutineProfile(*'],
      dumpgs: ['dumpgoroutine(gp)'],
    },
  },
  {
    why: 'the new GC of 1.26 may ask for one more worker, and preempts a goroutine for it',
    what: { gcDrain: ['gcphase == _GCmark'], gcDrainN: ['gcphase == _GCmark'] },
  },
  {
    why: 'part of the line that makes a status for the trace of the goroutine that is asked about',
    what: {
      traceStack: ['getg() == gp || mp.curg == gp'],
      traceAdvance: ['status := goStatusToTraceGoStatus(*'],
    },
  },
  {
    why: 'the way through the general unwinder, and what a synchronous safe point changes of the first frame',
    what: { traceStack: ['nstk += gcallers(*', 'pcBuf[2] = *', 'nstk += 2 + fpTracebackPCs(*'] },
  },
  {
    why: 'a goroutine that is preempted tells the trace so by another event of the same kind',
    what: { goschedImpl: ['trace.GoPreempt()'] },
  },
  {
    why: 'how the GC paces itself, and labels of profiles',
    what: { 'gcControllerState.update': ['gcBlackenEnabled == 0'], newproc1: ['mp.curg != nil'] },
  },
  {
    why: 'the sweeper parks twice: when it begins, and whenever it has done; a run begins behind the first',
    what: { bgsweep: ['goparkunlock(&sweep.lock, *'] },
  },
  {
    why: 'the call that the line for readying the waiter tells',
    what: { readyWithTime: ['goready(*'] },
  },
  {
    why: 'the queues of Ps and of the scheduler are one, and who puts something there does it in one step',
    what: {
      injectglist: ['*lock(&sched.lock)', 'globrunqputbatch(*'],
      goschedImpl: ['runqput(pp, gp, true)'],
      debugCallWrap1: ['*lock(&sched.lock)'],
      gcBgMarkWorker: ['*lock(&sched.lock)', 'globrunqputbatch(*'],
      gfput: ['*lock(&sched.gFree.lock)'],
      schedule: ['*lock(&sched.lock)'],
    },
  },
  {
    why: 'how long sysmon sleeps, and what else it looks after: the list of Ms, the periodic GC, ticks, long runs',
    what: {
      sysmon: [
        '*lock(&sched.lock)',
        '*lock(&forcegc.lock)',
        'debug.schedtrace <= 0*',
        'sched.gcwaiting.Load() || *',
        'injectglist(&list)',
      ],
      retake: ['*lock(&allpLock)', '*syscalltick*', 'handoffp(pp)', 'pp == nil || *', '*atomic.Cas*', '*GoSysBlock*'],
    },
  },
  {
    why: 'Ps without work, without an M, and their lists: idle Ms look for work by themselves, each with its P',
    what: {
      findRunnable: ['*lock(&sched.lock)', 'acquirep(pp)', 'releasep() != pp', 'sched.gcwaiting.Load() || *'],
      stopm: ['*lock(&sched.lock)', 'acquirep(*'],
      acquirep: ['wirep(*', 'acquirepNoTrace(*'],
      acquirepNoTrace: ['wirep(*'],
      wirep: ['pp.m != 0 || *'],
      gcstopm: ['pp := releasep()', 'sched.stopwait == 0'],
      runSafePointFn: ['sched.safePointWait == 0'],
      handoffp: [
        '*gcBlackenEnabled*',
        'pp.status = _Pgcstop',
        'sched.stopwait*',
        '*.safePointWait == 0',
        'unlock(&sched.lock)',
      ],
      exitsyscallfast: ['wirep(oldp)'],
      exitsyscallfast_pidle: ['acquirep(pp)'],
      exitsyscall0: ['acquirep(pp)', 'schedule()'],
      exitsyscallNoP: ['acquirep(pp)', 'schedule()'],
      exitsyscall: ['pp := gp.m.p.ptr()*', 'acquirepNoTrace(pp)'],
      preemptone: ['pp.preempt = true'],
      schedule: ['pp.preempt = false'],
      stopTheWorldWithSema: ['pp.status = _Pgcstop', 's := pp.status'],
    },
  },
  {
    why: 'goroutines that are wired to an M (LockOSThread)',
    what: {
      schedule: ['execute(mp.lockedg*'],
      exitsyscall0: ['execute(gp, false)'],
      exitsyscallNoP: ['execute(gp, false)'],
      gdestroy: ['gogo(&mp.g0.sched)'],
    },
  },
  {
    why: 'the tracer of Go 1.21, which 1.22 has beside the new one',
    what: {
      forEachPInternal: ['trace.GoSysBlock(p2)'],
      stopTheWorldWithSema: ['trace.GoSysBlock(pp)'],
      entersyscall_gcwait: ['trace.GoSysBlock(pp)', 'trace.ProcStop(pp)'],
      execute: ['trace.GoSysExit(true)'],
      exitsyscall: ['trace.RecordSyscallExitedTime(gp, oldp)'],
      exitsyscallfast: ['oldp.syscalltick == gp.m.syscalltick', 'trace.GoSysExit(true)'],
      exitsyscallfast_reacquired: ['trace.GoSysBlock(*', 'trace.GoSysExit(true)'],
    },
  },
  {
    why: 'sections of branches that are left out',
    what: {
      exitsyscall: ['trace := traceAcquire()', 'traceRelease(trace)'],
      exitsyscallfast: ['trace := traceAcquire()', 'traceRelease(trace)'],
      'gcControllerState.update': ['trace := traceAcquire()', 'traceRelease(trace)', 'trace.HeapAlloc(live)'],
    },
  },
  {
    why: 'a P whose tick was changed by dropm (cgo), and which is therefore told as lost',
    what: {
      exitsyscall: [
        'pp.syscalltick == gp.m.syscalltick',
        'trace.ProcSteal(pp)',
        'trace.ProcStart()',
        'trace.GoSysExit(true)',
        'trace.GoStart()',
      ],
    },
  },
  {
    why: 'synctest: a goroutine in a bubble sleeps without a timer of its own',
    what: { timeSleep: ['gopark(nil, nil, waitReasonSleep, *'] },
  },
  {
    why: 'Go 1.22 lets a coroutine wait where it was made, and newproc1 does so in later releases',
    in: ['parent'],
    what: { newcoro: ['gp.waitreason = waitReasonCoroutine', 'casgstatus(gp, _Grunnable, _Gwaiting)'] },
  },
  {
    why: 'a program that is frozen, because it dies',
    what: {
      schedule: ['lock(&deadlock)'],
      stopTheWorldWithSema: ['lock(&deadlock)'],
      exitsyscall: ['sched.stopwait == freezeStopWait', 'lock(&deadlock)'],
      exitsyscallfast: ['sched.stopwait == freezeStopWait'],
    },
  },
  {
    why: 'Go checks itself, and throws where the model has a property',
    what: {
      forEachPInternal: ['sched.safePointWait != 0', 'p2.runSafePointFn != 0'],
      stopTheWorldWithSema: ['sched.stopwait != 0', 'bad = *', 'pp.status != _Pgcstop'],
      gcMarkTermination: ['gcphase != _GCoff'],
      gcSweep: ['gcphase != _GCoff'],
      gcBgMarkWorker: ['gcBlackenEnabled == 0'],
      gcMark: ['*gcphase*'],
      newstack: ['gp.syscallsp = morebuf.sp'],
      shrinkstack: ['!(gp == getg().m.curg && *', 'gp == getg().m.curg && gp.m.libcallsp != 0'],
    },
  },
  {
    why: 'Go asks again, or on another way, what a line asks already',
    what: {
      goroutineProfileWithLabelsConcurrent: ['startTheWorld(stw)', 'semrelease(&goroutineProfile.sema)'],
      traceAcquireEnabled: ['traceLocker{mp, trace.gen.Load()}'],
      findRunnable: ['*gcBlackenEnabled*'],
      gcAssistAlloc: ['*race*', 'trace := traceAcquire()', 'trace.GCMarkAssistDone()', 'traceRelease(trace)'],
      gcDrain: ['!(gp.preempt && *'],
      suspendG: ['!casGFromPreempted(*'],
      copystack: ['u.init(gp, 0); *'],
      scanstack: ['u.init(gp, 0); *'],
      saveg: ['n := tracebackPCs(*'],
      casGToWaitingForGC: ['casGToWaiting(*'],
      casGToWaitingForSuspendG: ['casGToWaiting(*'],
      emitUnblockStatus: ['!gp.trace.statusWasTraced(gen) && *'],
      'traceLocker.emitUnblockStatus': ['!gp.trace.statusWasTraced(gen) && *'],
      'traceLocker.GoUnpark': ['!gp.trace.statusWasTraced(tl.gen) && *'],
    },
  },
  {
    why: 'statuses, sequence numbers and ranges of Ps, and tables and strings of the trace',
    what: {
      traceAdvance: [
        'pp.trace.readyNextGen(*',
        '!pp.trace.statusWasTraced(tl.gen)',
        '*lock(&trace.lock)',
        '*lock(&sched.lock)',
        'tl := traceAcquire()',
        'traceRelease(tl)',
      ],
      'traceLocker.eventWriter': ['pp := tl.mp.p.ptr(); *'],
      'traceLocker.ProcSteal': ['!pp.trace.statusWasTraced(tl.gen) && *'],
      StartTrace: ['*lock(&sched.sysmonlock)', 'tl.HeapGoal()'],
      readTrace0: ['unlock(&trace.lock)'],
    },
  },
  {
    why: 'locks of the heap, of sweeping and of arenas, under which nobody looks at a stack',
    what: {
      gcMarkTermination: ['*lock(&mheap_.lock)', '*lock(&userArenaState.lock)', 'pp.status == _Pidle'],
      gcResetMarkState: ['*lock(&mheap_.lock)'],
      gcSweep: ['*lock(&mheap_.lock)', '*lock(&sweep.lock)'],
      bgsweep: ['*lock(&sweep.lock)'],
    },
  },
  {
    why: 'waiters for the sweeper (runtime.GC), and for weak pointers: nobody waits so in the model yet',
    what: {
      gcMarkTermination: ['*lock(&work.sweepWaiters.lock)', 'injectglist(&work.sweepWaiters.list)'],
    },
  },
  {
    why: 'channels that are closed, buffered or nil, senders that wait, and select',
    what: {
      chanrecv: ['gopark(nil, nil, *', 'unlock(&c.lock)'],
      chansend: ['gopark(*', 'unlock(&c.lock)', 'gp.parkingOnChan.Store(true)', 'gp.activeStackChans = false'],
    },
  },
  {
    why: 'the unwinder of cgo, of libraries and of the kernel: the model has one place to begin at',
    what: {
      sigprof: ['*.curg != nil*', 'u.initAt(*', 'n += tracebackPCs(*'],
    },
  },
  {
    why: 'the life of a goroutine before it first runs, and what it has earned for the GC',
    what: {
      newproc1: ['casgstatus(newg, _Gidle, _Gdead)'],
      gdestroy: ['gcBlackenEnabled != 0 && *'],
    },
  },
  {
    why: 'memory of stacks is in one step with the decision about it',
    what: { gfput: ['stackfree(gp.stack)', 'gp.stackguard0 = 0'], copystack: ['new := stackalloc(*'] },
  },
  {
    why: 'a P that is handed off goes on in handoffp, of which only that is told which answers a safe point',
    what: { forEachPInternal: ['handoffp(p2)', '*lock(&sched.lock)'] },
  },
  {
    why: 'it came with Go 1.23, and go1.23 has it; the commit does not',
    in: ['commit', 'parent'],
    what: { coroswitch_m: ['tryRecordGoroutineProfile(gnext, nil, osyield)'] },
  },
];

/** Why a preset leaves a statement out; undefined: no reason is known. */
export const reasonToLeaveOut = ({ in: fn, text }: Statement, preset: string): string | undefined =>
  LEFT_OUT.find(
    (it) =>
      (it.in?.includes(preset) ?? true) &&
      Object.entries(it.what).some(
        ([name, patterns]) => name === fn && patterns.some((pattern) => isLike(pattern, text)),
      ),
  )?.why;

/** Every row, for the check that each still leaves something out. */
export const leftOut: readonly (readonly [string, string])[] = LEFT_OUT.flatMap(({ what }) =>
  Object.entries(what).flatMap(([name, patterns]) =>
    patterns.map((pattern): readonly [string, string] => [name, pattern]),
  ),
);
