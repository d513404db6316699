import { type Line, type Node, type Operand, reads, type Touch, writes } from '../../harness/language';
import { type G, gKind, mKind, ordering } from '../cells';
import type { Runtime } from '../runtime';
import { Gcopystack, Gpreempted, Grunnable, Grunning, Gsyscall, Gwaiting, isWaitingForGC, statusName } from '../status';
import { type GOperand, group, iff, line, mp } from './language';
import { noteMove, pairTouches } from './pairs';
import { fatal, throwOn, throwTouch } from './throws';

/** Changes of a goroutine's status, and of the bit that locks it. Source: runtime/proc.go. */

const g = gKind.col;

/** What every write of a status or scan bit leaves for the properties. */
const wrote: Touch<Runtime> = writes(mKind.col.wrote, mp);

const TOLD = ordering('a transition that the trace tells');

export function setStatus(w: Runtime, it: G, to: number, isLent = false): void {
  const from = it.status;
  if (from === Grunning && to !== Gsyscall && w.m.depth > 0) w.m.left = it;
  const isTold = !isLent && from !== Gpreempted && (to === Gwaiting || to === Grunnable || to === Gsyscall);
  w.m.ordering = isTold ? TOLD : 0;
  if (to !== Gpreempted) noteMove(w, it, isTold);
  it.status = to;
  it.runBy = to === Grunning || to === Gcopystack || to === Gsyscall ? w.m.id : 0;
  w.m.wrote = it;
}

export const statusTouches = (it: GOperand, from: number): Touch<Runtime>[] => [
  writes(g.status, it),
  reads(g.scan, it),
  writes(g.runBy, it),
  writes(mKind.col.ordering, mp),
  wrote,
  ...pairTouches,
  ...(from === Grunning ? [writes<Runtime>(mKind.col.left, mp)] : []),
];

/**
 * Changes a status in one step; waits, as Go spins, while the status is another one or somebody holds the scan bit.
 * Throws if it waits for Gwaiting and finds Grunnable.
 */
export const casgstatus = (it: GOperand, from: number, to: number): Line<Runtime> => {
  const throws = from === Gwaiting && to === Grunnable;
  const isLost = (w: Runtime) => throws && it(w).status === Grunnable;
  return line(`casgstatus(${it.text}, ${statusName[from]}, ${statusName[to]})`, {
    when: (w) => !it(w).scan && (it(w).status === from || isLost(w)),
    run: (w) => {
      if (!isLost(w)) return setStatus(w, it(w), to);
      w.m.wrote = undefined;
      w.m.ordering = 0;
      throwOn(w, 'casgstatus: waiting for Gwaiting but is Grunnable');
    },
    touches: [...statusTouches(it, from), ...(throws ? [throwTouch] : [])],
  });
};

/** Sets the scan bit if the status is `from` and nobody holds it; a branch on success. */
export const castogscanstatus = (
  it: GOperand,
  from: Operand<Runtime, number>,
  yes: readonly Node<Runtime>[],
  no: readonly Node<Runtime>[] = [],
): Node<Runtime> =>
  iff(
    `castogscanstatus(${it.text}, ${from.text}, ${from.text}|Gscan)`,
    (w) => {
      const target = it(w);
      w.m.wrote = undefined;
      if (target.scan || target.status !== from(w)) return false;
      setScan(w, target);
      return true;
    },
    [reads(g.status, it), writes(g.scan, it), writes(g.scanOwner, it), writes(g.isPinned, it), wrote],
    yes,
    no,
  );

export function setScan(w: Runtime, target: G): void {
  target.scan = true;
  if (target.scanOwner === 0) target.scanOwner = w.m.id;
  target.isPinned = target.status !== Grunning;
  w.m.wrote = target;
}

/**
 * Clears the scan bit, which must be set. With `isMove` it is what others take for the transition: whoever stops itself
 * is Preempted from then on.
 */
export const casfrom_Gscanstatus = (it: GOperand, isMove = false): Node<Runtime> =>
  line(`casfrom_Gscanstatus(${it.text})`, {
    run: (w) => {
      const target = it(w);
      if (!target.scan) throwOn(w, 'casfrom_Gscanstatus: bad status');
      target.scan = false;
      if (target.scanOwner === w.m.id) target.scanOwner = 0;
      target.isPinned = false;
      w.m.wrote = target;
      if (isMove) noteMove(w, target, true);
    },
    touches: [
      writes(g.scan, it),
      writes(g.scanOwner, it),
      writes(g.isPinned, it),
      wrote,
      throwTouch,
      ...(isMove ? pairTouches : []),
    ],
  });

export const setWaitreason = (it: GOperand, to: Operand<Runtime, number>): Line<Runtime> =>
  line(`${it.text}.waitreason = ${to.text}`, {
    run: (w) => {
      it(w).waitreason = to(w);
      w.m.wroteReason = it(w);
    },
    touches: [writes(g.waitreason, it), writes(mKind.col.wroteReason, mp)],
  });

/**
 * Lends the M's own goroutine: suspenders may lock it from now on, and the M goes on reading its stack. The reason must
 * be in the table (isWaitingForGC), or Go throws.
 */
export const casGToWaitingForGC = (it: GOperand, why: Operand<Runtime, number>): Node<Runtime> =>
  group(
    `casGToWaitingForGC(${it.text}, Grunning, ${why.text})`,
    iff(
      `!${why.text}.isWaitingForGC()`,
      (w) => !isWaitingForGC(why(w)),
      [],
      [fatal('casGToWaitingForGC with non-isWaitingForGC wait reason')],
    ),
    setWaitreason(it, why),
    lend(it),
  );

/** The status half of the above. */
export const lend = (it: GOperand): Node<Runtime> =>
  line(`casgstatus(${it.text}, Grunning, Gwaiting)`, {
    when: (w) => !it(w).scan && it(w).status === Grunning,
    run: (w) => {
      setStatus(w, it(w), Gwaiting, true);
      it(w).lentBy = w.m.id;
    },
    touches: [...statusTouches(it, Grunning), writes(g.lentBy, it)],
  });

/** Takes it back; waits while a suspender holds the scan bit. */
export const casgstatusBack = (it: GOperand): Node<Runtime> =>
  line(`casgstatus(${it.text}, Gwaiting, Grunning)`, {
    when: (w) => !it(w).scan && (it(w).status === Gwaiting || it(w).status === Grunnable),
    run: (w) => {
      if (it(w).status === Gwaiting) setStatus(w, it(w), Grunning);
      else throwOn(w, 'casgstatus: waiting for Gwaiting but is Grunnable');
      it(w).lentBy = 0;
    },
    touches: [...statusTouches(it, Gwaiting), writes(g.lentBy, it), throwTouch],
  });

/* Changing stacks. Source: runtime/asm_amd64.s, runtime/proc.go. */
