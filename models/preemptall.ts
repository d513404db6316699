import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { actorLocal, Gsyscall, gKind, gp, i, iff, leave, line, loop, type M, mKind, type Node, operand, type P,
  Prunning, pKind, preemptM, reads, routine, setFlag } from './words';

/**
 * Asking Ms to stop. Source: preemptall, preemptone in runtime/proc.go.
 *
 * Left out: sysmon, which asks goroutines that run for long. Whoever waits repeats the requests where that
 * reaches somebody, as Go does every 100 µs.
 */

const g = gKind.col;
const p = pKind.col;
export const pi = operand('allp[i]', (w: Runtime): P => w.ps[i(w)]!);

export const forEachOtherP = (text: string, ...nodes: Node<Runtime>[]): Node<Runtime> =>
  loop(
    text,
    iff('i == len(allp)', (w) => i(w) === w.ps.length, [], [leave]),
    iff('allp[i] != pp', (w) => pi(w) !== w.m.p, [], nodes),
    line('i++', { run: (w) => i.set(w, i(w) + 1) }),
  );

const theirM = actorLocal<M>('mp', 2, 'M');

/** Asks whoever runs on a P to stop; `unless` tells whom not to ask. */
export const askToStop = (unless: (asks: Node<Runtime>[]) => Node<Runtime>[] = (it) => it): Node<Runtime> =>
  iff(
    'mp = allp[i].m; mp != nil',
    (w) => {
      const it = pi(w).m;
      if (it !== undefined) theirM.set(w, it);
      return it !== undefined;
    },
    [reads(p.m, pi)],
    [
      iff(
        'gp = mp.curg; gp != nil',
        (w) => {
          const it = theirM(w).curg;
          if (it !== undefined) gp.set(w, it);
          return it !== undefined;
        },
        [reads(mKind.col.curg, theirM)],
        unless([setFlag(gp, 'preempt', true), setFlag(gp, 'stackPreempt', true), preemptM('mp', theirM)]),
      ),
    ],
  );

/** Writes into goroutines that the M does not own. */
export const preemptall = routine(
  'preemptall',
  'runtime/proc.go',
  [gp, theirM, i],
  [
    forEachOtherP(
      'for each P: preemptone',
      iff('allp[i].status == Prunning', (w) => pi(w).status === Prunning, [reads(p.status, pi)], [askToStop()]),
    ),
  ],
);

/** Whether repeating the requests would reach somebody: a P that still runs a goroutine whose request was lost. */
export function isRequestLost(w: Runtime): boolean {
  for (const it of w.ps) {
    const g = it.m?.curg;
    if (it === w.m.p || it.status !== Prunning || g === undefined || g.status === Gsyscall) continue;
    if (!(g.preempt && g.stackPreempt)) return true;
  }
  return false;
}

export const lostTouches = [
  reads<Runtime>(p.m),
  reads<Runtime>(p.status),
  reads<Runtime>(mKind.col.curg),
  reads<Runtime>(g.status),
  reads<Runtime>(g.preempt),
  reads<Runtime>(g.stackPreempt),
];
