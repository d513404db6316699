import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';

/** The garbage collector: mgc.go, mgcmark.go, mgcsweep.go. */
const INJECTGLIST: Anchors = {
  at: {
    'qsize = len(list)': ['qsize++', 'q := gQueue{glist.head, tail.guintptr(), glist.size}'],
    'if list is empty': ['gp := head; gp != nil; gp = gp.schedlink.ptr()', 'gp := glist.head.ptr(); gp != nil; '],
    'gp = list.pop()': ['gp := head; gp != nil; gp = gp.schedlink.ptr()', 'gp := glist.head.ptr(); gp != nil; '],
    'if trace.ok()': 'trace.ok()#2',
    'if glist is empty': 'gp := head; gp != nil; gp = gp.schedlink.ptr()',
    'gp = glist.pop()': 'gp := head; gp != nil; gp = gp.schedlink.ptr()',
    'trace.GoUnpark': 'trace.GoUnpark(gp, 0)',
    traceRelease: 'traceRelease(trace)',
    'if q is empty': ['runqputbatch(pp, &q); !q.empty()', '!q.empty()'],
    'gp = q.pop()': ['runqputbatch(pp, &q, qsize)', 'runqputbatch(pp, &q); !q.empty()'],
    'runqput(gp)': ['runqputbatch(pp, &q, qsize)', 'runqputbatch(pp, &q); !q.empty()'],
  },
  order: 'the length of the list, which Go counts on the way, is taken at once; at the commit the events come first',
};

export const collector: Readonly<Record<string, Anchors>> = {
  gcFlushBgCredit: {
    in: ['gcFlushBgCredit', 'unlock2', 'unlock2Wake', 'mLockProfile.recordUnlock'],
    at: {
      'if gp = work.assistQueue.q.pop(); gp != nil': 'gp := work.assistQueue.q.pop()',
      'if the credit is spent': '!work.assistQueue.q.empty() && scanBytes > 0',
      'if the lock was contended, and is profiled': ['uintptr(unsafe.Pointer(l)) == prof.pending', 'endTicks != 0'],
      'mLockProfile.captureStack()': 'prof.captureStack()',
      'unlock(&work.assistQueue.lock)': 'gcFlushBgCredit: unlock(&work.assistQueue.lock)',
    },
  },
  gcAssistAlloc: {
    at: {
      'if gcBlackenEnabled == 0': nowhere('mallocgc asks it before it calls'),
      'systemstack(gcAssistAlloc1)': 'gcAssistAlloc1(gp, scanWork)',
      'if gp.param != nil': 'completed := gp.param != nil',
      'if the debt is paid': 'gp.gcAssistBytes < 0',
    },
  },
  gcAssistAlloc1: {
    in: ['gcAssistAlloc1', 'gcDrainN', 'gcBeginWork', 'gcEndWork'],
    at: {
      'casGToWaitingForGC(*': 'casGToWaiting',
      'if gp.preempt': '!gp.preempt && !gcCPULimiter.limiting()',
      'if job = work.markrootNext.Add(1) - 1; job >= work.markrootJobs': [
        'job := atomic.Xadd(&work.markrootNext, +1) - 1',
        'job, ok := gcNextMarkRoot()',
      ],
      'markroot(job)': 'workFlushed += markroot(gcw, job, false)',
      'if incnwait == work.nproc && !gcMarkWorkAvailable()': 'incnwait == work.nproc && !gcMarkWorkAvailable(',
      'if workDone >= scanWork': '!gp.preempt && !gcCPULimiter.limiting()',
      'atomic.Xadd(&work.nwait, -1)': 'decnwait := atomic.Xadd(&work.nwait, -1)',
      'not the last': nowhere('gp.param stays as it is'),
    },
  },
  gcParkAssist: {
    at: {
      'oldList = q; q.pushBack(gp)': 'work.assistQueue.q.pushBack(gp)',
      'if bgScanCredit.Load() > 0': 'gcController.bgScanCredit.Load() > 0',
      'q = oldList': 'work.assistQueue.q = oldList',
      'gopark(GCAssistWait, parkunlock_c, assistQueue)': 'goparkunlock(&work.assistQueue.lock, waitReasonGCAssistWait',
    },
  },
  injectglist: INJECTGLIST,
  'injectglist, on g0': { in: ['injectglist'], ...INJECTGLIST },
  gcResetMarkState: {
    at: { 'gp = allgs[i]': 'forEachG(func(gp *g) {}, )' },
  },
  gcMarkDone: {
    at: {
      'if !(gcphase == GCmark && work.nwait == work.nproc && !gcMarkWorkAvailable())': '!(gcphase == _GCmark && ',
      'systemstack(forEachP.func1, GCMarkTermination)': 'forEachP(waitReasonGCMarkTermination, func(pp *p) {}, )',
      'mp.preemptoff = reason': 'getg().m.preemptoff = "gcing"',
      'systemstack(stopTheWorldWithSema)': 'stopTheWorldWithSema(stwGCMarkTerm)',
      'systemstack(startTheWorldWithSema)': 'startTheWorldWithSema(0, ',
    },
  },
  gcMarkTermination: {
    at: {
      'casGToWaitingForGC(*': 'casGToWaiting',
      'systemstack(forEachP.func1, FlushProcCaches)': 'forEachP(waitReasonFlushProcCaches',
    },
  },
  gcStart: {
    at: {
      'if !trigger.test()': nowhere('mallocgc asks it before it calls'),
      'if !trigger.test(), once more': '!trigger.test()',
      gcMarkRootPrepare: ['gcMarkRootPrepare()', 'gcPrepareMarkRoots()'],
    },
  },
  gcMark: { at: { gcMark: 'gcphase != _GCmarktermination' } },
  gcSweep: { at: { 'setGCPhase(GCoff)': nowhere('gcMarkTermination sets it just before, in the same closure') } },
  bgsweep: {
    at: {
      'sweepone, and signals': 'sweepone() != ^uintptr(0)',
      'gopark(GCSweepWait, bgsweep.func1, nil)':
        'goparkunlock(&sweep.lock, waitReasonGCSweepWait, traceBlockGCSweep, 1)#2',
    },
  },
  'bgsweep.func1': {
    in: ['bgsweep'],
    at: { 'sweep.parked = true': 'sweep.parked = true#2' },
  },
  scanstack: {
    at: {
      'isShrinkStackSafe(gp)': 'isShrinkStackSafe(gp)',
      'if isShrinkStackSafe(gp)': 'isShrinkStackSafe(gp)',
      'xRegScan: its frame': 'xRegScan(gp, gcw, &state)',
      'scanframe: first frame': 'scanframeworker(&u.frame, &state, gcw)',
      'scanframe: second frame': 'scanframeworker(&u.frame, &state, gcw)',
    },
  },
  markroot: {
    at: {
      'casGToWaitingForGC(*': 'casGToWaiting',
      'if gp == userG': 'selfScan := gp == userG && readgstatus(userG) == _Grunning',
      'if readgstatus(userG) == Grunning': 'selfScan := gp == userG && readgstatus(userG) == _Grunning',
      'selfScan = true': 'selfScan := gp == userG && readgstatus(userG) == _Grunning',
      'state = result': 'stopped := suspendG(gp)',
      'if state.dead': 'stopped.dead',
      'gp = allgs[i]': 'gp := work.stackRoots[i-work.baseStacks]',
    },
  },
  gcDrain: {
    in: ['gcDrain', 'markroot'],
    at: {
      'if gp.preempt': '!(gp.preempt && (preemptible || sched.gcwaiting.Load() || pp.runSafePointFn != 0))#1',
      'if preemptible': '!(gp.preempt && (preemptible || sched.gcwaiting.Load() || pp.runSafePointFn != 0))#1',
      'if sched.gcwaiting': '!(gp.preempt && (preemptible || sched.gcwaiting.Load() || pp.runSafePointFn != 0))#1',
      'if pp.runSafePointFn != 0':
        '!(gp.preempt && (preemptible || sched.gcwaiting.Load() || pp.runSafePointFn != 0))#1',
      'if job = work.markrootNext.Add(1) - 1; job >= work.markrootJobs': [
        'job := atomic.Xadd(&work.markrootNext, +1) - 1',
        'job, ok := gcNextMarkRoot()',
      ],
      'markroot(job)': 'markroot(gcw, job, flushBgCredit)',
      'gcFlushBgCredit()': 'gcFlushBgCredit(workDone)',
      'if idle && pollWork()': 'check != nil && check()#1',
    },
  },
  gcBgMarkWorker: {
    in: ['gcBgMarkWorker', 'gcBeginWork', 'gcEndWork'],
    at: {
      'systemstack(gcBgMarkWorker.func2, idle)': 'systemstack(func() {}, )',
      acquirem: 'node.m.set(acquirem())#2',
      'atomic.Xadd(&work.nwait, -1)': 'decnwait := atomic.Xadd(&work.nwait, -1)',
      'if incnwait == work.nproc && !gcMarkWorkAvailable()': 'incnwait == work.nproc && !gcMarkWorkAvailable(',
      'switch pp.gcMarkWorkerMode': 'pp.gcMarkWorkerMode',
      'if last': ['incnwait == work.nproc && !gcMarkWorkAvailable(nil)', 'gcEndWork()'],
      'not the last': nowhere('the answer, kept in a cell'),
      'gopark(GCWorkerIdle, gcBgMarkWorker.func1, nil)': 'waitReasonGCWorkerIdle',
    },
    order: 'a run begins where workers have parked, so that the park comes last',
  },
  'gcBgMarkWorker.func1': {
    in: ['gcBgMarkWorker{gcBgMarkWorkerPool.push}'],
    at: {
      'if node.m != nil': 'mp := node.m.ptr(); mp != nil',
      'gcBgMarkWorkerPool.push(node)': 'gcBgMarkWorkerPool.push(&node.node)',
    },
  },
  'gcBgMarkWorker.func2': {
    in: ['gcBgMarkWorker{waitReasonGCWorkerActive}'],
    at: {
      'casGToWaitingForGC(*': 'casGToWaiting',
      'gcDrain(idle)': 'gcDrainMarkWorkerIdle(&pp.gcw)',
    },
  },
};
