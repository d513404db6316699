import type { Runtime } from '../models/runtime';
// biome-ignore format: words, not a wall
import { type G, Gcopystack, Grunnable, Gsyscall, Gwaiting, isWaitingForGC, type M, reasonNumber,
  statusName } from '../models/words';

/**
 * The truth about who may do what with a stack, from ghosts, from who runs what and from who stands in which queue;
 * never from what the runtime's own checks read (waitreason, trace.enabled, asyncSafePoint, parkingOnChan), but for two
 * flags. Whoever forgets to set syscallsp is Gsyscall while it matters, and nobody may move the stack of such a one;
 * activeStackChans is not asked by isShrinkStackSafe, but by copystack, whose locks nobody judges.
 */

/** READ: to walk the frames. The holder of the scan bit, the M that runs the goroutine, the M it has lent itself to. */
export const canRead = (m: M, g: G): boolean =>
  (g.scanOwner === m.id && g.isPinned) || (g.runBy === m.id && g.status !== Gcopystack) || g.lentBy === m.id;

/** Why a stack cannot be moved by anybody but the goroutine itself, whatever its status, in constant phrases. */
export function whyUnmovable(g: G): string | undefined {
  if (g.syscallsp) return 'it is in a system call';
  if (g.interrupted) return 'it is at an asynchronous safe point';
  // A sender finds the receiver by its sudog, and copystack takes the lock against that only behind activeStackChans.
  return g.inRecvq && !g.activeStackChans ? 'it is parking on a channel' : undefined;
}

const isUnmovable = (g: G): boolean => whyUnmovable(g) !== undefined;

/**
 * MOVE: to replace the stack. The holder of the scan bit while nothing pins the stack and it is not lent to somebody
 * else, or the goroutine's own M on g0. The one whom it is lent to may, too: gcAssistAlloc and gcMarkTermination run on
 * g0 what may shrink their own stack, and say that nothing on it may be used until that returns. A closure that uses it
 * all the same is S21's concern (L30).
 */
export const canMove = (w: Runtime, m: M, g: G): boolean =>
  (g.scanOwner === m.id &&
    (g.status === Gwaiting || g.status === Grunnable) &&
    !isUnmovable(g) &&
    (g.lentBy === 0 || g.lentBy === m.id)) ||
  (g.runBy === m.id && w.onG0 && g.status !== Gsyscall);

const PREEMPTED = reasonNumber('Preempted');

/** What made the runtime believe that a lent stack could be moved, in constant phrases: part of a finding's bucket. */
export function circumstance(w: Runtime, g: G): string {
  if (g.lentBy === 0) return "it is nobody's";
  if (g.waitreason === PREEMPTED) return 'it is lent, its waitreason overwritten';
  if (!isWaitingForGC(g.waitreason)) return 'it is lent for a reason outside the table';
  if (w.trace.enabled) return 'it is lent, tracing is on';
  return w.isWorker(g) ? "it is a GC worker's, tracing is off" : 'it is lent, tracing is off';
}

/** How a sentence names a goroutine and its state. */
export const describe = (w: Runtime, g: G): string => {
  const lent = g.lentBy === 0 ? '' : `, lent to ${w.moverName(g.lentBy - 1)}`;
  const scan = g.scanOwner === 0 ? '' : `, locked by ${w.moverName(g.scanOwner - 1)}`;
  return `${w.gName(g)} (${statusName[g.status]}${lent}${scan})`;
};
