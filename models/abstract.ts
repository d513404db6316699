import type { Column } from '../harness/language';
import type { Runtime } from './runtime';
import { type G, Gpreempted, gKind, isWaitingForGC, reasonNumber, schedKind, traceKind, workKind } from './words';

/**
 * What campaigns count as a state, and try to see more of: which phase the tracer is in, which the collector, and the
 * status, scan bit, class of wait and owner of each goroutine that somebody has taken hold of. Goroutines are not told
 * apart by their numbers, and those that only run or wait do not count: with them nearly every run would see something
 * new, and that would say nothing.
 */

const { status, scan, waitreason, runBy, lentBy, scanOwner, copiedBy } = gKind.col;
const { enabled, gen, shutdown } = traceKind.col;
const { phase, gcBlackenEnabled } = workKind.col;

/** The columns that change it. */
export const abstractColumns: readonly Column[] = [
  ...[status, scan, waitreason, runBy, lentBy, scanOwner, copiedBy],
  ...[enabled, gen, shutdown, phase, gcBlackenEnabled, schedKind.col.gcwaiting],
];

const PREEMPTED = reasonNumber('Preempted');

function classOf(g: G): number {
  const reason = isWaitingForGC(g.waitreason) ? 1 : g.waitreason === PREEMPTED ? 2 : 0;
  const owner =
    (g.runBy === 0 ? 0 : 1) + (g.lentBy === 0 ? 0 : 2) + (g.scanOwner === 0 ? 0 : 4) + (g.copiedBy === 0 ? 0 : 8);
  return g.status + 16 * (g.scan ? 1 : 0) + 32 * reason + 128 * owner;
}

/** Whether it is suspended, lent, copied, or has stopped itself for a suspender. */
const isInHands = (g: G): boolean => g.scan || g.lentBy !== 0 || g.copiedBy !== 0 || g.status === Gpreempted;

/** The present one, as a number of 30 bits. */
export function abstractState(w: Runtime): number {
  const { trace, work } = w;
  let sum =
    (trace.enabled ? 1 : 0) +
    (trace.gen === 0 ? 0 : 2) +
    (trace.shutdown ? 4 : 0) +
    (work.gcBlackenEnabled ? 8 : 0) +
    (w.sched.gcwaiting ? 16 : 0) +
    32 * work.phase;
  for (let i = 0; i < w.gs.length; i++) if (isInHands(w.gs[i]!)) sum = (sum + mix(classOf(w.gs[i]!))) | 0;
  return mix(sum) >>> 2;
}

function mix(x: number): number {
  let h = Math.imul(x ^ 0x2c1b3c6d, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
