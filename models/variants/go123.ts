import { type Edit, everywhere, insertAfter, replace } from '../../harness/language';
import { injectglistInOneSection } from '../assist';
import { gnext } from '../coro';
import { routines } from '../routines';
import type { Runtime } from '../runtime';
import { beginWalk, walkTouches } from '../tracestack';
// biome-ignore format: words, not a wall
import { arg, call, event, gKind, gp, iff, line, mKind, mp, reads, schedKind, traceAcquire, traceRelease,
  writes } from '../words';
import { preset } from './kinds';
import { saveBp, setSyscallbp } from './syscall126';

/** Go 1.23: walks of system calls begin at syscallbp; coroutines wait for the goroutine profile, which allocates. */

const g = gKind.col;
const m = mKind.col;

/** Where a walk begins. */
const beginAtSyscallbp = line('pc, bp = gp.syscallpc, gp.syscallbp or gp.sched', {
  run: (w: Runtime) => {
    const it = gp(w);
    if (!w.onG0 && w.m.curg === it) beginWalk(w, it, 1 + it.epoch, false);
    else if (it.syscallsp) beginWalk(w, it, it.syscallbp, false);
    else beginWalk(w, it, it.sched);
  },
  touches: [
    reads(g.syscallsp, gp),
    reads(g.syscallbp, gp),
    reads(g.sched, gp),
    ...walkTouches,
    writes(m.walkReads, mp),
  ],
});

/** An allocation by the M at hand may need a new span, and tell the trace about the heap. */
const allocate = iff(
  'mcache.refill: gcController.update',
  (w: Runtime) => w.way === 1,
  [],
  [
    traceAcquire('traceAcquire, in gcController.update'),
    event('HeapAlloc'),
    traceRelease('traceRelease, in gcController.update'),
  ],
  [],
  () => 2,
);

const recordNext = iff(
  'goroutineProfile.active',
  (w: Runtime) => w.sched.profileActive,
  [reads(schedKind.col.profileActive)],
  [call('tryRecordGoroutineProfile, on g0', arg(gp, gnext))],
);

const saveSyscallbp: readonly Edit<Runtime>[] = [
  ...everywhere<Runtime>(routines, 'save(pc, sp)', () => [saveBp], 'saves the frame pointer, too'),
  insertAfter<Runtime>('entersyscall', 'gp.syscallsp = sp', setSyscallbp),
];

export const GO123WALKS: readonly Edit<Runtime>[] = [
  ...injectglistInOneSection,
  replace<Runtime>('traceStack', 'pc, bp = gp.sched', beginAtSyscallbp),
  insertAfter<Runtime>('coroswitch_m', 'gnext.m = mp', recordNext),
  insertAfter<Runtime>('saveg', 'the stack is saved', allocate),
];

export const GO123: readonly Edit<Runtime>[] = [...saveSyscallbp, ...GO123WALKS];

export const go123 = preset({
  name: 'go1.23',
  sentence: 'walks of system calls begin at syscallbp; coroutines wait for the goroutine profile',
  source: 'Go 1.23.5: proc.go, coro.go, mprof.go, tracestack.go',
  edits: GO123,
});
