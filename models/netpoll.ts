import { list } from './assist';
import { park } from './park';
import type { Runtime } from './runtime';
import {
  arg,
  call,
  gKind,
  gp,
  iff,
  type Line,
  line,
  type Node,
  numberLocal,
  reads,
  returns,
  routine,
  schedKind,
  writes,
} from './words';

/**
 * Waiting for the network. Source: netpollblock, netpollblockcommit in runtime/netpoll.go.
 *
 * Left out: files and their two semaphores: each goroutine has one that becomes ready when somebody polls; deadlines,
 * and the counter of waiters.
 */

const g = gKind.col;

export const netpollblock = routine('netpollblock', 'runtime/netpoll.go', [], [park('IOWait', 'netpollblockcommit')]);

export const netpollblockcommit = routine(
  'netpollblockcommit',
  'runtime/netpoll.go',
  [gp],
  [
    line('pd.rg.CompareAndSwap(pdWait, gp)', {
      run: (w) => {
        gp(w).polled = true;
      },
      touches: [writes(g.polled, gp)],
    }),
    returns('true', () => 1),
  ],
);

export const isAnyPolled = (w: Runtime): boolean => {
  for (const it of w.gs) if (it.polled) return true;
  return false;
};

/** Those that are ready, a bit each. */
export const ready = numberLocal('list', 4);

/** Finds one of those that wait, or all. */
export const netpoll = (text: string, when: (w: Runtime) => boolean = () => true): Line<Runtime> =>
  line(`list = ${text}`, {
    when,
    run: (w) => {
      let left = w.way - 1;
      let found = 0;
      for (const it of w.gs) {
        if (!it.polled || (w.way > 0 && left-- !== 0)) continue;
        it.polled = false;
        found |= 1 << it.index;
      }
      ready.set(w, found);
    },
    ways: (w) => {
      const count = w.countGs(({ polled }) => polled);
      return count < 2 ? 1 : 1 + count;
    },
    touches: [writes(g.polled)],
  });

/** Nobody else waits in a poll. */
export const mayPoll = (w: Runtime): boolean => !w.sched.polling && isAnyPolled(w);
export const pollTouches = [reads<Runtime>(g.polled), reads<Runtime>(schedKind.col.polling)];

export const inject: Node<Runtime> = iff(
  'the list is not empty',
  (w: Runtime) => ready(w) !== 0,
  [],
  [call('injectglist, on g0', arg(list, ready))],
);
