import type { Touch } from '../harness/language';
import { takeFromSyscall } from './foreachp';
import { inject, mayPoll, netpoll, pollTouches, ready } from './netpoll';
import { forEachOtherP, pi } from './preemptall';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { again, Gsyscall, gKind, gp, i, iff, line, loop, mKind, type Node, numberLocal, Prunning,
  Psyscall, pKind, reads, routine, schedKind, tl, traceAcquire, writes } from './words';

/**
 * The monitor: an M without a P that polls the network, and takes Ps from system calls. Source: sysmon, retake in
 * runtime/proc.go.
 *
 * Left out: how long it sleeps (it wakes when there is something to do, and now and then too late); preemption of
 * goroutines that run for long; the scavenger and the periodic GC.
 */

const p = pKind.col;
const sched = schedKind.col;
const seen = numberLocal('s', 5);

/** Where it sleeps. */
export const SYSMON_LINE = 'usleep(delay), until there is something to do';

/** A P that somebody has taken into a system call. */
const isInSyscall = (w: Runtime): boolean => {
  for (const it of w.ps) if (it.status === Psyscall) return true;
  return false;
};

/** The same where Ps stay with their Ms. */
const isGInSyscall = (w: Runtime): boolean => {
  for (const it of w.ps) if (it.status === Prunning && it.m?.curg?.status === Gsyscall) return true;
  return false;
};

const sleep = (isAny: (w: Runtime) => boolean, ...touches: Touch<Runtime>[]): Node<Runtime> =>
  line(SYSMON_LINE, { when: (w) => mayPoll(w) || isAny(w), touches: [...pollTouches, reads(p.status), ...touches] });

export const sleepsUntilG = sleep(isGInSyscall, reads(p.m), reads(mKind.col.curg), reads(gKind.col.status));

const retake = forEachOtherP(
  'retake: for each P in a system call',
  line('s = allp[i].status', { run: (w) => seen.set(w, pi(w).status), touches: [reads(p.status, pi)] }),
  iff('s == Psyscall', (w) => seen(w) === Psyscall, [], [traceAcquire(), takeFromSyscall(false)]),
);

export const sysmon = routine(
  'sysmon',
  'runtime/proc.go',
  [gp, tl, i, ready, seen],
  [
    loop(
      'for',
      sleep(isInSyscall),
      iff('sched.gcwaiting', (w) => w.sched.gcwaiting, [reads(sched.gcwaiting)], [notetsleep(), again]),
      line('lock(&sched.sysmonlock)', {
        when: (w) => !w.sched.sysmonlock,
        run: (w) => {
          w.sched.sysmonlock = true;
        },
        touches: [writes(sched.sysmonlock)],
      }),
      iff('sched.lastpoll != 0', mayPoll, pollTouches, [netpoll('netpoll(0)'), inject]),
      line('i = 0', { run: (w) => i.set(w, 0) }),
      retake,
      line('unlock(&sched.sysmonlock)', {
        run: (w) => {
          w.sched.sysmonlock = false;
        },
        touches: [writes(sched.sysmonlock)],
      }),
    ),
  ],
);

/** While the world is stopped, it sleeps. */
function notetsleep(): Node<Runtime> {
  return line('notetsleep(&sched.sysmonnote)', { when: (w) => !w.sched.gcwaiting, touches: [reads(sched.gcwaiting)] });
}
