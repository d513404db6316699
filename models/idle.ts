import { lowest } from './assist';
import { inject, isAnyPolled, mayPoll, netpoll, pollTouches, ready } from './netpoll';
import { acquirep, isAnyIdle, lockSched, oldp, releasep, takeIdle, unlockSched } from './procs';
import { availableTouches } from './reader';
import type { Runtime } from './runtime';
import { isThereWork } from './schedule';
// biome-ignore format: words, not a wall
import { arg, casgstatus, event, Grunnable, Gwaiting, gp, iff, line, type Node, type P, pKind, pp, reads, routine,
  schedKind, tail, tl, traceAcquire, traceKind, traceRelease, workKind, writes } from './words';

/**
 * An M with nothing to do lets go of its P, polls the network where nobody does, and waits. Source: the end of
 * findRunnable, and stopm in runtime/proc.go.
 *
 * Left out: who wakes an M: it wakes by itself where there is an idle P and work for it; the looks at the queues again
 * behind the release, which that covers; spinning; deadlines.
 */

const p = pKind.col;
const sched = schedKind.col;

/** Where an M without a P waits. */
export const NO_P_LINE = 'stopm: until somebody hands over a P';

/** A P that has still to be asked: whoever took it from a system call has handed it to an M, not to the list. */
function handedOver(w: Runtime): P | undefined {
  for (const it of w.ps) if (it.idle && it.runSafePointFn) return it;
  return undefined;
}

export const waitForP = (byShutdown: boolean): Node<Runtime> =>
  line(NO_P_LINE, {
    when: (w) =>
      !w.sched.lock &&
      isAnyIdle(w) &&
      (!w.program.idle || w.sched.gcwaiting || handedOver(w) !== undefined || isThereWork(w, byShutdown)),
    run: (w) => {
      const it = handedOver(w);
      if (it === undefined) takeIdle(w);
      else {
        it.idle = false;
        oldp.set(w, it);
      }
    },
    touches: [
      writes(p.idle),
      reads(p.runSafePointFn),
      reads(traceKind.col.enabled),
      ...[sched.lock, sched.gcwaiting, sched.runqsize, sched.timers, sched.idleWorkers].map((it) => reads<Runtime>(it)),
      reads(workKind.col.gcBlackenEnabled),
      reads(workKind.col.markrootNext),
      reads(workKind.col.markrootJobs),
      ...pollTouches,
      ...availableTouches,
    ],
  });

export const stopm = routine(
  'stopm',
  'runtime/proc.go',
  [gp, tl, oldp],
  [waitForP(true), ...acquirep(tail('schedule'))],
);

const POLL = 'netpoll(delay)';
/** Where an M without a P waits for the network. */
export const POLL_LINE = `list = ${POLL}`;

export const findNothing = routine(
  'findRunnable, with nothing to do',
  'runtime/proc.go',
  [gp, tl, oldp, ready],
  [
    lockSched(),
    iff(
      'sched.gcwaiting || pp.runSafePointFn != 0',
      (w) => w.sched.gcwaiting || pp(w).runSafePointFn,
      [reads(sched.gcwaiting), reads(p.runSafePointFn, pp)],
      [unlockSched(), tail('schedule')],
    ),
    iff('sched.runqsize != 0', (w) => w.sched.runqsize > 0, [reads(sched.runqsize)], [unlockSched(), tail('schedule')]),
    ...releasep,
    line('pidleput(pp)', {
      run: (w) => {
        oldp(w).idle = true;
      },
      touches: [writes(p.idle, oldp)],
    }),
    unlockSched(),
    iff(
      'netpollAnyWaiters() && sched.lastpoll.Swap(0) != 0',
      (w) => {
        if (!mayPoll(w)) return false;
        w.sched.polling = true;
        return true;
      },
      [...pollTouches, writes(sched.polling)],
      [
        // It comes back when it will: while the world is stopped, too, or the tracer starts.
        { ...netpoll(POLL, isAnyPolled), fragile: 3 },
        line('sched.lastpoll.Store(now)', {
          run: (w) => {
            w.sched.polling = false;
          },
          touches: [writes(sched.polling)],
        }),
        lockSched(),
        iff(
          'pp = pidleget(); pp != nil',
          takeIdle,
          [writes(p.idle)],
          [
            unlockSched(),
            ...acquirep(
              line('gp = list.pop()', {
                run: (w) => {
                  gp.set(w, w.gs[lowest(ready(w))]!);
                  ready.set(w, ready(w) & (ready(w) - 1));
                },
              }),
              inject,
              traceAcquire(),
              casgstatus(gp, Gwaiting, Grunnable),
              event('GoUnpark', { stack: true, target: gp }),
              traceRelease(),
              tail('execute', arg(gp, gp)),
            ),
          ],
        ),
        unlockSched(),
        inject,
      ],
    ),
    tail('stopm'),
  ],
);
