import { forEachOtherP, isRequestLost, lostTouches, pi } from './preemptall';
import { addTick, lockSched, unlockSched } from './procs';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { acquirem, actorLocal, again, arg, call, casGToWaitingForGC, casgstatusBack, curg, event, gp, i, iff, leave,
  line, loop, type Node, numberLocal, type P, Pgcstop, Pidle, Psyscall, pKind, pp, reads, reason, releasemOnG0,
  routine, schedKind, systemstack, tl, traceAcquire, traceRelease, type WaitReason, workKind, writeProcStatusForP,
  writes } from './words';

/**
 * Asking every P to run a function, at its next safe point or on its behalf. Source: forEachP, forEachPInternal,
 * handoffp in runtime/proc.go.
 *
 * Left out: every function but the tracer's, as those of the GC touch no stack; times.
 */

const p = pKind.col;
const sched = schedKind.col;
/** Where the M in forEachP waits. */
const SAFE_POINT_LINE = 'notetsleep(&sched.safePointNote)';
/** The P that a safe-point function is about. */
export const whoseP = actorLocal<P>('pp', 3, 'P');
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

const sweeps = iff(
  'startm: newm allocates, and sweeps',
  (w: Runtime) => w.work.phase === 0,
  [reads<Runtime>(workKind.col.phase)],
  [
    traceAcquire('traceAcquire, to sweep'),
    event('GCSweepStart', { stack: true }),
    event('GCSweepDone'),
    traceRelease('traceRelease, to sweep'),
  ],
);

/** Whoever stops the world has counted on a P that somebody else has taken meanwhile. */
const stopsForGC = iff(
  'sched.gcwaiting',
  (w: Runtime) => w.sched.gcwaiting,
  [reads<Runtime>(sched.gcwaiting)],
  [
    line('allp[i].status = Pgcstop; sched.stopwait--', {
      run: (w: Runtime) => {
        pi(w).status = Pgcstop;
        w.sched.stopwait--;
      },
      touches: [writes<Runtime>(p.status, pi), writes<Runtime>(sched.stopwait)],
    }),
    unlockSched(),
    again,
  ],
);

/**
 * Hands over a P that was taken from a system call. Where there is work for it, a new M may be wanted, whose allocation
 * may sweep and tell the trace so (there is no sweeping while the GC marks); whoever takes the P then runs the
 * safe-point function. Otherwise the M at hand does. Without a P of its own (`hasP`), an M borrows that one to
 * allocate, and sweeps nothing here; it may meet somebody who stops the world.
 */
export const handoffp = (hasP = true): Node<Runtime> =>
  iff(
    'handoffp: there is work for the P',
    (w) => w.way === 1,
    [],
    [...(hasP ? [sweeps] : []), pidleput],
    [
      lockSched(),
      ...(hasP ? [] : [stopsForGC]),
      iff(
        'CompareAndSwap(&allp[i].runSafePointFn, 1, 0)',
        (w) => claimsSafePoint(w, true),
        [writes(p.runSafePointFn, pi)],
        [call('safePointFn', arg(whoseP, pi)), safePointWaitDown],
      ),
      pidleput,
      unlockSched(),
    ],
    () => 2,
  );

/** In a section, which it ends: takes a P that has been seen in a system call, if it still is, and hands it over. */
export const takeFromSyscall = (hasP: boolean): Node<Runtime> =>
  iff(
    'CompareAndSwap(&allp[i].status, s, Pidle)',
    (w) => {
      if (pi(w).status !== Psyscall) return false;
      pi(w).status = Pidle;
      return true;
    },
    [writes(p.status, pi)],
    [event('ProcSteal', { proc: pi, withoutP: !hasP }), traceRelease(), addTick(pi), handoffp(hasP)],
    [traceRelease('traceRelease, too late')],
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
        [call('safePointFn', arg(whoseP, pi)), safePointWaitDown],
      ),
    ),
    unlockSched(),
    call('safePointFn', arg(whoseP, pp)),
    line('i = 0, again', { run: (w) => i.set(w, 0) }),
    forEachOtherP(
      'for each P in a system call',
      line('s = allp[i].status', { run: (w) => seen.set(w, pi(w).status), touches: [reads(p.status, pi)] }),
      traceAcquire(),
      iff(
        's == Psyscall && allp[i].runSafePointFn == 1',
        (w) => seen(w) === Psyscall && pi(w).runSafePointFn,
        [reads(p.runSafePointFn, pi)],
        [takeFromSyscall(true)],
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
  [gp, tl, whoseP],
  [
    iff(
      "fn is the tracer's",
      (w) => w.sched.safePointFn === 1,
      [reads(sched.safePointFn)],
      [
        traceAcquire(),
        iff('trace.ok()', (w) => tl(w) !== 0, [], [writeProcStatusForP(whoseP, () => false)]),
        traceRelease(),
      ],
    ),
  ],
);
