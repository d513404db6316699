import { acquirep, addTick, isAnyIdle, lockSched, oldp, pidleget, stopwaitDown, unlockSched, wirep } from './procs';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { arg, call, casgstatus, curg, dropg, event, Grunnable, Grunning, Gsyscall, gKind, gp, group, iff, line, mcall,
  mKind, mp, type Node, numberLocal, operand, type P, Pgcstop, Pidle, Psyscall, pKind, pp, prologue, reads, result,
  ret, returns, routine, runqput, schedKind, setFlag, systemstack, tail, tl, traceAcquire, traceKind, traceRelease,
  writes } from './words';

/**
 * System calls. Source: reentersyscall, entersyscall_gcwait, exitsyscall, exitsyscallfast, exitsyscall0 in
 * runtime/proc.go.
 *
 * Left out: entersyscallblock, callbacks from C, extra Ms, program counters and stack pointers: of what is saved only
 * the frame pointer matters to a walk.
 */

const g = gKind.col;
const m = mKind.col;
const p = pKind.col;
const sched = schedKind.col;
export const lostP = numberLocal('lostP', 4);

/** At the commit this leaves sched.bp as it is. */
export const save: Node<Runtime> = line('save(pc, sp)', { run: () => {}, touches: [] });
const onG0AndSave = (...nodes: Node<Runtime>[]): Node<Runtime>[] => [...nodes, save];

export const setSyscallsp = (to: boolean): Node<Runtime> =>
  line(`gp.syscallsp = ${to ? 'sp' : '0'}`, {
    run: (w) => {
      curg(w).syscallsp = to;
    },
    touches: [writes(g.syscallsp, curg)],
  });

export const addLocks = (by: number): Node<Runtime> =>
  line(by > 0 ? 'mp.locks++' : 'mp.locks--', {
    run: (w) => {
      w.m.locks += by;
    },
  });

/** What a program does: the kernel reads and writes the caller's memory, for as long as it likes. */
export const syscall = routine(
  'Syscall',
  'syscall/syscall_linux.go',
  [],
  [
    prologue,
    call('entersyscall'),
    kernel('the kernel works'),
    kernel('the kernel writes into the buffer'),
    call('exitsyscall'),
  ],
);

function kernel(text: string): Node<Runtime> {
  return line(text, {
    run: (w) => {
      curg(w).frames = 0;
    },
    touches: [writes(g.frames, curg)],
    fragile: 2,
  });
}

export const entersyscall = routine(
  'entersyscall',
  'runtime/proc.go',
  [tl],
  [
    traceAcquire(),
    addLocks(1),
    setFlag(curg, 'stackPreempt', true),
    save,
    setSyscallsp(true),
    casgstatus(curg, Grunning, Gsyscall),
    group(
      'the event',
      iff('trace.ok()', (w) => tl(w) !== 0, [], onG0AndSave(systemstack('reentersyscall.func3', arg(tl, tl)))),
    ),
    iff(
      'pp.runSafePointFn != 0',
      (w) => pp(w).runSafePointFn,
      [reads(p.runSafePointFn, pp)],
      onG0AndSave(systemstack('runSafePointFn')),
    ),
    line('mp.syscalltick = pp.syscalltick', {
      run: (w) => {
        w.m.syscalltick = pp(w).syscalltick;
      },
      touches: [reads(p.syscalltick, pp)],
    }),
    line('pp.m = 0', {
      run: (w) => {
        pp(w).m = undefined;
      },
      touches: [writes(p.m, pp)],
    }),
    line('mp.oldp = pp; mp.p = 0', {
      run: (w) => {
        w.m.oldp = w.m.p;
        w.m.p = undefined;
      },
      touches: [writes(m.p, mp)],
    }),
    line('pp.status = Psyscall', {
      run: (w) => {
        w.m.oldp!.status = Psyscall;
      },
      touches: [
        writes(
          p.status,
          operand('oldp', (w: Runtime) => w.m.oldp),
        ),
      ],
    }),
    iff(
      'sched.gcwaiting',
      (w) => w.sched.gcwaiting,
      [reads(sched.gcwaiting)],
      onG0AndSave(systemstack('entersyscall_gcwait')),
    ),
    addLocks(-1),
  ],
);

export const reentersyscall_func3 = routine(
  'reentersyscall.func3',
  'runtime/proc.go',
  [gp, tl],
  [event('GoSysCall', { stack: true }), traceRelease()],
);

export const old = operand('mp.oldp', (w: Runtime): P => w.m.oldp!);

/** Somebody stops the world: the P goes at once. */
export const entersyscall_gcwait = routine(
  'entersyscall_gcwait',
  'runtime/proc.go',
  [gp, tl],
  [
    lockSched(),
    traceAcquire(),
    iff(
      'sched.stopwait > 0 && CompareAndSwap(&pp.status, Psyscall, Pgcstop)',
      (w) => {
        if (w.sched.stopwait === 0 || old(w).status !== Psyscall) return false;
        old(w).status = Pgcstop;
        return true;
      },
      [reads(sched.stopwait), writes(p.status, old)],
      [event('ProcSteal, in a syscall', { proc: old, withoutP: true }), traceRelease(), addTick(old), stopwaitDown()],
      [traceRelease('traceRelease, for nothing')],
    ),
    unlockSched(),
  ],
);

export const exitsyscall = routine(
  'exitsyscall',
  'runtime/proc.go',
  [tl, oldp, lostP],
  [
    addLocks(1),
    line('oldp = mp.oldp; mp.oldp = 0', {
      run: (w) => {
        oldp.set(w, w.m.oldp!);
        w.m.oldp = undefined;
      },
    }),
    call('exitsyscallfast', arg(oldp, oldp)),
    iff(
      'exitsyscallfast(oldp)',
      (w) => result(w) === 1,
      [],
      [
        iff(
          'goroutineProfile.active',
          (w) => w.sched.profileActive,
          [reads(sched.profileActive)],
          [systemstack('tryRecordGoroutineProfile, on g0', arg(gp, curg))],
        ),
        traceAcquire(),
        group(
          'the event',
          iff(
            'trace.ok()',
            (w) => tl(w) !== 0,
            [],
            [
              line('lostP = oldp != pp || mp.syscalltick != pp.syscalltick', {
                run: (w) => lostP.set(w, Number(oldp(w) !== w.m.p || w.m.syscalltick !== pp(w).syscalltick)),
                touches: [reads(p.syscalltick, pp)],
              }),
              systemstack('exitsyscall.func2', arg(tl, tl), arg(lostP, lostP)),
            ],
          ),
        ),
        addTick(pp),
        casgstatus(curg, Gsyscall, Grunning),
        traceRelease(),
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

export const exitsyscall_func2 = routine(
  'exitsyscall.func2',
  'runtime/proc.go',
  [gp, tl, lostP],
  [iff('lostP', (w) => lostP(w) === 1, [], [event('GoSysExit, blocked'), event('GoStart')], [event('GoSysExit')])],
);

export const exitsyscallfast = routine(
  'exitsyscallfast',
  'runtime/proc.go',
  [gp, tl, oldp],
  [
    traceAcquire(),
    iff(
      'CompareAndSwap(&oldp.status, Psyscall, Pidle)',
      (w) => {
        if (oldp(w).status !== Psyscall) return false;
        oldp(w).status = Pidle;
        return true;
      },
      [writes(p.status, oldp)],
      [
        wirep(oldp),
        iff(
          'mp.syscalltick != pp.syscalltick',
          (w) => w.m.syscalltick !== pp(w).syscalltick,
          [reads(p.syscalltick, pp)],
          [
            group(
              'the P was gone for a while',
              iff('trace.ok()', (w) => tl(w) !== 0, [], [systemstack('exitsyscallfast_reacquired.func1', arg(tl, tl))]),
            ),
            addTick(pp),
          ],
        ),
        traceRelease(),
        returns('true', () => 1),
      ],
    ),
    traceRelease('traceRelease, for nothing'),
    iff('sched.pidle != 0', isAnyIdle, [reads(p.idle)], [systemstack('exitsyscallfast_pidle')]),
    returns('mp.p != nil', (w) => Number(w.m.p !== undefined)),
  ],
);

export const exitsyscallfast_reacquired_func1 = routine(
  'exitsyscallfast_reacquired.func1',
  'runtime/proc.go',
  [gp, tl],
  [event('ProcSteal, in a syscall', { proc: pp }), event('ProcStart')],
);

export const exitsyscallfast_pidle = routine(
  'exitsyscallfast_pidle',
  'runtime/proc.go',
  [gp, tl, oldp],
  pidleget(acquirep(ret)),
);

export const addExiting = (by: number): Node<Runtime> =>
  line(`trace.exitingSyscall.Add(${by})`, {
    run: (w) => {
      w.trace.exitingSyscall += by;
    },
    touches: [writes(traceKind.col.exitingSyscall)],
  });

/** The goroutine goes on with another P, or on the global queue, and its M to sleep. */
export const findAnotherP: readonly Node<Runtime>[] = [
  dropg,
  ...pidleget(acquirep(tail('execute', arg(gp, gp))), [runqput(gp, 'globrunqput')]),
  tail('stopm'),
];

/** There is no P for the goroutine where it looked first. */
export const exitsyscall0 = routine(
  'exitsyscall0',
  'runtime/proc.go',
  [gp, tl, oldp],
  [
    addExiting(1),
    traceAcquire(),
    // Without a P it may be left here for as long as it takes to start the tracer.
    { ...casgstatus(gp, Gsyscall, Grunnable), fragile: 1 },
    addExiting(-1),
    event('GoSysExit, blocked', { withoutP: true }),
    traceRelease(),
    ...findAnotherP,
  ],
);
