import type { Runtime } from '../models/runtime';
// biome-ignore format: words, not a wall
import { type G, Gcopystack, Grunnable, Gsyscall, Gwaiting, isWaitingForGC, type M, reasonNumber,
  statusName } from '../models/words';

/**
 * The truth about who may do what with a stack, from ghosts and from who runs what; never from waitreason or
 * trace.enabled, which the runtime's own checks read. But `canMove` does go by three flags that isShrinkStackSafe
 * reads, too (syscallsp, asyncSafePoint, parkingOnChan): whoever forgets to set one of them is not seen.
 */

/** READ: to walk the frames. The holder of the scan bit, the M that runs the goroutine, the M it has lent itself to. */
export const canRead = (m: M, g: G): boolean =>
  (g.scanOwner === m.id && g.isPinned) || (g.runBy === m.id && g.status !== Gcopystack) || g.lentBy === m.id;

/**
 * MOVE: to replace the stack. The holder of the scan bit while nothing pins the stack and it is not lent to somebody
 * else, or the goroutine's own M on g0.
 */
export const canMove = (w: Runtime, m: M, g: G): boolean =>
  (g.scanOwner === m.id &&
    (g.status === Gwaiting || g.status === Grunnable) &&
    !g.syscallsp &&
    !g.asyncSafePoint &&
    !g.parkingOnChan &&
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
