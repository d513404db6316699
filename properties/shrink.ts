import { always } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { gKind, mKind } from '../models/words';
import { canMove, circumstance, describe, whyUnmovable } from './ownership';

/** isShrinkStackSafe against the truth, whether or not anybody moves the stack afterwards. */
export const S4 = always<Runtime>({
  name: 'S4',
  strength: 'discipline',
  sentence: 'what isShrinkStackSafe calls safe may be moved',
  on: [mKind.col.foundSafe],
  check: (w) => {
    const g = w.m.foundSafe!;
    return canMove(w, w.m, g) ? undefined : circumstance(w, g);
  },
  tell: (w) => `${w.moverName(w.mover)} finds the stack of ${describe(w, w.m.foundSafe!)} safe to shrink`,
});

/** The three reasons why a stack cannot be moved by anybody else, whatever its goroutine's status. */
export const S19 = always<Runtime>({
  name: 'S19',
  strength: 'discipline',
  sentence: 'no stack is shrunk in a system call, at an asynchronous safe point, or half parked on a channel',
  on: [gKind.col.copiedBy],
  check: (w) => {
    for (const g of w.gs) {
      if (g.copiedBy !== w.m.id || g.scanOwner !== w.m.id) continue;
      const why = whyUnmovable(g);
      if (why !== undefined) return why;
    }
    return undefined;
  },
});

/** Refused is not forgotten: the goroutine shrinks its stack when a prologue preempts it next. */
export const V7 = always<Runtime>({
  name: 'V7',
  strength: 'liveness',
  sentence: 'a goroutine that was refused shrinking shrinks at its next synchronous preemption',
  on: [mKind.col.preempted],
  check: (w) => (w.m.preempted!.owesShrink ? 'it was preempted and did not' : undefined),
});

/**
 * A closure on g0 holds pointers into its caller's frame, a sender one into its receiver's. Once the stack has moved,
 * such a write goes into freed memory; while it moves, into what is copied already or is still to be overwritten.
 */
export const S21 = always<Runtime>({
  name: 'S21',
  strength: 'harm',
  sentence: 'no write goes through a pointer to a stack that was replaced',
  on: [mKind.col.lostIn],
  check: (w) => {
    const g = w.m.lostIn;
    if (g === undefined) return undefined;
    return g === w.m.curg ? circumstance(w, g) : 'what was sent to it is lost';
  },
  tell: (w) => {
    const g = w.m.lostIn!;
    return `${w.moverName(w.mover)} writes where the stack of ${describe(w, g)} is not, or will not be read`;
  },
});

/** Whoever is woken by a sender has what was sent. */
export const S23 = always<Runtime>({
  name: 'S23',
  strength: 'harm',
  sentence: 'a receiver goes on with what was sent to it',
  on: [mKind.col.foundNothing],
  check: (w) => (w.m.foundNothing === undefined ? undefined : 'there is nothing'),
  tell: (w) => `${w.gName(w.m.foundNothing!)} goes on, and nothing was written where it looks`,
});
