import { gKind, type M, mKind, type P, pKind, schedKind, workKind } from './cells';
import type { Runtime } from './runtime';
import { stopP } from './schedule';
import { semacquire, semrelease } from './sema';
import { Gdead, Grunnable, Gsyscall, Gwaiting, Pgcstop, Pidle, Prunning, Psyscall, type WaitReason } from './status';
import { addTick, lockSched, stopwaitDown, unlockSched } from './syscall';
import { bufWrite, event, traceAcquire, traceRelease } from './traceevent';
import {
  acquirem,
  actorLocal,
  arg,
  call,
  casGToWaitingForGC,
  casgstatusBack,
  curg,
  fatal,
  gp,
  group,
  i,
  iff,
  leave,
  lend,
  line,
  loop,
  type Node,
  numberLocal,
  operand,
  pp,
  preemptM,
  reads,
  reason,
  releasem,
  releasemOnG0,
  routine,
  setFlag,
  setWaitreason,
  systemstack,
  tl,
  writes,
} from './words';

/**
 * Stopping every P, and asking every P to run a function. Source: stopTheWorld, stopTheWorldWithSema,
 * startTheWorldWithSema, preemptall, forEachP in runtime/proc.go.
 *
 * Left out: the rest of procresize (the number of Ps is fixed), the network poller, times, P.preempt, the checks that no lock
 * is held and that every P has stopped, and sysmon, which asks goroutines that run for long to yield: here only those who
 * stop the world, forEachP and suspenders ask. The waits repeat their preemption requests, as Go does every 100 µs, where that sets a flag.
 */

const g = gKind.col;
const p = pKind.col;
const sched = schedKind.col;
export const pi = operand('allp[i]', (w: Runtime): P => w.ps[i(w)]!);

export const forEachOtherP = (text: string, ...nodes: Node<Runtime>[]): Node<Runtime> =>
  loop(
    text,
    iff('i == len(allp)', (w) => i(w) === w.ps.length, [], [leave]),
    iff('allp[i] != pp', (w) => pi(w) !== w.m.p, [], nodes),
    line('i++', { run: (w) => i.set(w, i(w) + 1) }),
  );

const theirM = actorLocal<M>('mp', 2, 'M');

/** Asks whoever runs on a P to stop; `unless` tells whom not to ask. */
export const askToStop = (unless: (asks: Node<Runtime>[]) => Node<Runtime>[] = (it) => it): Node<Runtime> =>
  iff(
    'mp = allp[i].m; mp != nil',
    (w) => {
      const it = pi(w).m;
      if (it !== undefined) theirM.set(w, it);
      return it !== undefined;
    },
    [reads(p.m, pi)],
    [
      iff(
        'gp = mp.curg; gp != nil',
        (w) => {
          const it = theirM(w).curg;
          if (it !== undefined) gp.set(w, it);
          return it !== undefined;
        },
        [reads(mKind.col.curg, theirM)],
        unless([setFlag(gp, 'preempt', true), setFlag(gp, 'stackPreempt', true), preemptM('mp', theirM)]),
      ),
    ],
  );

/** Writes into goroutines that the M does not own. */
export const preemptall = routine(
  'preemptall',
  'runtime/proc.go',
  [gp, theirM, i],
  [
    forEachOtherP(
      'for each P: preemptone',
      iff('allp[i].status == Prunning', (w) => pi(w).status === Prunning, [reads(p.status, pi)], [askToStop()]),
    ),
  ],
);

/** Whether repeating the requests would reach somebody: a P that still runs a goroutine whose request was lost. */
function isRequestLost(w: Runtime): boolean {
  for (const it of w.ps) {
    const g = it.m?.curg;
    if (it === w.m.p || it.status !== Prunning || g === undefined || g.status === Gsyscall) continue;
    if (!(g.preempt && g.stackPreempt)) return true;
  }
  return false;
}
const lostTouches = [
  reads<Runtime>(p.m),
  reads<Runtime>(p.status),
  reads<Runtime>(mKind.col.curg),
  reads<Runtime>(g.status),
  reads<Runtime>(g.preempt),
  reads<Runtime>(g.stackPreempt),
];

/** Where the M that stops the world waits, and the one in forEachP. */
export const STOP_LINE = 'notetsleep(&sched.stopnote)';
const SAFE_POINT_LINE = 'notetsleep(&sched.safePointNote)';

export const stopTheWorldWithSema = routine(
  'stopTheWorldWithSema',
  'runtime/proc.go',
  [gp, tl, i],
  [
    traceAcquire(),
    event('STWStart', { stack: true }),
    traceRelease(),
    lockSched(),
    line('sched.stopwait = gomaxprocs', {
      run: (w) => {
        w.sched.stopwait = w.ps.length;
      },
      touches: [writes(sched.stopwait)],
    }),
    line('sched.gcwaiting.Store(true)', {
      run: (w) => {
        w.sched.gcwaiting = true;
      },
      touches: [writes(sched.gcwaiting)],
    }),
    call('preemptall'),
    line('pp.status = Pgcstop; sched.stopwait--', {
      run: (w) => stopP(w, w.m.p!),
      touches: [writes(p.status, pp), writes(sched.stopwait)],
    }),
    traceAcquire('traceAcquire, to steal'),
    forEachOtherP(
      'for each P in a system call',
      iff(
        's == Psyscall && CompareAndSwap(&allp[i].status, s, Pgcstop)',
        (w) => {
          if (pi(w).status !== Psyscall) return false;
          pi(w).status = Pgcstop;
          return true;
        },
        [writes(p.status, pi)],
        [event('ProcSteal'), addTick(pi), stopwaitDown()],
      ),
    ),
    traceRelease('traceRelease, to steal'),
    line('pidleget for every idle P: Pgcstop; sched.stopwait--', {
      run: (w) => {
        for (const it of w.ps) {
          if (!it.idle) continue;
          it.idle = false;
          stopP(w, it);
        }
      },
      touches: [writes(p.status), writes(p.idle), writes(sched.stopwait)],
    }),
    unlockSched(),
    loop(
      'for sched.stopwait > 0',
      line(STOP_LINE, {
        when: (w) => w.sched.stopwait === 0 || isRequestLost(w),
        touches: [reads(sched.stopwait), ...lostTouches],
      }),
      iff('sched.stopwait == 0', (w) => w.sched.stopwait === 0, [reads(sched.stopwait)], [leave]),
      call('preemptall'),
    ),
  ],
);

/** The Ps whose Ms wait in gcstopm to be given them back, a bit each: what procresize returns. */
const runnablePs = numberLocal('runnablePs', 4);

export const startTheWorldWithSema = routine(
  'startTheWorldWithSema',
  'runtime/proc.go',
  [tl, i, runnablePs],
  [
    acquirem,
    lockSched(),
    traceAcquire('traceAcquire, in procresize'),
    event('Gomaxprocs', { stack: true }),
    traceRelease('traceRelease, in procresize'),
    line('runnablePs = procresize(procs)', {
      run: (w) => {
        let runnable = 0;
        for (const it of w.ps) {
          it.status = it === w.m.p ? Prunning : Pidle;
          it.idle = it.m === undefined;
          if (it.m !== undefined) runnable |= 1 << it.index;
        }
        runnablePs.set(w, runnable);
      },
      touches: [writes(p.status), reads(p.m), writes(p.idle)],
    }),
    line('sched.gcwaiting.Store(false)', {
      run: (w) => {
        w.sched.gcwaiting = false;
      },
      touches: [writes(sched.gcwaiting)],
    }),
    unlockSched(),
    forEachOtherP(
      'for each P: wake its M',
      iff(
        'allp[i] is one of runnablePs',
        (w) => (runnablePs(w) & (1 << i(w))) !== 0,
        [],
        [
          line('notewakeup(&mp.park)', {
            run: (w) => {
              pi(w).status = Prunning;
            },
            touches: [writes(p.status, pi)],
          }),
        ],
      ),
    ),
    traceAcquire(),
    event('STWDone'),
    traceRelease(),
    releasemOnG0,
  ],
);

export const setPreemptoff = (to: boolean): Node<Runtime> =>
  line(`mp.preemptoff = ${to ? 'reason' : '""'}`, {
    run: (w) => {
      w.m.preemptoff = to;
    },
  });

export const stopTheWorld = routine(
  'stopTheWorld',
  'runtime/proc.go',
  [],
  [semacquire('worldsema'), setPreemptoff(true), systemstack('stopTheWorld.func1')],
);

export const stopTheWorld_func1 = routine(
  'stopTheWorld.func1',
  'runtime/proc.go',
  [],
  [casGToWaitingForGC(curg, reason('StoppingTheWorld')), call('stopTheWorldWithSema'), casgstatusBack(curg)],
);

export const startTheWorld = routine(
  'startTheWorld',
  'runtime/proc.go',
  [],
  [systemstack('startTheWorldWithSema'), acquirem, setPreemptoff(false), semrelease('worldsema', true), releasem],
);

/** What a program does with a stopped world, such as runtime.ReadMemStats. */
export const readMemStats = routine(
  'ReadMemStats',
  'runtime/mstats.go',
  [],
  [call('stopTheWorld'), call('startTheWorld')],
);

/** What goroutines may be while the world is stopped. Go 1.26 means to allow Running in a system call, and throws all the same. */
const stoppedStatuses: readonly number[] = [Grunnable, Gsyscall, Gwaiting, Gdead];

/** A heap dump: the stopper waits for a reason that is not in the table, which the stopped world makes safe. */
export const writeHeapDump = routine(
  'WriteHeapDump',
  'runtime/heapdump.go',
  [],
  [call('stopTheWorld'), systemstack('writeheapdump_m'), call('startTheWorld')],
);
export const writeheapdump_m = routine(
  'writeheapdump_m',
  'runtime/heapdump.go',
  [gp, tl, i],
  [
    group('casGToWaiting(curg, Grunning, DumpingHeap)', setWaitreason(curg, reason('DumpingHeap')), lend(curg)),
    line('mdump', {}),
    loop(
      'dumpgs: forEachG',
      iff('i == len(allgs)', (w) => i(w) === w.gs.length, [], [leave]),
      line('gp = allgs[i]', { run: (w) => gp.set(w, w.gs[i(w)]!) }),
      iff(
        'readgstatus(gp) is none of a stopped world',
        (w) => !stoppedStatuses.includes(gp(w).status),
        [reads(g.status, gp)],
        [fatal('dumpgs in STW - bad status')],
      ),
      line('i++', { run: (w) => i.set(w, i(w) + 1) }),
    ),
    casgstatusBack(curg),
  ],
);

const why = numberLocal('reason', 2);
const whose = numberLocal('reason', 4);
const seen = numberLocal('s', 5);

/** Makes every P run a function; `reason` says whose. */
export const forEachP = (name: WaitReason): Node<Runtime> => systemstack('forEachP.func1', arg(why, reason(name)));

export const forEachP_func1 = routine(
  'forEachP.func1',
  'runtime/proc.go',
  [why],
  [casGToWaitingForGC(curg, why), call('forEachPInternal', arg(whose, why)), casgstatusBack(curg)],
);

const TRACE_PROC_STATUS = reason('TraceProcStatus');

/** Takes over the running of the safe-point function for a P that cannot do so itself. */
function claimsSafePoint(w: Runtime, isMine: boolean): boolean {
  if (!isMine || !pi(w).runSafePointFn) return false;
  pi(w).runSafePointFn = false;
  return true;
}
const safePointWaitDown = line('sched.safePointWait--', {
  run: (w: Runtime) => {
    w.sched.safePointWait--;
  },
  touches: [writes(sched.safePointWait)],
});

const pidleput = line('handoffp: pidleput', {
  run: (w: Runtime) => {
    pi(w).idle = true;
  },
  touches: [writes(p.idle, pi)],
});
/**
 * Hands over a P that was taken from a system call. Where there is work for it, a new M may be wanted, whose allocation may
 * sweep and tell the trace so (there is no sweeping while the GC marks); whoever takes the P then runs the safe-point
 * function. Otherwise the M at hand does.
 */
export const handoffp = (): Node<Runtime> =>
  iff(
    'handoffp: there is work for the P',
    (w) => w.way === 1,
    [],
    [
      iff(
        'startm: newm allocates, and sweeps',
        (w) => w.work.phase === 0,
        [reads(workKind.col.phase)],
        [
          traceAcquire('traceAcquire, to sweep'),
          event('GCSweepStart', { stack: true }),
          event('GCSweepDone'),
          traceRelease('traceRelease, to sweep'),
        ],
      ),
      pidleput,
    ],
    [
      lockSched(),
      iff(
        'CompareAndSwap(&allp[i].runSafePointFn, 1, 0)',
        (w) => claimsSafePoint(w, true),
        [writes(p.runSafePointFn, pi)],
        [call('safePointFn'), safePointWaitDown],
      ),
      pidleput,
      unlockSched(),
    ],
    () => 2,
  );

export const forEachPInternal = routine(
  'forEachPInternal',
  'runtime/proc.go',
  [gp, tl, i, whose, seen],
  [
    acquirem,
    // Who has just started the world is left here now and then, so that somebody enters a system call before.
    { ...lockSched(), fragile: 3 },
    line('sched.safePointWait, sched.safePointFn = gomaxprocs-1, fn', {
      run: (w) => {
        w.sched.safePointWait = w.ps.length - 1;
        w.sched.safePointFn = Number(whose(w) === TRACE_PROC_STATUS(w));
      },
      touches: [writes(sched.safePointWait), writes(sched.safePointFn)],
    }),
    forEachOtherP(
      'for each P',
      line('allp[i].runSafePointFn = 1', {
        run: (w) => {
          pi(w).runSafePointFn = true;
        },
        touches: [writes(p.runSafePointFn, pi)],
      }),
    ),
    call('preemptall'),
    line('i = 0', { run: (w) => i.set(w, 0) }),
    forEachOtherP(
      'for each idle P',
      iff(
        'allp[i] is idle && CompareAndSwap(&allp[i].runSafePointFn, 1, 0)',
        (w) => claimsSafePoint(w, pi(w).idle),
        [writes(p.runSafePointFn, pi), reads(p.idle, pi)],
        [call('safePointFn'), safePointWaitDown],
      ),
    ),
    unlockSched(),
    call('safePointFn'),
    line('i = 0, again', { run: (w) => i.set(w, 0) }),
    forEachOtherP(
      'for each P in a system call',
      line('s = allp[i].status', { run: (w) => seen.set(w, pi(w).status), touches: [reads(p.status, pi)] }),
      traceAcquire(),
      iff(
        's == Psyscall && allp[i].runSafePointFn == 1',
        (w) => seen(w) === Psyscall && pi(w).runSafePointFn,
        [reads(p.runSafePointFn, pi)],
        [
          iff(
            'CompareAndSwap(&allp[i].status, s, Pidle)',
            (w) => {
              if (pi(w).status !== Psyscall) return false;
              pi(w).status = Pidle;
              return true;
            },
            [writes(p.status, pi)],
            [event('ProcSteal'), traceRelease(), addTick(pi), handoffp()],
            [traceRelease('traceRelease, too late')],
          ),
        ],
        [traceRelease('traceRelease, for nothing')],
      ),
    ),
    loop(
      'for sched.safePointWait > 0',
      line(SAFE_POINT_LINE, {
        when: (w) => w.sched.safePointWait === 0 || isRequestLost(w),
        touches: [reads(sched.safePointWait), ...lostTouches],
      }),
      iff('sched.safePointWait == 0', (w) => w.sched.safePointWait === 0, [reads(sched.safePointWait)], [leave]),
      call('preemptall'),
    ),
    releasemOnG0,
  ],
);

/** The function that forEachP passes: the tracer's writes a P status; the GC's touch no stack and are left out. */
export const safePointFn = routine(
  'safePointFn',
  'runtime/trace2.go',
  [gp, tl],
  [
    iff(
      "fn is the tracer's",
      (w) => w.sched.safePointFn === 1,
      [reads(sched.safePointFn)],
      [traceAcquire(), bufWrite('writeProcStatusForP'), traceRelease()],
    ),
  ],
);
