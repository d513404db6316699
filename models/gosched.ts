import { lockSched, unlockSched } from './procs';
// biome-ignore format: words, not a wall
import { casgstatus, dropg, event, fatal, Grunnable, Grunning, gKind, gp, iff, mcall, prologue, reads, routine, runqput,
  tail, tl, traceAcquire, traceRelease } from './words';

/**
 * Giving up the M while staying runnable. Source: Gosched, goschedImpl, gopreempt_m, goyield_m in runtime/proc.go.
 *
 * Left out: the difference between the local and the global run queue (any M with a P may take either), wakep, and
 * goschedguarded, which goes on where the M cannot be preempted. Go 1.26 takes no sched.lock for one that is preempted
 * while somebody stops the world: here it waits for the lock in that preset as well.
 */

export const Gosched = routine('Gosched', 'runtime/proc.go', [], [mcall('goschedImpl')]);

/** gosched_m and gopreempt_m come here too; they differ in the event's reason alone. */
export const goschedImpl = routine(
  'goschedImpl',
  'runtime/proc.go',
  [gp, tl],
  [
    traceAcquire(),
    iff(
      'readgstatus(gp)&^Gscan != Grunning',
      (w) => gp(w).status !== Grunning,
      [reads(gKind.col.status, gp)],
      [fatal('bad g status')],
    ),
    event('GoSched', { stack: true }),
    casgstatus(gp, Grunning, Grunnable),
    traceRelease(),
    dropg,
    lockSched(),
    runqput(gp, 'globrunqput'),
    unlockSched(),
    tail('schedule'),
  ],
);

export const goyield = routine('goyield', 'runtime/proc.go', [], [prologue, mcall('goyield_m')]);

export const goyield_m = routine(
  'goyield_m',
  'runtime/proc.go',
  [gp, tl],
  [
    traceAcquire(),
    event('GoPreempt', { stack: true }),
    casgstatus(gp, Grunning, Grunnable),
    traceRelease(),
    dropg,
    runqput(gp),
    tail('schedule'),
  ],
);
