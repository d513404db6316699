import { type Node, type Operand, reads, writes } from '../../harness/language';
import { gKind, type M, mKind, type Sema, semaKind } from '../cells';
import type { Runtime } from '../runtime';
import { setFlag } from './goroutine';
import { call, curg, group, iff, line, mp } from './language';
import { mcall } from './stacks';

/**
 * Locks of the runtime's own, keeping an M from being preempted, and the places where a goroutine notices that it is
 * asked to stop.
 */

const g = gKind.col;

export const acquirem = line('acquirem', {
  run: (w) => {
    w.m.locks++;
  },
});

/** On g0, where nobody can be preempted. */
export const releasemOnG0 = line('releasem', {
  run: (w) => {
    w.m.locks--;
  },
});

/** On a goroutine's stack, reaching no locks re-arms a request that was ignored meanwhile. */
export const rearm: readonly Node<Runtime>[] = [
  iff(
    'mp.locks == 0',
    (w) => w.m.locks === 0,
    [],
    [iff('gp.preempt', (w) => curg(w).preempt, [reads(g.preempt, curg)], [setFlag(curg, 'stackPreempt', true)])],
  ),
];

export const releasem = group(
  'releasem',
  line('mp.locks--', {
    run: (w) => {
      w.m.locks--;
    },
  }),
  ...rearm,
);

/** Takes a lock of the runtime's own; waits while somebody has it. Nobody is preempted who has one. */
export const lock = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  line(`lock(&${text})`, {
    when: (w) => !it(w).lock,
    run: (w) => {
      it(w).lock = true;
      w.m.locks++;
    },
    touches: [writes(semaKind.col.lock, it)],
  });

export const unlockOnG0 = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  line(`unlock(&${text})`, {
    run: (w) => {
      it(w).lock = false;
      w.m.locks--;
    },
    touches: [writes(semaKind.col.lock, it)],
  });

/** On a goroutine's stack. */
export const unlock = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  group(`unlock ${text}`, unlockOnG0(text, it), ...rearm);

/** A function prologue on a goroutine's stack: the one place where a synchronous preemption request is noticed. */
export const prologue = group(
  'prologue',
  iff('sp <= stackguard0', (w) => curg(w).stackPreempt, [reads(g.stackPreempt, curg)], [mcall('newstack')]),
);

/** Whoever was stopped by a signal, or by a debugger, goes on where that was. */
export const goOn = line('RET to where it was stopped', {
  run: (w: Runtime) => {
    curg(w).interrupted = false;
  },
  touches: [writes(g.interrupted, curg)],
});

/** A step of the goroutine's own code, which changes frames. */
export const userCode = (text: string): Node<Runtime> =>
  group(
    `${text}, and signals`,
    line(text, {
      run: (w) => {
        curg(w).frames = 0;
        curg(w).ran = 0;
      },
      touches: [writes(g.frames, curg), writes(g.ran, curg)],
    }),
    iff(
      'SIGURG: wantAsyncPreempt(gp)',
      (w) => {
        if (!w.m.signal) return false;
        w.m.signal = false;
        curg(w).interrupted = curg(w).preempt;
        return curg(w).preempt;
      },
      [writes(mKind.col.signal, mp), reads(g.preempt, curg), writes(g.interrupted, curg)],
      [call('asyncPreempt2'), goOn],
    ),
  );

/** Sends a preemption signal to an M, which hears of it in user code, the only place where it means anything. */
export const preemptM = (text: string, to: (w: Runtime) => M): Node<Runtime> =>
  line(`preemptM(${text})`, {
    run: (w) => {
      to(w).signal = true;
    },
    touches: [writes(mKind.col.signal, to)],
  });
