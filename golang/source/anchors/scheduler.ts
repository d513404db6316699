import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';
import { WIREP } from './rules';

const PROGRAM = nowhere('what the program does');
const GOEXIT = nowhere('goexit, in assembly, calls it behind every goroutine');
const SEMRELEASE = {
  'atomic.Xadd(sema, 1)': 'atomic.Xadd(addr, 1)',
  'lock(&root.lock)': 'lockWithRank(&root.lock, lockRankRoot)',
  'if root.nwait.Load() == 0': 'root.nwait.Load() == 0#1',
  'if s = root.dequeue(sema); s != nil': 's, t0, tailtime := root.dequeue(addr)',
};
/** How an M lets go of its P, written out wherever one does. */
const RELEASEP = {
  'if pp.m != mp || pp.status != Prunning': 'pp.m.ptr() != gp.m || pp.status != _Prunning',
  'mp.p = 0': 'gp.m.p = 0',
  'pp.m = 0': 'pp.m = 0',
  'pp.status = Pidle': 'pp.status = _Pidle',
  'traceAcquire, in releasep': 'releasep: trace := traceAcquire()',
  'trace.ProcStop': 'trace.ProcStop(getg().m.p.ptr())',
  'traceRelease, in releasep': 'releasep: traceRelease(trace)',
};

const STOPS = nowhere('where the M would be woken, it goes on in schedule');

/** Goroutines and Ms: proc.go, sema.go, chan.go, time.go. */
export const scheduler: Readonly<Record<string, Anchors>> = {
  Gosched: { at: { 'mcall(goschedImpl)': 'mcall(gosched_m)' } },
  'goroutine, spawned': { in: [], at: { 'if it calls deeply': PROGRAM, 'deepCall()': PROGRAM, 'goexit1()': GOEXIT } },
  goroutine: {
    in: [],
    at: { 'if the program ends': PROGRAM, 'goexit1()': GOEXIT, 'next operation': PROGRAM, 'operation done': PROGRAM },
  },
  busyLoop: { in: [], at: { 'if nobody waits for it': PROGRAM } },
  deepCall: {
    in: ['newstack'],
    at: {
      'curg.isDeep = true': PROGRAM,
      'if the frame fits': nowhere('the compiler puts a check of the stack in front of every function'),
      'mcall(newstack)': nowhere('morestack, in assembly, calls it'),
      'curg.isDeep = false': PROGRAM,
    },
  },
  park_m: { at: { 'mp.waitunlockf(gp, mp.waitlock)': 'ok := fn(gp, mp.waitlock)' } },
  resetForSleep: { at: { 'resetTimer(gp.timer)': ['gp.timer.reset(gp.sleepWhen, 0)', 'resettimer(t, t.nextwhen)'] } },
  ready: { at: { 'if readgstatus(gp)&^Gscan != Gwaiting': 'status&^_Gscan != _Gwaiting' } },
  gdestroy: {
    in: ['gdestroy', 'gfput'],
    at: {
      'gfput: stackfree if not of the standard size': 'stksize != uintptr(startingStackSize)',
      'if gp is a spare': nowhere('which goroutines a run may create'),
    },
  },
  newproc: { at: { 'systemstack(newproc.func1)': 'systemstack(func() {}, )' } },
  'newproc.func1': {
    in: ['newproc{newproc1}'],
    at: {
      'newproc1(goroutine, spawned)': 'newg := newproc1(',
      'if newg != nil': nowhere('a run has only so many goroutines'),
      'newg = newproc1()': 'newg := newproc1(',
    },
  },
  newproc1: {
    in: ['newproc1', 'traceSchedResourceState.setStatusTraced', 'gTraceState.reset'],
    at: {
      'if newg = gfget(pp); newg != nil': 'newg := gfget(pp)',
      'newg.sched.pc = fn': 'gostartcallfn(&newg.sched, fn)',
      'newg.sched = gobuf{}': 'memclrNoHeapPointers(unsafe.Pointer(&newg.sched), unsafe.Sizeof(newg.sched))',
      releasem: 'releasem(mp)',
      'newg.waitreason = Coroutine': 'newg.waitreason = waitreason',
      'casgstatus(newg, Gdead, Gwaiting)': 'casgstatus(newg, _Gdead, status)',
      'casgstatus(newg, Gdead, Grunnable)': 'casgstatus(newg, _Gdead, ',
      'statusTraced.Store(1)': 'r.statusTraced[gen%3].Store(1)',
      'trace.GoCreateBlocked': 'trace.GoCreate(newg, newg.startpc, parked)',
      'trace.GoCreate': ['trace.GoCreate(newg, newg.startpc, parked)', 'trace.GoCreate(newg, newg.startpc)'],
    },
    order: 'where it begins is written before the registers are cleared of what was there',
  },
  preemptall: {
    in: ['preemptall', 'preemptone'],
    at: {
      'if allp[i] != pp': 'mp == nil || mp == getg().m',
      'if allp[i].status == Prunning': 'pp.status != _Prunning',
      'if mp = allp[i].m; mp != nil': 'mp := pp.m.ptr()',
      'if gp = mp.curg; gp != nil': 'gp := mp.curg',
    },
    order: 'whether it is the own P is asked first',
  },
  stopm: {
    in: ['stopm', 'acquirep', 'acquirepNoTrace', 'wirep'],
    at: { ...WIREP, 'stopm: until somebody hands over a P': 'mPark()', 'schedule() // never returns': STOPS },
  },
  netpollblock: { at: { 'gopark(IOWait, netpollblockcommit, nil)': 'gopark(netpollblockcommit, ' } },
  netpollblockcommit: {
    at: { 'pd.rg.CompareAndSwap(pdWait, gp)': 'r := atomic.Casuintptr((*uintptr)(gpp), pdWait, uintptr(' },
  },
  'findRunnable, with nothing to do': {
    in: ['findRunnable', 'releasep', 'releasepNoTrace', 'acquirep', 'wirep'],
    at: {
      ...WIREP,
      ...RELEASEP,
      'pp = mp.p': 'findRunnable: releasep() != pp',
      'lock(&sched.lock)#1': 'lock(&sched.lock) before sched.gcwaiting.Load() || pp.runSafePointFn != 0',
      'if sched.gcwaiting || pp.runSafePointFn != 0': 'sched.gcwaiting.Load() || pp.runSafePointFn != 0',
      'unlock(&sched.lock)#1': 'unlock(&sched.lock) after sched.gcwaiting.Load() || pp.runSafePointFn != 0',
      'schedule() // never returns#1': 'goto top after sched.gcwaiting.Load() || pp.runSafePointFn != 0',
      'if sched.runqsize != 0': [
        'sched.runqsize != 0 after sched.gcwaiting.Load() || pp.runSafePointFn != 0',
        '!sched.runq.empty() after sched.gcwaiting.Load() || pp.runSafePointFn != 0',
      ],
      'schedule() // never returns#2': nowhere('Go takes it there and then'),
      'pidleput(pp)': ['now = pidleput(pp, now)'],
      'if netpollAnyWaiters() && sched.lastpoll.Swap(0) != 0': 'netpollinited() && (netpollAnyWaiters() || ',
      'list = netpoll(delay)': 'list, delta := netpoll(delay)',
      'sched.lastpoll.Store(now)': 'sched.lastpoll.Store(now)',
      'if pp = pidleget(); pp != nil': 'pp, _ := pidleget(now)',
      'traceAcquire, in acquirep': 'acquirep: trace := traceAcquire()',
      'trace.ProcStart': 'acquirep: trace.ProcStart()',
      'traceRelease, in acquirep': 'acquirep: traceRelease(trace)',
      'gp = list.pop()': 'gp := list.pop() after list, delta := netpoll(delay)',
      'if the list is not empty': nowhere('injectglist asks it'),
      'injectglist, on g0(list)#1': 'injectglist(&list)#3',
      'injectglist, on g0(list)#2': 'injectglist(&list)#2',
      traceAcquire: 'trace := traceAcquire() after list, delta := netpoll(delay)',
      'casgstatus(gp, Gwaiting, Grunnable)':
        'casgstatus(gp, _Gwaiting, _Grunnable) after list, delta := netpoll(delay)',
      'trace.GoUnpark': 'trace.GoUnpark(gp, 0) after list, delta := netpoll(delay)',
      traceRelease: 'traceRelease(trace) after list, delta := netpoll(delay)',
      'execute(gp) // never returns': nowhere('schedule does, with what findRunnable returns'),
      'unlock(&sched.lock)': 'unlock(&sched.lock) after pp, _ := pidleget(now)',
      'stopm() // never returns': 'stopm() after list, delta := netpoll(delay)',
    },
    order: 'how a P is let go of and taken is written out, and the lock in both branches',
  },
  sysmon: {
    in: ['sysmon', 'retake', 'handoffp'],
    at: {
      'usleep(delay), until there is something to do': 'usleep(delay)',
      'if sched.gcwaiting#1': 'debug.schedtrace <= 0 && (sched.gcwaiting.Load() || ',
      'if sched.gcwaiting#2': 'handoffp: sched.gcwaiting.Load()',
      'notetsleep(&sched.sysmonnote)': 'syscallWake = notetsleep(&sched.sysmonnote, sleep)',
      'lock(&sched.sysmonlock)': 'lock(&sched.sysmonlock)',
      'if sched.lastpoll != 0': 'netpollinited() && lastpoll != 0 && ',
      'list = netpoll(0)': 'list, delta := netpoll(0)',
      'if the list is not empty': '!list.empty()',
      'injectglist, on g0(list)': 'injectglist(&list)#1',
      'if allp[i] != pp': nowhere('it has none'),
      's = allp[i].status': 's := pp.status',
      'if s == Psyscall': 's == _Psyscall',
      'if CompareAndSwap(&allp[i].status, s, Pidle)': 'atomic.Cas(&pp.status, s, _Pidle)',
      'if allp[i].status == Prunning': 'pp == nil || atomic.Load(&pp.status) != _Prunning',
      'if ok': '!ok',
      'if handoffp: there is work for the P': 'handoffp(pp)',
      'handoffp: pidleput#1': 'startm(pp, false, false)#1',
      'if CompareAndSwap(&allp[i].runSafePointFn, 1, 0)':
        'pp.runSafePointFn != 0 && atomic.Cas(&pp.runSafePointFn, 1, 0)',
      'handoffp: pidleput#2': 'pidleput(pp, 0)',
    },
    order: 'what it does with a P is written out',
  },
  gcstopm: {
    in: ['gcstopm', 'releasep', 'releasepNoTrace'],
    at: {
      'pp = mp.p': 'gcstopm: pp := releasep()',
      ...RELEASEP,
    },
  },
  runSafePointFn: { at: { 'if pp.runSafePointFn.CompareAndSwap(1, 0)': '!atomic.Cas(&p.runSafePointFn, 1, 0)' } },
  execute: {
    at: {
      'tryRecordGoroutineProfile, on g0(gp)': 'tryRecordGoroutineProfile(gp, ',
      'gp.stackguard0 = stack.lo + stackGuard': 'gp.stackguard0 = gp.stack.lo + stackGuard',
    },
  },
  semacquire: {
    in: ['semacquire1', 'cansemacquire'],
    at: {
      'if cansemacquire(sema)#1': 'semacquire1: cansemacquire(addr)#1',
      'if cansemacquire(sema)#2': 'semacquire1: cansemacquire(addr)#2',
      'if cansemacquire(sema)#3': 's.ticket != 0 || cansemacquire(addr)',
      'if s.ticket != 0': 's.ticket != 0 || cansemacquire(addr)',
      'lock(&root.lock)': 'lockWithRank(&root.lock, lockRankRoot)',
      'root.queue(sema)': 'root.queue(addr, s, lifo',
      'gopark(Semacquire, parkunlock_c, sema)': 'goparkunlock(&root.lock, reason, traceBlockSync, 4+skipframes)',
    },
  },
  semrelease: {
    in: ['semrelease1', 'readyWithTime'],
    at: {
      ...SEMRELEASE,
      'unlock root.lock#1': 'unlock(&root.lock)#2',
      'unlock root.lock#2': 'unlock(&root.lock)#1',
      'if handoff': 'handoff && cansemacquire(addr)',
      'if cansemacquire(sema)': 'handoff && cansemacquire(addr)',
      's.ticket = 1': 's.ticket = 1',
      'systemstack(ready, gp)': 'readyWithTime(s, 5+skipframes)',
      'if s.ticket == 1 && mp.locks == 0': 's.ticket == 1 && getg().m.locks == 0',
    },
    order: 'the lock is let go of in both branches, and in Go before it asks',
  },
  'semrelease, on g0': {
    in: ['semrelease1', 'readyWithTime'],
    at: {
      ...SEMRELEASE,
      'unlock(&root.lock)#1': 'unlock(&root.lock)#2',
      'unlock(&root.lock)#2': 'unlock(&root.lock)#1',
      'ready(gp)': 'semrelease1: readyWithTime(s, 5+skipframes)',
    },
    order: 'the lock is let go of in both branches, and in Go before it asks',
  },
  chanrecv: {
    at: {
      'gp = getg()': 'gp := getg()',
      'lock(&c.lock)': 'lock(&c.lock)',
      'mysg.elem = ep': ['mysg.elem = ep', 'mysg.elem.set(ep)'],
      'return what was sent': 'true; success',
      'gopark(ChanReceive, chanparkcommit, nil)': [
        'waitReasonChanReceive, traceBlockChanRecv',
        'gopark(chanparkcommit, ',
      ],
    },
    order: 'whose turn it is is known before the lock is taken',
  },
  chansend: {
    in: ['chansend', 'send', 'sendDirect', 'unlock2'],
    at: {
      'if a channel with a receiver': nowhere('which channel the program sends on'),
      'sg = c.recvq.dequeue()': 'sg := c.recvq.dequeue(); sg != nil',
      'if sg != nil': 'sg := c.recvq.dequeue(); sg != nil',
      'dst = sg.elem': 'dst := sg.elem',
      'memmove(dst, src), into the frame of the receiver': 'memmove(dst, src, t.Size_)',
      'sg.elem = nil': ['sg.elem = nil', 'sg.elem.set(nil)'],
      'unlock(&c.lock)': 'unlockf() after memmove(dst, src, t.Size_)',
      'if mp.locks == 0': 'gp.m.locks == 0 && gp.preempt',
      'if gp.preempt': 'gp.m.locks == 0 && gp.preempt',
      'curg.stackguard0 = stackPreempt': 'gp.stackguard0 = stackPreempt',
      'systemstack(ready, gp)': 'goready(gp, skip+1)',
    },
    order: 'unlock is written out',
  },
  schedule: {
    in: ['schedule', 'findRunnable', 'traceReader', 'goroutineReady', 'gcControllerState.findRunnableGCWorker'],
    at: {
      'findRunnable: until there is something to do': 'gp, inheritTime, tryWakeP := findRunnable()',
      'if sched.gcwaiting': 'sched.gcwaiting.Load()#1',
      'gcstopm() // never returns': 'gcstopm()#1',
      'if pp.runSafePointFn != 0': 'pp.runSafePointFn != 0#1',
      'runSafePointFn()': 'runSafePointFn()#1',
      'findRunnable: runqget, checkTimers, traceReaderAvailable or findRunnableGCWorker': 'now, pollUntil, _ := ',
      'if gp == nil': nowhere('which of the places to look at had something: the scheduler of the model draws it'),
      'schedule() // never returns#1': nowhere('Go goes back to the top of findRunnable'),
      'schedule() // never returns#2': nowhere('findRunnable goes on to the next kind of work; the model draws anew'),
      'schedule() // never returns#3': nowhere('findRunnable goes on to the next kind of work; the model draws anew'),
      'if gp sleeps': nowhere('checkTimers runs the timers that are due'),
      'ready(gp)': 'goready(arg.(*g), 0)',
      'if gp is the reader of the trace': 'gp := traceReader()',
      'if !trace.reader.CompareAndSwap(gp, nil)': 'gp == nil || !trace.reader.CompareAndSwapNoWB(gp, nil)',
      'if gp is a GC worker, the reader of the trace, or one that has waited for the network': 'gp != nil#1',
      'findRunnable, with nothing to do() // never returns': nowhere('it goes on there'),
      'if nothing to do': nowhere('findRunnable comes to its end where nothing was found on the way'),
      traceAcquire: 'trace := traceAcquire() after gp := traceReader()',
      'casgstatus(gp, Gwaiting, Grunnable)': 'casgstatus(gp, _Gwaiting, _Grunnable) after gp := traceReader()',
      'trace.GoUnpark': 'trace.GoUnpark(gp, 0) after gp := traceReader()',
      traceRelease: 'traceRelease(trace) after gp := traceReader()',
      'execute(gp) // never returns': 'execute(gp, inheritTime)',
    },
    order: 'findRunnable asks for each kind of work in its turn, and the model for whatever was drawn',
  },
  stopTheWorld: {
    at: {
      'mp.preemptoff = reason': 'gp.m.preemptoff = reason.String()',
      'systemstack(stopTheWorld.func1)': 'systemstack(func() {}, )',
    },
  },
  'stopTheWorld.func1': {
    in: ['stopTheWorld{stopTheWorldWithSema}'],
    at: { 'casGToWaitingForGC(*': 'casGToWaiting' },
  },
  stopTheWorldWithSema: {
    at: {
      'if allp[i] != pp': nowhere('its own P is not in a system call'),
      'if s == Psyscall && CompareAndSwap(&allp[i].status, s, Pgcstop)':
        's == _Psyscall && atomic.Cas(&pp.status, s, _Pgcstop)',
      'thread, ok = result': 'thread, ok := setBlockOnExitSyscall(pp); ok',
      'pidleget for every idle P: Pgcstop; sched.stopwait--': 'pp, _ := pidleget(now)',
      'notetsleep(&sched.stopnote)': 'notetsleep(&sched.stopnote, 100*1000)',
      'if sched.stopwait == 0': 'notetsleep(&sched.stopnote, 100*1000)',
    },
  },
  startTheWorldWithSema: {
    in: ['startTheWorldWithSema', 'procresize'],
    at: {
      'procresize(procs): every other P is idle': 'pidleput(pp, now)',
      'traceAcquire, in procresize': 'procresize: trace := traceAcquire()#1',
      'traceRelease, in procresize': 'procresize: traceRelease(trace)#1',
    },
    order: 'what procresize tells the trace comes before its call, which here is what it returns',
  },
  'forEachP.func1': {
    in: ['forEachP{casGToWaiting}'],
    at: {
      'forEachPInternal(reason)': 'forEachPInternal(fn)',
      'casGToWaitingForGC(*': 'casGToWaiting',
      'casgstatus(curg, Gwaiting, Grunning)': 'casgstatus(gp, _Gwaiting, _Grunning)',
    },
  },
  forEachPInternal: {
    in: ['forEachPInternal', 'handoffp'],
    at: {
      'if allp[i] != pp#1': 'p2 != pp',
      'if allp[i] != pp#2': nowhere('idle Ps are on a list, where its own P is not'),
      'if allp[i] != pp#3': nowhere('its own P is not in a system call'),
      'if allp[i] is idle && CompareAndSwap(&allp[i].runSafePointFn, 1, 0)': 'atomic.Cas(&p.runSafePointFn, 1, 0)',
      'safePointFn(allp[i])#1': 'fn(p)',
      'safePointFn(pp)': 'fn(pp)',
      'if allp[i].runSafePointFn == 1': 'atomic.Load(&p2.runSafePointFn) != 1',
      'if ok': 'thread, ok := setBlockOnExitSyscall(p2); ok',
      'if s == Psyscall && allp[i].runSafePointFn == 1': 's == _Psyscall && p2.runSafePointFn == 1',
      'if CompareAndSwap(&allp[i].status, s, Pidle)': 's == _Psyscall && p2.runSafePointFn == 1',
      'if handoffp: there is work for the P': '!runqempty(pp) || ',
      'if startm: newm allocates, and sweeps': 'startm(pp, false, false)#1',
      'traceAcquire, to sweep': nowhere('the sweeper of a span, which newm allocates from'),
      'trace.GCSweepStart': nowhere('the sweeper of a span, which newm allocates from'),
      'trace.GCSweepDone': nowhere('the sweeper of a span, which newm allocates from'),
      'traceRelease, to sweep': nowhere('the sweeper of a span, which newm allocates from'),
      'handoffp: pidleput#1': 'startm(pp, false, false)#1',
      'lock(&sched.lock)#2': 'handoffp: lock(&sched.lock)',
      'if CompareAndSwap(&allp[i].runSafePointFn, 1, 0)':
        'pp.runSafePointFn != 0 && atomic.Cas(&pp.runSafePointFn, 1, 0)',
      'safePointFn(allp[i])#2': 'sched.safePointFn(pp)',
      'sched.safePointWait--#2': 'handoffp: sched.safePointWait--',
      'handoffp: pidleput#2': 'pidleput(pp, 0)',
      'unlock(&sched.lock)#2': 'unlock(&sched.lock)#5',
      'notetsleep(&sched.safePointNote)': 'notetsleep(&sched.safePointNote, 100*1000)',
      'if sched.safePointWait == 0': 'notetsleep(&sched.safePointNote, 100*1000)',
    },
  },
};
