import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { actorLocal, event, fatal, group, iff, type Line, line, mKind, mp, type Node, type Operand, type P, Pidle,
  Prunning, pKind, reads, schedKind, traceAcquire, traceRelease, writes } from './words';

/**
 * Ps: wiring them to Ms, and the list of idle ones. Source: wirep, acquirep, releasep, pidleget in runtime/proc.go.
 *
 * Left out: which idle P is taken, as they differ in nothing.
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
    iff('mp.p != 0', (w) => w.m.p !== undefined, [], [fatal('wirep: already in go')]),
    iff(
      `${it.text}.m != 0 || ${it.text}.status != Pidle`,
      (w) => it(w).m !== undefined || it(w).status !== Pidle,
      [reads(p.m, it), reads(p.status, it)],
      [fatal('wirep: invalid p state')],
    ),
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
export const takeIdle = (w: Runtime): boolean => {
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
  iff('pp = pidleget(); pp != nil', takeIdle, [writes(p.idle)], [unlockSched(), ...got]),
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

/** The M's P is nobody's afterwards; it is in `oldp`. */
export const releasep: readonly Node<Runtime>[] = [
  line('pp = mp.p', { run: (w: Runtime) => oldp.set(w, w.m.p!) }),
  traceAcquire('traceAcquire, in releasep'),
  event('ProcStop'),
  traceRelease('traceRelease, in releasep'),
  group(
    'releasepNoTrace',
    iff(
      'pp.m != mp || pp.status != Prunning',
      (w: Runtime) => oldp(w).m !== w.m || oldp(w).status !== Prunning,
      [reads(p.m, oldp), reads(p.status, oldp)],
      [fatal('releasep: invalid p state')],
    ),
    line('mp.p = 0', {
      run: (w: Runtime) => {
        w.m.p = undefined;
      },
      touches: [writes(m.p, mp)],
    }),
    line('pp.m = 0', {
      run: (w: Runtime) => {
        oldp(w).m = undefined;
      },
      touches: [writes(p.m, oldp)],
    }),
    line('pp.status = Pidle', {
      run: (w: Runtime) => {
        oldp(w).status = Pidle;
      },
      touches: [writes(p.status, oldp)],
    }),
  ),
];
