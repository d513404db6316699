import { lockChan, unlockChan } from './park';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { arg, call, casgstatus, curg, EPOCHS, fatal, type G, Gcopystack, Grunning, Gwaiting, gKind, gogo, gp, iff,
  isWaitingForGC, leave, line, loop, MAX_STACK, mcall, mKind, mp, numberLocal, Prunning, pKind, pp, prologue, reads,
  result, returns, routine, setFlag, tail, traceKind, userCode, writes } from './words';

/**
 * Stacks that grow, shrink and move. Source: newstack, copystack, shrinkstack, isShrinkStackSafe in runtime/stack.go.
 *
 * Left out: the sizes in bytes (a stack is 0, 1 or 2 doublings above the minimum, and in use for less than a quarter
 * unless its goroutine is in a deep call), throwsplit, syncSafePoint (the
 * frames that a walk shows), gcshrinkstackoff, the self-shrink's libcall check, the exemption of GC
 * workers from shrinking (it asks for a start function that a worker no longer has: the worker's own is a wrapper).
 */

const g = gKind.col;
const preempt = numberLocal('preempt', 2);
const size = numberLocal('newsize', 2);

/** Cells of a canPreemptM on the M's own fields. */
const canPreemptM = (w: Runtime): boolean => w.m.locks === 0 && !w.m.preemptoff && pp(w).status === Prunning;

/** Reached from a prologue, on g0; the goroutine is still Running. */
export const newstack = routine(
  'newstack',
  'runtime/stack.go',
  [gp, preempt],
  [
    line('preempt = atomic.Load(&gp.stackguard0) == stackPreempt', {
      run: (w) => preempt.set(w, Number(gp(w).stackPreempt)),
      touches: [reads(g.stackPreempt, gp)],
    }),
    iff(
      'preempt',
      (w) => preempt(w) === 1,
      [],
      [
        iff(
          '!canPreemptM(mp)',
          (w) => !canPreemptM(w),
          [reads(pKind.col.status, pp)],
          [setFlag(gp, 'stackPreempt', false), gogo(gp)],
        ),
        iff(
          'gp.preemptShrink',
          (w) => gp(w).preemptShrink,
          [reads(g.preemptShrink, gp)],
          [setFlag(gp, 'preemptShrink', false), call('shrinkstack', arg(gp, gp))],
        ),
        iff(
          'gp.preemptStop',
          (w) => {
            w.m.preempted = gp(w);
            return gp(w).preemptStop;
          },
          [reads(g.preemptStop, gp), writes(mKind.col.preempted, mp)],
          [tail('preemptPark', arg(gp, gp))],
        ),
        tail('goschedImpl', arg(gp, gp)),
      ],
    ),
    casgstatus(gp, Grunning, Gcopystack),
    resize('newsize = 2 * oldsize', (stack) => Math.min(stack + 1, MAX_STACK)),
    call('copystack', arg(gp, gp), arg(size, size)),
    casgstatus(gp, Gcopystack, Grunning),
    gogo(gp),
  ],
);

function resize(text: string, to: (stack: number) => number) {
  return line(text, { run: (w) => size.set(w, to(gp(w).stack)), touches: [reads(g.stack, gp)] });
}

/** Whether a suspended stack may be replaced; separate reads, in this order. */
export const isShrinkStackSafe = routine(
  'isShrinkStackSafe',
  'runtime/stack.go',
  [gp],
  [
    iff('gp.syscallsp != 0', (w) => gp(w).syscallsp, [reads(g.syscallsp, gp)], [no()]),
    iff('gp.asyncSafePoint', (w) => gp(w).asyncSafePoint, [reads(g.asyncSafePoint, gp)], [no()]),
    iff('gp.parkingOnChan.Load()', (w) => gp(w).parkingOnChan, [reads(g.parkingOnChan, gp)], [no()]),
    iff(
      'traceEnabled()',
      (w) => w.trace.enabled,
      [reads(traceKind.col.enabled)],
      [
        iff(
          'readgstatus(gp)&^Gscan == Gwaiting',
          (w) => gp(w).status === Gwaiting,
          [reads(g.status, gp)],
          [
            iff(
              'gp.waitreason.isWaitingForGC()',
              (w) => isWaitingForGC(gp(w).waitreason),
              [reads(g.waitreason, gp)],
              [no()],
            ),
          ],
        ),
      ],
    ),
    line('result = true', {
      run: (w) => {
        w.put(w.strand + 2, 1);
        w.m.foundSafe = gp(w);
      },
      touches: [writes(mKind.col.foundSafe, mp)],
    }),
  ],
);

function no() {
  return returns('false', () => 0);
}

/** By the goroutine's own M on g0, or by the holder of the scan bit. */
export const shrinkstack = routine(
  'shrinkstack',
  'runtime/stack.go',
  [gp, size],
  [
    iff(
      'gp is neither suspended nor my own and Running',
      (w) => {
        gp(w).owesShrink = false;
        return !gp(w).scan && !(gp(w) === w.m.curg && w.onG0 && gp(w).status === Grunning);
      },
      [reads(g.status, gp), reads(g.scan, gp), writes(g.owesShrink, gp)],
      [fatal('bad status in shrinkstack')],
    ),
    call('isShrinkStackSafe', arg(gp, gp)),
    iff('!safe', (w) => result(w) === 0, [], [fatal('shrinkstack at bad time')]),
    iff(
      'newsize >= fixedStack && used < avail/4',
      (w) => gp(w).stack > 0 && !gp(w).isDeep,
      [reads(g.stack, gp), reads(g.isDeep, gp)],
      [resize('newsize = oldsize / 2', (stack) => stack - 1), call('copystack', arg(gp, gp), arg(size, size))],
    ),
  ],
);

const nextEpoch = (it: G): number => (it.epoch + 1) % EPOCHS;

/** What is in the old stack is in the new one from here on; what was moved before stays. */
const moveSlot = (it: G): void => {
  it.frames = 0;
  if (it.slot === 1 + it.epoch) it.slot = 1 + nextEpoch(it);
};

export const adjustsudogs = line('sg.elem += delta', {
  run: (w: Runtime) => {
    const it = gp(w);
    if (it.elem === 1 + it.epoch) it.elem = 1 + nextEpoch(it);
  },
  touches: [writes(g.elem, gp)],
});

/** Replaces a stack. Between the two lines that bracket it, old and new stack exist and neither is whole. */
export const copystack = routine(
  'copystack',
  'runtime/stack.go',
  [gp, size],
  [
    iff(
      'gp.syscallsp != 0',
      (w) => gp(w).syscallsp,
      [reads(g.syscallsp, gp)],
      [fatal('stack growth not allowed in system call')],
    ),
    iff(
      '!gp.activeStackChans',
      (w) => !gp(w).activeStackChans,
      [reads(g.activeStackChans, gp)],
      [
        iff(
          'newsize < oldsize',
          (w) => size(w) < gp(w).stack,
          [reads(g.stack, gp)],
          [
            iff(
              'gp.parkingOnChan.Load()',
              (w) => gp(w).parkingOnChan,
              [reads(g.parkingOnChan, gp)],
              [fatal('racy sudog adjustment due to parking on channel')],
            ),
          ],
        ),
        adjustsudogs,
      ],
      [
        lockChan(gp),
        adjustsudogs,
        line('memmove of the part that senders write into', {
          run: (w) => moveSlot(gp(w)),
          touches: [writes(g.frames, gp), writes(g.slot, gp)],
        }),
        unlockChan(gp),
      ],
    ),
    line('memmove(new, old, used)', {
      run: (w) => {
        gp(w).copiedBy = w.m.id;
        moveSlot(gp(w));
      },
      touches: [writes(g.frames, gp), writes(g.copiedBy, gp), writes(g.slot, gp)],
    }),
    line('adjustctxt, gp.sched.bp += delta', {
      run: (w) => {
        const it = gp(w);
        if (it.sched !== 0) it.sched = 1 + nextEpoch(it);
      },
      touches: [writes(g.sched, gp)],
    }),
    line('gp.stack = new', {
      run: (w) => {
        const it = gp(w);
        it.stack = size(w);
        it.epoch = nextEpoch(it);
      },
      touches: [writes(g.stack, gp), writes(g.epoch, gp)],
      fragile: 2,
    }),
    setFlag(gp, 'stackPreempt', false),
    line('adjustframe for every frame', {
      run: (w) => {
        gp(w).frames = 0;
      },
      touches: [writes(g.frames, gp)],
    }),
    line('stackfree(old)', {
      run: (w) => {
        gp(w).copiedBy = 0;
        gp(w).frames = 0;
      },
      touches: [writes(g.frames, gp), writes(g.copiedBy, gp)],
    }),
  ],
);

/** User code that calls deeply: the stack doubles, is in use, and is nearly empty again afterwards. */
export const deepCall = routine(
  'deepCall',
  'user code',
  [],
  [
    setFlag(curg, 'isDeep', true),
    loop(
      'morestack, until the frame fits',
      iff('the frame fits', (w) => curg(w).stack === MAX_STACK, [reads(g.stack, curg)], [leave]),
      mcall('newstack'),
    ),
    userCode('deep user code'),
    prologue,
    setFlag(curg, 'isDeep', false),
  ],
);
