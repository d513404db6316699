import { forEachOtherP, isRequestLost, lostTouches, pi } from './preemptall';
import { addTick, lockSched, stopwaitDown, unlockSched } from './procs';
import type { Runtime } from './runtime';
import { stopP } from './schedule';
import { semacquire, semrelease } from './sema';
// biome-ignore format: words, not a wall
import { acquirem, call, casGToWaitingForGC, casgstatusBack, curg, event, gp, i, iff, leave, line, loop, type Node,
  Pgcstop, Pidle, Prunning, Psyscall, pKind, pp, reads, reason, releasem, releasemOnG0, routine, schedKind,
  systemstack, tl, traceAcquire, traceRelease, writes } from './words';

/**
 * Stopping every P, and starting them again. Source: stopTheWorld, stopTheWorldWithSema, startTheWorldWithSema in
 * runtime/proc.go.
 *
 * Left out: times; the number of Ps is fixed. Go hands a P with a queue of its own to a certain M; here the first M
 * that waits for one takes it.
 */

const p = pKind.col;
const sched = schedKind.col;

/** Where the M that stops the world waits. */
export const STOP_LINE = 'notetsleep(&sched.stopnote)';

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
        [event('ProcSteal', { proc: pi }), addTick(pi), stopwaitDown()],
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

export const startTheWorldWithSema = routine(
  'startTheWorldWithSema',
  'runtime/proc.go',
  [tl],
  [
    acquirem,
    lockSched(),
    traceAcquire('traceAcquire, in procresize'),
    event('Gomaxprocs', { stack: true }),
    traceRelease('traceRelease, in procresize'),
    line('procresize(procs): every other P is idle', {
      run: (w) => {
        for (const it of w.ps) {
          it.status = it === w.m.p ? Prunning : Pidle;
          it.idle = it !== w.m.p;
        }
      },
      touches: [writes(p.status), writes(p.idle)],
    }),
    line('sched.gcwaiting.Store(false)', {
      run: (w) => {
        w.sched.gcwaiting = false;
      },
      touches: [writes(sched.gcwaiting)],
    }),
    unlockSched(),
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
