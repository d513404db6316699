import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';

/** Go 1.22 has all of it in one line. */
const SAFE122 = 'gp.syscallsp == 0 && !gp.asyncSafePoint && !gp.parkingOnChan.Load()';

/** Stacks: stack.go, preempt.go, and coroutines. */
export const stacks: Readonly<Record<string, Anchors>> = {
  suspendG: {
    in: ['suspendG', 'casGFromPreempted'],
    at: {
      'if s == Gdead': '_Gdead',
      'if s == Gpreempted': '_Gpreempted',
      'gp.waitreason = Preempted': 'gp.waitreason = waitReasonPreempted',
      'if gp.atomicstatus.CompareAndSwap(Gpreempted, Gwaiting)':
        'gp.atomicstatus.CompareAndSwap(_Gpreempted, _Gwaiting)',
      'if s == Grunnable || Gsyscall || Gwaiting': [
        '_Grunnable; _Gsyscall; _Gwaiting',
        '_Grunnable; _Gsyscall; _Gwaiting; _Gleaked',
      ],
      'gp.stackguard0 = stack.lo + stackGuard': 'gp.stackguard0 = gp.stack.lo + stackGuard',
      'if s == Grunning': '_Grunning',
      'if the request is pending': 'gp.preemptStop && gp.preempt && gp.stackguard0 == stackPreempt',
      'if castogscanstatus(gp, s, s|Gscan)#1': '!castogscanstatus(gp, s, s|_Gscan)',
      'if castogscanstatus(gp, s, s|Gscan)#2': '!castogscanstatus(gp, _Grunning, _Gscanrunning)',
      'asyncM = gp.m': 'asyncM2 := gp.m',
      'if asyncM != nil': 'preemptMSupported && debug.asyncpreemptoff == 0 && needAsync',
      'preemptM(asyncM)': 'preemptM(asyncM)',
    },
  },
  resumeG: {
    at: { 'casfrom_Gscanstatus(gp)': ['_Grunnable; _Gwaiting; _Gsyscall', 'casfrom_Gscanstatus(gp, s, s&^_Gscan)'] },
  },
  newstack: {
    at: {
      'preempt = atomic.Load(&gp.stackguard0) == stackPreempt': 'stackguard0 := atomic.Loaduintptr(&gp.stackguard0)',
      'if !canPreemptM(mp)': '!canPreemptM(thisg.m)',
      'gp.stackguard0 = stack.lo + stackGuard': 'gp.stackguard0 = gp.stack.lo + stackGuard',
      'goschedImpl(gp) // never returns': 'gopreempt_m(gp)',
      'newsize = 2 * oldsize': 'newsize := oldsize * 2',
      'casgstatus(gp, Grunning, Gcopystack)': 'casgstatus(gp, _Grunning, _Gcopystack)',
      'if preempt': 'preempt#1',
    },
    order: 'the size is only known where it is used',
  },
  shrinkstack: {
    at: {
      'if gp is neither suspended nor my own and Running': 's := readgstatus(gp); s&_Gscan == 0',
      'throw("bad status in shrinkstack")': 'throw("bad status in shrinkstack")',
      'isShrinkStackSafe(gp)': '!isShrinkStackSafe(gp)',
      'if !safe': '!isShrinkStackSafe(gp)',
      'if gp.startpc is gcBgMarkWorker': 'f.valid() && f.funcID == abi.FuncID_gcBgMarkWorker',
      'if newsize >= fixedStack && used < avail/4': 'used := gp.stack.hi - gp.sched.sp + stackNosplit; used >= avail/4',
      'newsize = oldsize / 2': 'newsize := oldsize / 2',
    },
    order: 'half of the size is taken once it is known that it will do',
  },
  isShrinkStackSafe: {
    at: {
      'if gp.syscallsp != 0': ['gp.syscallsp != 0', SAFE122],
      'if gp.asyncSafePoint': ['gp.asyncSafePoint', SAFE122],
      'if gp.parkingOnChan.Load()': ['gp.parkingOnChan.Load()', SAFE122],
      'if gp.waitreason.isWaitingForGC()*': 'gp.waitreason.isWaitingFor',
    },
  },
  copystack: {
    in: ['copystack', 'adjustsudogs', 'syncadjustsudogs', 'adjustctxt'],
    at: {
      'if newsize < oldsize': 'newsize < old.hi-old.lo && gp.parkingOnChan.Load()',
      'if gp.parkingOnChan.Load()': 'newsize < old.hi-old.lo && gp.parkingOnChan.Load()',
      'if !gp.activeStackChans': '!gp.activeStackChans',
      'sg.elem += delta#1': 'copystack: adjustsudogs(gp, &adjinfo)',
      'lock(&c.lock)': [
        'lockWithRank(&sg.c.lock, lockRankHchanLeaf)',
        'lockWithRank(&sg.c.get().lock, lockRankHchanLeaf)',
      ],
      'sg.elem += delta#2': 'syncadjustsudogs: adjustsudogs(gp, adjinfo)',
      'memmove of the part that senders write into': 'memmove(unsafe.Pointer(newBot), unsafe.Pointer(oldBot), sgsize)',
      'unlock(&c.lock)': ['unlock(&sg.c.lock)', 'unlock(&sg.c.get().lock)'],
      'memmove(new, old, used)': 'memmove(unsafe.Pointer(new.hi-ncopy), unsafe.Pointer(old.hi-ncopy), ncopy)',
      'adjustctxt, gp.sched.bp += delta': 'copystack: adjustctxt(gp, &adjinfo)',
      'gp.stack = new': 'gp.stack = new',
      'gp.stackguard0 = stack.lo + stackGuard': 'gp.stackguard0 = new.lo + stackGuard',
      'adjustframe for every frame': 'adjustframe(&u.frame, &adjinfo)',
      'stackfree(old)': 'stackfree(old)',
    },
  },
  asyncPreempt2: {
    at: { 'mcall(goschedImpl)': 'mcall(gopreempt_m)', 'mcall(asyncPreempt2.func1)': 'mcall(func(gp *g) {}, )' },
  },
  preemptPark: {
    at: {
      'casfrom_Gscanstatus(gp)': 'casfrom_Gscanstatus(gp, _Gscan|_Gpreempted, _Gpreempted)',
    },
  },
  coroutine: {
    in: ['iter.Pull', 'newcoro', 'coroswitch'],
    at: {
      'systemstack(newcoro.func1)': 'newcoro: systemstack(func() {}, )',
      'if no goroutine is free': nowhere('a run has only so many goroutines'),
      'c = newcoro(f)': ['c := newcoro(', 'c := new(coro)'],
      'c.gp = gp': 'c.gp.set(gp)',
      'if c.gp == 0': ['done after next = func() (v1 V', nowhere('package iter, which 1.22 does not have')],
      'coroswitch(c)': ['coroswitch(c) after next = func()', nowhere('package iter, which 1.22 does not have')],
    },
    order: 'the goroutine is made before its coroutine has a name',
  },
  'newcoro.func1': {
    in: ['newcoro'],
    at: {
      'if newg != nil': nowhere('a run has only so many goroutines'),
      'newg.waitreason = Coroutine': 'gp.waitreason = waitReasonCoroutine',
      'casgstatus(newg, Grunnable, Gwaiting)': 'casgstatus(gp, _Grunnable, _Gwaiting)',
    },
  },
  corostart: {
    in: ['corostart', 'coroexit'],
    at: {
      'if it ends': nowhere('how many switches the body makes'),
      'coroswitch(c)': nowhere('the body calls it: iter.Pull, yield'),
      'gp.coroarg, gp.coroexit = c, true': 'gp.coroexit = true',
    },
    order: 'coroexit is deferred',
  },
  coroswitch_m: {
    at: {
      'gnext = c.gp; c.gp.cas(gnext, self)': 'c.gp.cas(next, self)',
      'tryRecordGoroutineProfile, on g0(gnext)': 'tryRecordGoroutineProfile(gnext, ',
      'if !gp.atomicstatus.CompareAndSwap(Grunning, Gwaiting)': '!gp.atomicstatus.CompareAndSwap(_Grunning, _Gwaiting)',
      'if !gnext.atomicstatus.CompareAndSwap(Gwaiting, Grunning)':
        '!gnext.atomicstatus.CompareAndSwap(_Gwaiting, _Grunning)',
      'trace.GoSwitchDestroy': 'trace.GoSwitch(gnext, exit)',
    },
  },
  'asyncPreempt2.func1': {
    in: ['asyncPreempt2{preemptPark}'],
    at: { 'goschedImpl(gp) // never returns': 'gopreempt_m(gp)' },
  },
  systemstack: { in: [], at: { 'switch back; sched.sp, sched.bp = 0': nowhere('systemstack is assembly') } },
};
