import type { Touch } from '../harness/language';
import { type G, gKind, mKind, type P, pKind, traceKind } from './cells';
// biome-ignore format: words, not a wall
import { GO_STATUS, GONE, PROC_STATUS, RUNNABLE, RUNNING, ruleNumber, rules, SYSCALL, UNKNOWN,
  WAITING } from './events';
import { judgeEvent, judgeGoStatus, judgeProcStatus, parserTouches, stealTouches } from './parser';
import type { Runtime } from './runtime';
import { Gcopystack, Grunnable, Grunning, Gsyscall, Gwaiting } from './status';
import { firstOf, isStated, remember, slotOf, toldOf } from './told';
import { mp, type Operand, reads, writes } from './words/language';
import { noteTold, pairTouches } from './words/pairs';

/**
 * What a parser makes of the trace: one automaton per goroutine and generation, moved by every event that is written.
 * The runtime never reads any of this; the properties do (properties/wire.ts).
 * Source: the rules of internal/trace/order.go, as the table of events.ts has them.
 */

/** By which a coroutine ends; a goroutine made of it meanwhile ends by another. */
const GO_SWITCH_DESTROY = ruleNumber('GoSwitchDestroy');

/** What an event says of a transition in its own section; that into Running is in another one, before. */
const TELLS: ReadonlySet<number> = new Set([RUNNABLE, SYSCALL, WAITING]);

/** A generation begins: nothing has been said of anybody in it. */
export function beginGeneration(w: Runtime, gen: number): void {
  for (const it of w.gs) {
    it.wire.set(slotOf(gen), 0);
    it.ranges.set(slotOf(gen), 0);
  }
  for (const it of w.ps) {
    it.wire.set(slotOf(gen), 0);
    it.ranges.set(slotOf(gen), 0);
  }
  w.trace.ranges.set(slotOf(gen), 0);
}

/** A trace begins: nothing has been said at all. */
export function beginTrace(w: Runtime, gen: number): void {
  for (let k = 0; k < 3; k++) beginGeneration(w, k);
  w.trace.firstGen = gen;
  for (const it of w.ms) {
    it.ctxG = undefined;
    it.ctxP = undefined;
    it.owedP = undefined;
    it.owedGen = 0;
  }
}

/** A GoStatus is written. */
export function writeStatus(w: Runtime, it: G, gen: number, says: number, isInAssist = it.inMarkAssist): void {
  const { m } = w;
  m.event = 1 + GO_STATUS;
  m.eventGen = gen;
  m.eventG = it;
  m.eventWas = toldOf(it, gen);
  m.eventSays = says;
  m.eventStated = isStated(it, gen);
  remember(it, gen, says, firstOf(it, gen) || says, true);
  judgeGoStatus(w, it, gen, says, isInAssist);
}

/** A ProcStatus is written. */
export function writeProcStatus(w: Runtime, p: P, gen: number, says: number): void {
  w.m.event = 1 + PROC_STATUS;
  w.m.eventGen = gen;
  judgeProcStatus(w, p, gen, says);
}

/** Another event is written, about a goroutine, if any, that may name another one. */
export function writeEvent(
  w: Runtime,
  kind: number,
  gen: number,
  about: G | undefined,
  target: G | undefined,
  proc: P | undefined,
  hasStack: boolean,
): void {
  const { m } = w;
  const rule = rules[kind]!;
  const { needs, leaves, target: other } = rule;
  m.event = 1 + kind;
  m.eventGen = gen;
  m.eventG = about;
  m.eventSays = 0;
  m.eventStated = false;
  m.eventTarget = target;
  if (other?.needs.includes(GONE) && toldOf(target!, gen) === RUNNING) {
    // A coroutine that ends is on the free list before its end is written.
    target!.untold = true;
    remember(target!, gen, GONE, firstOf(target!, gen), true);
  }
  if (about?.untold && kind === GO_SWITCH_DESTROY) {
    about.untold = false;
    m.eventWas = needs;
  } else m.eventWas = about === undefined ? 0 : move(about, gen, needs, leaves);
  if (about !== undefined && needs !== leaves) {
    if (TELLS.has(leaves)) noteTold(w, about);
    // It is back where it was, as the end of a system call that has lost its P is told.
    else if (leaves === RUNNING && m.told === about) m.told = undefined;
  }
  if (target !== undefined && other !== undefined) noteTold(w, target);
  m.targetWas = target === undefined || other === undefined ? 0 : move(target, gen, other.needs[0]!, other.leaves);
  judgeEvent(w, rule, gen, about, target, proc, hasStack);
}

/** Moves an automaton; one that knew nothing is taken to have been where the event needs it. Returns where it was. */
function move(it: G, gen: number, needs: number, leaves: number): number {
  const was = toldOf(it, gen);
  if (leaves === UNKNOWN) return was;
  remember(it, gen, leaves, firstOf(it, gen) || (was === UNKNOWN ? needs : 0), isStated(it, gen) || needs === UNKNOWN);
  return was;
}

/** What the tracer says of a status. Source: goStatusToTraceGoStatus, whose table of reasons is the caller's. */
export function traceStatus(status: number, isWaitingForGC: boolean): number {
  if (status === Grunnable) return RUNNABLE;
  if (status === Grunning || status === Gcopystack) return RUNNING;
  if (status === Gsyscall) return SYSCALL;
  return status === Gwaiting && isWaitingForGC ? RUNNING : WAITING;
}

const m = mKind.col;
const g = gKind.col;
const p = pKind.col;

const noteTouches: readonly Touch<Runtime>[] = [
  ...[m.event, m.eventGen, m.eventG, m.eventWas, m.eventSays, m.eventStated, m.eventTarget, m.targetWas].map((column) =>
    writes<Runtime>(column, mp),
  ),
  ...parserTouches,
];

/** A status, and whatever goes on over generations, is held against the one before, if that is complete. */
export const statusTouch: Touch<Runtime> = reads(traceKind.col.flushedGen);

/** What writing an event about these goroutines leaves for the properties. */
export const wireTouches = (...its: Operand<Runtime, G | undefined>[]): Touch<Runtime>[] => [
  ...noteTouches,
  ...pairTouches,
  ...its.flatMap((it) => [...g.wire, ...g.ranges, g.untold].map((column) => writes<Runtime>(column, it))),
];

/** What writing something about a P leaves; with `isStolen`, of another M's. */
export const procTouches = (it: Operand<Runtime, P | undefined>, isStolen = false): Touch<Runtime>[] => [
  ...noteTouches,
  ...[...p.wire, ...p.ranges].map((column) => writes<Runtime>(column, it)),
  ...(isStolen ? stealTouches : []),
];

/** What the beginning of a generation makes anew. */
export const allWires: readonly Touch<Runtime>[] = [
  ...[...g.wire, ...g.ranges, ...p.wire, ...p.ranges].map((column) => writes<Runtime>(column)),
  ...traceKind.col.ranges.map((column) => writes<Runtime>(column)),
];

/** What that of a trace does. */
export const traceTouches: readonly Touch<Runtime>[] = [
  ...allWires,
  writes(traceKind.col.firstGen),
  ...[m.ctxG, m.ctxP, m.owedP, m.owedGen].map((column) => writes<Runtime>(column)),
];
