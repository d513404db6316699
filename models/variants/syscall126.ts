import { type Edit, type Routine, replace, rewriteRoutine, without } from '../../harness/language';
import { swapStatus } from '../coro';
import { handoffp } from '../foreachp';
import { forEachOtherP, pi } from '../preemptall';
import { addTick, lockSched, oldp, pidleget, stopwaitDown, unlockSched, wirep } from '../procs';
import type { Runtime } from '../runtime';
import { addExiting, addLocks, findAnotherP, lostP, setSyscallsp } from '../syscall';
import { SYSMON_LINE, sleepsUntilG } from '../sysmon';
// biome-ignore format: words, not a wall
import { actorLocal, arg, call, casfrom_Gscanstatus, casgstatus, castogscanstatus, constant, curg, event, Grunnable,
  Grunning, Gsyscall, gKind, gp, group, iff, line, type M, mcall, mKind, mp, type Node, numberLocal, operand, type P,
  Pgcstop, Pidle, Prunning, pKind, pp, reads, result, ret, returns, routine, schedKind, setFlag, systemstack, tl,
  traceAcquire, traceRelease, writes } from '../words';

/**
 * System calls as Go 1.26 made them: the P stays with its M, and whoever wants it locks the goroutine by its scan bit
 * first.
 * Source: reentersyscall, exitsyscall, exitsyscallTryGetP, exitsyscallNoP, setBlockOnExitSyscall, syscallingThread in
 * runtime/proc.go of Go 1.26.
 *
 * Left out, besides what models/syscall.ts leaves out: the counter of goroutines in system calls without a P, what
 * canPreemptM asks of goroutines in system calls (which come to no prologue).
 */

const g = gKind.col;
const m = mKind.col;
const p = pKind.col;
const sched = schedKind.col;
const wanted = actorLocal<P>('pp', 3, 'P');
const toState = numberLocal('state', 4);
const theirs = actorLocal<M>('mp', 5, 'M');

/** From Go 1.23 on, syscallbp is saved, too. */
export const saveBp: Node<Runtime> = line('save(pc, sp, bp)', {
  run: (w: Runtime) => {
    curg(w).sched = 1 + curg(w).epoch;
  },
  touches: [writes(g.sched, curg)],
});

export const setSyscallbp: Node<Runtime> = line('gp.syscallbp = bp', {
  run: (w: Runtime) => {
    curg(w).syscallbp = 1 + curg(w).epoch;
  },
  touches: [writes(g.syscallbp, curg)],
});

const entersyscall = routine(
  'entersyscall',
  'runtime/proc.go, Go 1.26',
  [tl],
  [
    addLocks(1),
    setFlag(curg, 'stackPreempt', true),
    line('mp.syscalltick = pp.syscalltick', {
      run: (w) => {
        w.m.syscalltick = pp(w).syscalltick;
      },
      touches: [reads(p.syscalltick, pp)],
    }),
    iff(
      'pp.runSafePointFn != 0',
      (w) => pp(w).runSafePointFn,
      [reads(p.runSafePointFn, pp)],
      [systemstack('runSafePointFn')],
    ),
    line('mp.oldp = pp', {
      run: (w) => {
        w.m.oldp = w.m.p;
      },
    }),
    saveBp,
    setSyscallsp(true),
    setSyscallbp,
    traceAcquire(),
    group(
      'the event',
      iff('trace.ok()', (w) => tl(w) !== 0, [], [systemstack('reentersyscall.func3', arg(tl, tl)), saveBp]),
    ),
    iff(
      'sched.gcwaiting',
      (w) => w.sched.gcwaiting,
      [reads(sched.gcwaiting)],
      [systemstack('entersyscall_gcwait', arg(tl, tl)), saveBp],
    ),
    swapStatus(
      curg as typeof gp,
      Grunning,
      Gsyscall,
      'gp.atomicstatus.CompareAndSwap(Grunning, Gsyscall)',
      casgstatus(curg, Grunning, Gsyscall),
    ),
    traceRelease(),
    addLocks(-1),
  ],
);

const reentersyscall_func3 = routine(
  'reentersyscall.func3',
  'runtime/proc.go, Go 1.26',
  [gp, tl],
  [event('GoSysCall', { stack: true })],
);

/** entersyscallHandleGCWait: the P goes at once. */
const entersyscall_gcwait = routine(
  'entersyscall_gcwait',
  'runtime/proc.go, Go 1.26: entersyscallHandleGCWait',
  [gp, tl],
  [
    lockSched(),
    iff(
      'sched.stopwait > 0',
      (w) => w.sched.stopwait > 0,
      [reads(sched.stopwait)],
      [
        line('pp.m, mp.p = 0, 0; pp.status = Pgcstop', {
          run: (w) => {
            const mine = w.m.p!;
            mine.m = undefined;
            mine.status = Pgcstop;
            w.m.p = undefined;
          },
          touches: [writes(p.m, pp), writes(p.status, pp), writes(m.p, mp)],
        }),
        event('ProcStop', { proc: operand('mp.oldp', (w: Runtime): P => w.m.oldp!), withoutP: true }),
        addTick(operand('mp.oldp', (w: Runtime): P => w.m.oldp!)),
        stopwaitDown(),
      ],
    ),
    unlockSched(),
  ],
);

const exitsyscall = routine(
  'exitsyscall',
  'runtime/proc.go, Go 1.26',
  [tl, oldp, lostP],
  [
    addLocks(1),
    swapStatus(
      curg as typeof gp,
      Gsyscall,
      Grunning,
      'gp.atomicstatus.CompareAndSwap(Gsyscall, Grunning)',
      casgstatus(curg, Gsyscall, Grunning),
    ),
    line('oldp = mp.oldp; mp.oldp = nil', {
      run: (w) => {
        oldp.set(w, w.m.oldp!);
        w.m.oldp = undefined;
      },
    }),
    iff(
      'pp != nil',
      (w) => w.m.p !== undefined,
      [],
      [
        traceAcquire(),
        group(
          'the event',
          iff('trace.ok()', (w) => tl(w) !== 0, [], [systemstack('exitsyscall.func2', arg(tl, tl), arg(lostP, lostP))]),
        ),
      ],
      [systemstack('exitsyscallTryGetP', arg(oldp, oldp))],
    ),
    iff(
      'pp != nil, now',
      (w) => w.m.p !== undefined,
      [],
      [
        iff(
          'goroutineProfile.active',
          (w) => w.sched.profileActive,
          [reads(sched.profileActive)],
          [systemstack('tryRecordGoroutineProfile, on g0', arg(gp, curg))],
        ),
        addTick(pp),
        setSyscallsp(false),
        addLocks(-1),
        iff(
          'gp.preempt',
          (w) => curg(w).preempt,
          [reads(g.preempt, curg)],
          [setFlag(curg, 'stackPreempt', true)],
          [setFlag(curg, 'stackPreempt', false)],
        ),
        ret,
      ],
    ),
    addLocks(-1),
    mcall('exitsyscall0'),
    setSyscallsp(false),
    addTick(pp),
  ],
);

const exitsyscall_func2 = routine(
  'exitsyscall.func2',
  'runtime/proc.go, Go 1.26',
  [gp, tl, lostP],
  [event('GoSysExit'), traceRelease()],
);

/** The goroutine is Running meanwhile, without a P. */
const exitsyscall0 = routine(
  'exitsyscall0',
  'runtime/proc.go, Go 1.26: exitsyscallNoP',
  [gp, tl, oldp],
  [
    addExiting(1),
    traceAcquire(),
    casgstatus(gp, Grunning, Grunnable),
    addExiting(-1),
    event('GoSysExit, blocked', { withoutP: true }),
    traceRelease(),
    ...findAnotherP,
  ],
);

/** acquirepNoTrace, and the events of having lost a P. */
const lostPEvents = [
  wirep(oldp),
  traceAcquire('traceAcquire, with a P'),
  event('ProcStart'),
  event('GoSysExit, blocked'),
  event('GoStart'),
  traceRelease('traceRelease, with a P'),
  ret,
];

const exitsyscallTryGetP = routine(
  'exitsyscallTryGetP',
  'runtime/proc.go, Go 1.26',
  [gp, tl, oldp],
  [
    call('setBlockOnExitSyscall', arg(wanted, oldp), arg(toState, constant('Pidle', Pidle))),
    iff('it was in another system call', (w) => result(w) === 1, [], [...lostPEvents]),
    ...pidleget(lostPEvents),
  ],
);

/** Takes a P from an M in a system call, which cannot leave that meanwhile. Returns 1 if it could. */
const setBlockOnExitSyscall = routine(
  'setBlockOnExitSyscall',
  'runtime/proc.go, Go 1.26, with takeP, gcstopP and resume',
  [gp, tl, wanted, toState, theirs],
  [
    iff('pp.status != Prunning', (w) => wanted(w).status !== Prunning, [reads(p.status, wanted)], [no()]),
    iff(
      'mp = pp.m; mp == nil',
      (w) => {
        const it = wanted(w).m;
        if (it !== undefined) theirs.set(w, it);
        return it === undefined;
      },
      [reads(p.m, wanted)],
      [no()],
    ),
    iff(
      'gp = mp.curg; gp == nil',
      (w) => {
        const it = theirs(w).curg;
        if (it !== undefined) gp.set(w, it);
        return it === undefined;
      },
      [reads(m.curg, theirs)],
      [no()],
    ),
    iff('readgstatus(gp)&^Gscan != Gsyscall', (w) => gp(w).status !== Gsyscall, [reads(g.status, gp)], [no()]),
    castogscanstatus(
      gp,
      constant('Gsyscall', Gsyscall),
      [
        iff(
          'gp.m != mp || gp.m.p != pp',
          (w) => gp(w).m !== theirs(w) || theirs(w).p !== wanted(w),
          [reads(g.m, gp), reads(m.p, theirs)],
          [casfrom_Gscanstatus(gp), no()],
        ),
        traceAcquire(),
        line('pp.m, mp.p = 0, 0', {
          run: (w) => {
            wanted(w).m = undefined;
            theirs(w).p = undefined;
          },
          touches: [writes(p.m, wanted), writes(m.p, theirs)],
        }),
        line('pp.status = state', {
          run: (w) => {
            wanted(w).status = toState(w);
          },
          touches: [writes(p.status, wanted)],
        }),
        group(
          'the event',
          iff(
            'mp.curg != nil && mp.curg.syscallsp != 0',
            (w) => w.m.curg?.syscallsp === true,
            [
              reads(
                g.syscallsp,
                operand('curg', (w: Runtime) => w.m.curg),
              ),
            ],
            [event('ProcSteal, in a syscall', { proc: wanted })],
            [event('ProcSteal', { proc: wanted })],
          ),
        ),
        traceRelease(),
        addTick(wanted),
        iff('state == Pgcstop', (w) => toState(w) === Pgcstop, [], [stopwaitDown()]),
        group('resume', casfrom_Gscanstatus(gp)),
        returns('true', () => 1),
      ],
      [no()],
    ),
  ],
);

function no() {
  return returns('false', () => 0);
}

const stealInSTW = forEachOtherP(
  'for each P: setBlockOnExitSyscall',
  call('setBlockOnExitSyscall', arg(wanted, pi), arg(toState, constant('Pgcstop', Pgcstop))),
  line('thread, ok = result', { run: (w) => void result(w) }),
);

const stealInForEachP = forEachOtherP(
  'for each P: setBlockOnExitSyscall',
  iff(
    'allp[i].runSafePointFn == 1',
    (w) => pi(w).runSafePointFn,
    [reads(p.runSafePointFn, pi)],
    [
      call('setBlockOnExitSyscall', arg(wanted, pi), arg(toState, constant('Pidle', Pidle))),
      iff('ok', (w) => result(w) === 1, [], [handoffp()]),
    ],
  ),
);

const stealInRetake = forEachOtherP(
  'retake: for each P that runs',
  iff(
    'allp[i].status == Prunning',
    (w) => pi(w).status === Prunning,
    [reads(p.status, pi)],
    [
      call('setBlockOnExitSyscall', arg(wanted, pi), arg(toState, constant('Pidle', Pidle))),
      iff('ok', (w) => result(w) === 1, [], [handoffp(false)]),
    ],
  ),
);

const SOURCE = 'written anew for Go 1.26';

export const syscallEdits: readonly Edit<Runtime>[] = [
  ...[entersyscall, reentersyscall_func3, entersyscall_gcwait, exitsyscall, exitsyscall_func2, exitsyscall0].map((it) =>
    rewriteRoutine<Runtime>(it, SOURCE),
  ),
  replace<Runtime>('sysmon', SYSMON_LINE, sleepsUntilG),
  replace<Runtime>('sysmon', 'retake: for each P in a system call', stealInRetake),
  without<Runtime>('stopTheWorldWithSema', 'traceAcquire, to steal'),
  replace<Runtime>('stopTheWorldWithSema', 'for each P in a system call', stealInSTW),
  without<Runtime>('stopTheWorldWithSema', 'traceRelease, to steal'),
  replace<Runtime>('forEachPInternal', 'for each P in a system call', stealInForEachP),
];

export const syscallRoutines: readonly Routine<Runtime>[] = [exitsyscallTryGetP, setBlockOnExitSyscall];
