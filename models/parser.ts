import type { Touch } from '../harness/language';
import { type G, type M, mKind, type P } from './cells';
// biome-ignore format: words, not a wall
import { P_ABANDONED, P_IDLE, P_RUNNING, P_SYSCALL, type Range, RUNNING, type Rule, SYSCALL, toldProcName,
  UNKNOWN } from './events';
import type { Runtime } from './runtime';
import { firstOf, isStated, lastTold, nextGen, previousGen, remember, slotOf, toldOf } from './told';
import { mp, writes } from './words/language';

/**
 * What a parser makes of Ps, of what each M has, and of ranges. The runtime never reads any of this; S24 does.
 *
 * A parser may wait: the end of a system call that has lost its P is held back until somebody has told that the P was
 * stolen, and so is the start of another P. Here the M owes that (`owedP`) until it is told.
 * Source: internal/trace/order.go of Go 1.26.
 *
 * Left out: a sweep that goes on when a generation begins (here each is within one section); whose stack an event
 * carries (S1 judges whether it may be read); the M that a sampled status names; the order of GCs (their numbers are
 * taken with the write).
 */

/** Why a parser takes no event; an event of which the first is said is one that it takes. */
export const refusals = [
  'nothing',
  'its M has no P',
  'its M has a P',
  'its M has another P',
  'its M has no goroutine',
  'its M has a goroutine',
  'its M has another goroutine',
  'the generation has no status of the P',
  'the P is not idle',
  'the P runs not, and is in no system call',
  'the P is in no system call',
  'the M that it is stolen from does not have it',
  'the P has a status in this generation',
  'the P was something else in the generation before',
  'the range has begun',
  'the range has not begun in this generation',
  'it continues a range that the generation before does not have',
  'it carries no stack',
] as const;

type Refusal = (typeof refusals)[number];
const numberOf = new Map<Refusal, number>(refusals.map((it, at) => [it, at]));

function refuse(w: Runtime, why: Refusal): void {
  if (w.m.refused === 0) w.m.refused = numberOf.get(why)!;
}

/** Sets what is said of a P in a generation. */
const say = (p: P, gen: number, told: number): void =>
  remember(p, gen, told, firstOf(p, gen) || told, isStated(p, gen));

/** Whether a P may be said to be one thing in the generation after one that says the other. */
const isSameProc = (last: number, first: number): boolean =>
  last === first || (last === P_SYSCALL && first === P_ABANDONED);

/** A ProcStatus is written. A P that runs is the M's that says so. */
export function judgeProcStatus(w: Runtime, p: P, gen: number, says: number): void {
  const { m, trace } = w;
  m.refused = 0;
  if (isStated(p, gen)) refuse(w, 'the P has a status in this generation');
  const before = toldOf(p, previousGen(gen));
  if (trace.flushedGen === previousGen(gen) && before !== UNKNOWN && !isSameProc(before, says))
    refuse(w, 'the P was something else in the generation before');
  remember(p, gen, says, firstOf(p, gen) || says, true);
  if (says === P_RUNNING || says === P_SYSCALL) m.ctxP = p;
}

/** A GoStatus is written, by the M of the goroutine if that has one. */
export function judgeGoStatus(w: Runtime, it: G, gen: number, says: number, isInAssist: boolean): void {
  const { m } = w;
  const isOver = w.trace.flushedGen === previousGen(gen);
  m.refused = 0;
  if (m.depth > 0 && it === m.curg) {
    const isTold = isOver && gen !== w.trace.firstGen;
    if (says === SYSCALL && m.ctxG !== it && (m.ctxG !== undefined || isTold)) refuse(w, 'its M has another goroutine');
    if (says === RUNNING || says === SYSCALL) m.ctxG = it;
  } else if (m.depth === 0 && says === SYSCALL && it.m !== undefined && toldOf(it, nextGen(gen)) === UNKNOWN) {
    // Phase D, of a system call that has lasted since before the generation: nobody else has told whose M has it.
    it.m.ctxG ??= it;
  }
  if (isInAssist) continueRange(w, gen, 'mark assist', it, undefined);
}

/** Another event is written; it names a P if it says something of one that is not the M's own. */
export function judgeEvent(
  w: Runtime,
  rule: Rule,
  gen: number,
  about: G | undefined,
  target: G | undefined,
  named: P | undefined,
  hasStack: boolean,
): void {
  const { m } = w;
  const { proc, hasG, hasP, needs, leaves } = rule;
  m.refused = 0;
  if (proc === 'is lost' || proc === 'starts') owe(m, gen);
  if (hasP === true) {
    if (m.ctxP === undefined) refuse(w, 'its M has no P');
    else if (m.p !== undefined && m.ctxP !== m.p) refuse(w, 'its M has another P');
    if (m.p !== undefined) m.ctxP = m.p;
  } else if (hasP === false && m.ctxP !== undefined) refuse(w, 'its M has a P');
  if (hasStack && !m.hasStack) refuse(w, 'it carries no stack');
  m.hasStack = false;
  // Of a goroutine that the generation does not know, S8 tells.
  if (hasG === true && m.eventWas !== UNKNOWN) {
    if (m.ctxG === undefined) refuse(w, 'its M has no goroutine');
    else if (m.ctxG !== about) refuse(w, 'its M has another goroutine');
    m.ctxG = about;
  } else if (hasG === false && m.ctxG !== undefined) refuse(w, 'its M has a goroutine');
  if (proc !== undefined) moveProc(w, rule, gen, named);
  if (needs !== leaves) {
    if (rule.target?.leaves === RUNNING) m.ctxG = target;
    else m.ctxG = leaves === RUNNING || leaves === SYSCALL ? about : undefined;
  }
  const p = m.ctxP;
  if (rule.begins !== undefined) beginRange(w, gen, rule.begins, about, p);
  if (rule.ends !== undefined) endRange(w, gen, rule.ends, about, p);
  if (rule.continues !== undefined) continueRange(w, gen, rule.continues, about, p);
}

/** The M has lost the P of its system call, and somebody has to say that it was stolen. */
function owe(m: M, gen: number): void {
  if (m.ctxP === undefined || lastTold(m.ctxP, gen) !== P_SYSCALL) return;
  m.owedP = m.ctxP;
  m.owedGen = gen;
  m.ctxP = undefined;
}

function moveProc(w: Runtime, { proc }: Rule, gen: number, named: P | undefined): void {
  const { m } = w;
  const from = m.stolenFrom;
  const p = named ?? m.ctxP;
  if (p === undefined) return;
  const was = toldOf(p, gen);
  const wants = (isMet: boolean, why: Refusal): void => {
    if (was === UNKNOWN) refuse(w, 'the generation has no status of the P');
    else if (!isMet) refuse(w, why);
  };
  if (proc === 'starts') {
    wants(was === P_IDLE, 'the P is not idle');
    say(p, gen, P_RUNNING);
    m.ctxP = p;
  } else if (proc === 'stops') {
    wants(was === P_RUNNING || was === P_SYSCALL, 'the P runs not, and is in no system call');
    say(p, gen, P_IDLE);
    m.ctxP = undefined;
  } else if (proc === 'enters a system call') say(p, gen, P_SYSCALL);
  else if (proc === 'leaves a system call') {
    wants(was === P_SYSCALL, 'the P is in no system call');
    say(p, gen, P_RUNNING);
  } else if (proc === 'is stolen') {
    wants(was === P_SYSCALL || was === P_ABANDONED, 'the P is in no system call');
    say(p, gen, P_IDLE);
    if (from?.ctxP === p) from.ctxP = undefined;
    else if (from?.owedP === p) {
      from.owedP = undefined;
      from.owedGen = 0;
    } else refuse(w, 'the M that it is stolen from does not have it');
  }
}

/** The bits of ranges that a generation has continued while the one before was not complete are further up. */
const CONTINUED = 4;
const BIT: Readonly<Record<Range, number>> = { STW: 1, 'mark assist': 2, sweep: 1, GC: 1 };

const holderOf = (w: Runtime, range: Range, g: G | undefined, p: P | undefined) =>
  range === 'GC' ? w.trace : range === 'sweep' ? p : g;

function beginRange(w: Runtime, gen: number, range: Range, g: G | undefined, p: P | undefined): void {
  const it = holderOf(w, range, g, p);
  if (it === undefined) return;
  if (it.ranges.get(slotOf(gen)) & BIT[range]) refuse(w, 'the range has begun');
  it.ranges.set(slotOf(gen), it.ranges.get(slotOf(gen)) | BIT[range]);
}

function endRange(w: Runtime, gen: number, range: Range, g: G | undefined, p: P | undefined): void {
  const it = holderOf(w, range, g, p);
  if (it === undefined) return;
  if (!(it.ranges.get(slotOf(gen)) & BIT[range])) refuse(w, 'the range has not begun in this generation');
  it.ranges.set(slotOf(gen), it.ranges.get(slotOf(gen)) & ~BIT[range]);
}

function continueRange(w: Runtime, gen: number, range: Range, g: G | undefined, p: P | undefined): void {
  const it = holderOf(w, range, g, p);
  if (it === undefined) return;
  const bit = BIT[range];
  const before = previousGen(gen);
  const isOver = w.trace.flushedGen === before;
  if (gen !== w.trace.firstGen && isOver && !(it.ranges.get(slotOf(before)) & bit))
    refuse(w, 'it continues a range that the generation before does not have');
  it.ranges.set(slotOf(gen), it.ranges.get(slotOf(gen)) | bit | (isOver ? 0 : bit * CONTINUED));
}

/** Whether a generation ends without a range that the next has continued. */
const isTorn = (it: Pick<G, 'ranges'>, gen: number, next: number): boolean => {
  const continued = Math.floor(it.ranges.get(slotOf(next)) / CONTINUED);
  return (it.ranges.get(slotOf(gen)) & continued) !== continued;
};

/** What a parser that has read a generation to its end waits for in vain, or has read otherwise in the next. */
export function endOfProcs(w: Runtime, gen: number): string | undefined {
  const isLast = w.trace.gen === 0;
  for (const p of w.ps) {
    const [last, first] = [toldOf(p, gen), isLast ? UNKNOWN : firstOf(p, w.trace.gen)];
    if (last !== UNKNOWN && first !== UNKNOWN && !isSameProc(last, first))
      return `a generation ends with a P that is ${toldProcName[last]}, the next begins with ${toldProcName[first]}`;
  }
  const isTornNow = (it: Pick<G, 'ranges'>): boolean => isTorn(it, gen, w.trace.gen);
  if (!isLast && (w.gs.some(isTornNow) || w.ps.some(isTornNow) || isTornNow(w.trace)))
    return 'a generation continues a range that the one before does not have';
  for (const m of w.ms)
    if (m.owedGen === gen) return 'a system call has lost its P, and nobody tells that it was stolen';
  return undefined;
}

const m = mKind.col;

/** What an event leaves for S24. */
export const parserTouches: readonly Touch<Runtime>[] = [
  ...[m.refused, m.ctxG, m.ctxP, m.owedP, m.owedGen, m.hasStack].map((column) => writes<Runtime>(column, mp)),
];

/** What one leaves that takes a P from another M. */
export const stealTouches: readonly Touch<Runtime>[] = [m.ctxP, m.owedP, m.owedGen].map((column) =>
  writes<Runtime>(column),
);
