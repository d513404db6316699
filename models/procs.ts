import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { actorLocal, event, gp, group, iff, type Line, line, mKind, mp, type Node, type Operand, type P, Prunning,
  pKind, reads, routine, schedKind, tail, tl, traceAcquire, traceRelease, writes } from './words';

/**
 * Ps: wiring them to Ms, the list of idle ones, waiting for one. Source: wirep, acquirep, pidleget, stopm in
 * runtime/proc.go.
 *
 * Left out: Ms that spin; which idle P is taken, as they differ in nothing. An M that finds nothing to do keeps its P.
 */

const m = mKind.col;
const p = pKind.col;
const sched = schedKind.col;
export const oldp = actorLocal<P>('oldp', 3, 'P');

/** Go counts on; a P that changes hands so often during one system call is out of reach. */
const TICKS = 64;

export const addTick = (it: Operand<Runtime, P>): Node<Runtime> =>
  line(`${it.text}.syscalltick++`, {
    run: (w) => {
      it(w).syscalltick = (it(w).syscalltick + 1) % TICKS;
    },
    touches: [writes(p.syscalltick, it)],
  });

export function lockSched(): Line<Runtime> {
  return line('lock(&sched.lock)', {
    when: (w: Runtime) => !w.sched.lock,
    run: (w) => {
      w.sched.lock = true;
    },
    touches: [writes(sched.lock)],
  });
}

export function unlockSched(): Node<Runtime> {
  return line('unlock(&sched.lock)', {
    run: (w: Runtime) => {
      w.sched.lock = false;
    },
    touches: [writes(sched.lock)],
  });
}

export function stopwaitDown(): Node<Runtime> {
  return line('sched.stopwait--', {
    run: (w) => {
      w.sched.stopwait--;
    },
    touches: [writes(sched.stopwait)],
  });
}

/** Wires a P that is this M's alone: three writes, of which another M may see the first and not yet the last. */
export const wirep = (it: Operand<Runtime, P>): Node<Runtime> =>
  group(
    `wirep(${it.text})`,
    line(`mp.p = ${it.text}`, {
      run: (w) => {
        w.m.p = it(w);
      },
      touches: [writes(m.p, mp)],
    }),
    line(`${it.text}.m = mp`, {
      run: (w) => {
        it(w).m = w.m;
      },
      touches: [writes(p.m, it)],
    }),
    line(`${it.text}.status = Prunning`, {
      run: (w) => {
        it(w).status = Prunning;
      },
      touches: [writes(p.status, it)],
    }),
  );

export const isAnyIdle = (w: Runtime): boolean => {
  for (const it of w.ps) if (it.idle) return true;
  return false;
};

/** Takes a P off the list of idle ones, into `oldp`. */
const take = (w: Runtime): boolean => {
  for (const it of w.ps) {
    if (!it.idle) continue;
    it.idle = false;
    oldp.set(w, it);
    return true;
  }
  return false;
};

/** With sched.lock held, which is released either way. */
export const pidleget = (got: Node<Runtime>[], none: Node<Runtime>[] = []): Node<Runtime>[] => [
  lockSched(),
  iff('pp = pidleget(); pp != nil', take, [writes(p.idle)], [unlockSched(), ...got]),
  ...none,
  unlockSched(),
];

export const acquirep = (...behind: Node<Runtime>[]): Node<Runtime>[] => [
  wirep(oldp),
  traceAcquire('traceAcquire, in acquirep'),
  event('ProcStart'),
  traceRelease('traceRelease, in acquirep'),
  ...behind,
];

/** Where an M without a P waits. */
export const NO_P_LINE = 'stopm: until somebody hands over a P';

export const stopm = routine(
  'stopm',
  'runtime/proc.go',
  [gp, tl, oldp],
  [
    line(NO_P_LINE, {
      when: (w) => !w.sched.lock && isAnyIdle(w),
      run: (w) => void take(w),
      touches: [writes(p.idle), reads(sched.lock)],
    }),
    ...acquirep(tail('schedule')),
  ],
);
