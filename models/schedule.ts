import { whoseP } from './foreachp';
import { mayPoll, pollTouches } from './netpoll';
import { oldp, releasep } from './procs';
import { availableTouches, readerToWake } from './reader';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { arg, call, casgstatus, event, fatal, type G, Grunnable, Grunning, Gwaiting, gKind, gogo, gp, group, i, iff,
  line, mKind, mp, type Node, type P, Pgcstop, pKind, pp, reads, routine, schedKind, setFlag, tail, tl, traceAcquire,
  traceKind, traceRelease, workKind, writes } from './words';

/**
 * What an M does on g0 between two goroutines. Source: schedule, findRunnable, execute, gcstopm in runtime/proc.go.
 *
 * Left out: run queues' order, stealing, spinning, thread locking. In programs without idle Ps, an M with nothing to do
 * keeps its P and waits in findRunnable for something to come up.
 */

const g = gKind.col;
const sched = schedKind.col;
const work = workKind.col;

/** What findRunnable picked: a queued goroutine, a sleeper whose timer fires, or a GC worker. */
const QUEUED = 1;
const SLEEPER = 2;
const WORKER = 3;
const READER = 4;
const POLLED = 5;
const hasMarkWork = (w: Runtime): boolean => w.work.gcBlackenEnabled && w.work.markrootNext < w.work.markrootJobs;

/** Something to run, for whoever has a P. */
const isQueued = (w: Runtime, byShutdown: boolean): boolean =>
  w.sched.runqsize > 0 ||
  w.sched.timers > 0 ||
  readerToWake(w, byShutdown) !== undefined ||
  (w.sched.idleWorkers > 0 && hasMarkWork(w));

/** The same, or what the network has. */
export const isThereWork = (w: Runtime, byShutdown: boolean): boolean => isQueued(w, byShutdown) || mayPoll(w);

const isWanted = (w: Runtime): boolean => w.sched.gcwaiting || w.m.p!.runSafePointFn;

/** What a goroutine is to an M that looks for something to run, or 0. */
function pickable(w: Runtime, it: G, byShutdown: boolean): number {
  if (it.queued) return QUEUED;
  if (it === readerToWake(w, byShutdown)) return READER;
  if (it.polled) return w.sched.polling ? 0 : POLLED;
  if (!it.wakeable) return 0;
  if (w.isWorker(it)) return hasMarkWork(w) ? WORKER : 0;
  return it === w.sweeper ? 0 : SLEEPER;
}

function countPickable(w: Runtime, byShutdown: boolean): number {
  let count = 0;
  for (const it of w.gs) if (pickable(w, it, byShutdown) !== 0) count++;
  return count;
}

/** Takes the goroutine off its queue, timer heap or pool; the reader of the trace is only found. */
function pick(w: Runtime, byShutdown: boolean): void {
  let left = w.way;
  i.set(w, 0);
  for (const it of w.gs) {
    const what = pickable(w, it, byShutdown);
    if (what === 0 || left-- > 0) continue;
    gp.set(w, it);
    i.set(w, what);
    if (what === QUEUED) {
      it.queued = false;
      w.sched.runqsize--;
    } else if (what === POLLED) it.polled = false;
    else if (what !== READER) {
      it.wakeable = false;
      if (what === SLEEPER) w.sched.timers--;
      else w.sched.idleWorkers--;
    }
    return;
  }
}

const workTouches = [
  reads<Runtime>(sched.gcwaiting),
  reads<Runtime>(sched.runqsize),
  reads<Runtime>(sched.timers),
  reads<Runtime>(sched.idleWorkers),
  reads<Runtime>(pKind.col.runSafePointFn, pp),
  reads<Runtime>(work.gcBlackenEnabled),
  reads<Runtime>(work.markrootNext),
  reads<Runtime>(work.markrootJobs),
  reads<Runtime>(traceKind.col.enabled),
  ...availableTouches,
  ...pollTouches,
];

/** Where idle Ms wait. */
export const IDLE_LINE = 'findRunnable: until there is something to do';

/**
 * Up to Go 1.24 the reader of the trace is woken while the tracer shuts down, whether or not there is something to
 * read.
 */
export const waitForWork = (byShutdown: boolean): Node<Runtime>[] => [
  iff(
    'nothing to do',
    (w) => w.program.idle && !isWanted(w) && !isQueued(w, byShutdown) && (!mayPoll(w) || w.way === 0),
    workTouches,
    [tail('findRunnable, with nothing to do')],
    [],
    // The network may be ready already, or not yet.
    (w) => (w.program.idle && mayPoll(w) ? 2 : 1),
  ),
  line(IDLE_LINE, { when: (w) => isWanted(w) || isThereWork(w, byShutdown), touches: workTouches }),
];

/** Where an M takes something to do. */
export const PICK_LINE = 'findRunnable: runqget, checkTimers, traceReaderAvailable or findRunnableGCWorker';

export const pickWork = (byShutdown: boolean): Node<Runtime>[] => [
  line(PICK_LINE, {
    run: (w) => pick(w, byShutdown),
    ways: (w) => countPickable(w, byShutdown),
    touches: [
      writes(g.queued),
      writes(g.wakeable),
      writes(g.polled),
      reads(sched.polling),
      writes(sched.runqsize),
      writes(sched.timers),
      writes(sched.idleWorkers),
      reads(work.gcBlackenEnabled),
      reads(work.markrootNext),
      reads(work.markrootJobs),
      reads(traceKind.col.enabled),
      ...availableTouches,
    ],
  }),
];

export const schedule = routine(
  'schedule',
  'runtime/proc.go',
  [gp, tl, i],
  [
    iff('mp.locks != 0', (w) => w.m.locks !== 0, [], [fatal('schedule: holding locks')]),
    group('findRunnable waits', ...waitForWork(true)),
    iff('sched.gcwaiting', (w) => w.sched.gcwaiting, [reads(sched.gcwaiting)], [tail('gcstopm')]),
    iff(
      'pp.runSafePointFn != 0',
      (w) => pp(w).runSafePointFn,
      [reads(pKind.col.runSafePointFn, pp)],
      [call('runSafePointFn')],
    ),
    ...pickWork(true),
    iff('gp == nil', (w) => i(w) === 0, [], [tail('schedule')]),
    iff('gp sleeps', (w) => i(w) === SLEEPER, [], [call('ready', arg(gp, gp)), tail('schedule')]),
    iff(
      'gp is the reader of the trace',
      (w) => i(w) === READER,
      [],
      [
        iff(
          '!trace.reader.CompareAndSwap(gp, nil)',
          (w) => {
            if (w.trace.reader !== gp(w)) return true;
            w.trace.reader = undefined;
            return false;
          },
          [writes(traceKind.col.reader)],
          [tail('schedule')],
        ),
      ],
    ),
    iff(
      'gp is a GC worker, the reader of the trace, or one that has waited for the network',
      (w) => i(w) === WORKER || i(w) === READER || i(w) === POLLED,
      [],
      [
        traceAcquire(),
        casgstatus(gp, Gwaiting, Grunnable),
        event('GoUnpark', { stack: true, target: gp }),
        traceRelease(),
      ],
    ),
    tail('execute', arg(gp, gp)),
  ],
);

/** Stops the M's P for somebody who stops the world, and waits for another. */
export const gcstopm = routine(
  'gcstopm',
  'runtime/proc.go',
  [tl, oldp],
  [
    iff(
      '!sched.gcwaiting',
      (w) => !w.sched.gcwaiting,
      [reads(sched.gcwaiting)],
      [fatal('gcstopm: not waiting for gc')],
    ),
    ...releasep,
    line('lock(&sched.lock); pp.status = Pgcstop; sched.stopwait--; unlock', {
      when: (w) => !w.sched.lock,
      run: (w) => stopP(w, oldp(w)),
      touches: [reads(sched.lock), writes(pKind.col.status, oldp), writes(sched.stopwait)],
    }),
    tail('stopm'),
  ],
);

export function stopP(w: Runtime, p: P): void {
  p.status = Pgcstop;
  w.sched.stopwait--;
}

/** Runs the function that forEachP asks every P to run. */
export const runSafePointFn = routine(
  'runSafePointFn',
  'runtime/proc.go',
  [gp, tl],
  [
    iff(
      'pp.runSafePointFn.CompareAndSwap(1, 0)',
      (w) => {
        const p = pp(w);
        if (!p.runSafePointFn) return false;
        p.runSafePointFn = false;
        return true;
      },
      [writes(pKind.col.runSafePointFn, pp)],
      [
        call('safePointFn', arg(whoseP, pp)),
        line('lock(&sched.lock); sched.safePointWait--; unlock', {
          when: (w) => !w.sched.lock,
          run: (w) => {
            w.sched.safePointWait--;
          },
          touches: [reads(sched.lock), writes(sched.safePointWait)],
        }),
      ],
    ),
  ],
);

/** Hands the M over to a goroutine that was taken off a queue. */
export const execute = routine(
  'execute',
  'runtime/proc.go',
  [gp, tl],
  [
    iff(
      'goroutineProfile.active',
      (w) => w.sched.profileActive,
      [reads(sched.profileActive)],
      [call('tryRecordGoroutineProfile, on g0', arg(gp, gp))],
    ),
    line('mp.curg = gp', {
      run: (w) => {
        w.m.curg = gp(w);
      },
      touches: [writes(mKind.col.curg, mp)],
    }),
    line('gp.m = mp', {
      run: (w) => {
        gp(w).m = w.m;
      },
      touches: [writes(g.m, gp)],
    }),
    casgstatus(gp, Grunnable, Grunning),
    setFlag(gp, 'preempt', false),
    setFlag(gp, 'stackPreempt', false),
    traceAcquire(),
    event('GoStart'),
    traceRelease(),
    gogo(gp),
  ],
);
