import type { Touch } from '../harness/language';
import { type G, gKind, mKind } from './cells';
import type { Runtime } from './runtime';
import { Gcopystack, Grunnable, Grunning, Gsyscall, Gwaiting } from './status';
import { mp, type Operand, writes } from './words/language';
import { noteTold, pairTouches } from './words/pairs';

/**
 * What a parser makes of the trace: one automaton per goroutine and generation, moved by every event that is written.
 * The runtime never reads any of this; the properties do (properties/wire.ts).
 * Source: the rules of internal/trace/order.go.
 *
 * Left out: Ps, Ms (which M a goroutine runs on), sequence numbers, user events. Events of one goroutine are judged in
 * the order in which they are written, which is the order that the sequence numbers say.
 */

/** What the trace says that a goroutine does. */
export const UNKNOWN = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;
export const SYSCALL = 3;
export const WAITING = 4;
export const GONE = 5;
export const toldName = ['unknown', 'Runnable', 'Running', 'Syscall', 'Waiting', 'gone'] as const;

interface Rule {
  readonly name: string;
  /** What the trace must have said of the goroutine that the event is about, and says from then on. */
  readonly needs: number;
  readonly leaves: number;
  /** The status that the event gives its goroutine where that has none yet; missing: the one that it needs. */
  readonly asserts?: number;
  /** The same for the other goroutine that the event names. */
  readonly target?: { readonly needs: readonly number[]; readonly leaves: number };
}

const rule = (name: string, needs: number, leaves: number, target?: Rule['target']): Rule => ({
  name,
  needs,
  leaves,
  ...(target && { target }),
});

/** Whatever its goroutine does: only the status that the event asserts matters. */
const anywhere = (name: string, asserts: number): Rule => ({ ...rule(name, UNKNOWN, UNKNOWN), asserts });
const unblocks = { needs: [WAITING], leaves: RUNNABLE };
const resumes = { needs: [WAITING], leaves: RUNNING };

/** The events that the model writes, in Go's names for the tracer's functions. The first is a status. */
export const rules: readonly Rule[] = [
  rule('GoStatus', UNKNOWN, UNKNOWN),
  rule('GoPark', RUNNING, WAITING),
  rule('GoSched', RUNNING, RUNNABLE),
  rule('GoPreempt', RUNNING, RUNNABLE),
  rule('GoUnpark', RUNNING, RUNNING, unblocks),
  rule('GoCreate', RUNNING, RUNNING, { needs: [UNKNOWN, GONE], leaves: RUNNABLE }),
  rule('GoCreateBlocked', RUNNING, RUNNING, { needs: [UNKNOWN, GONE], leaves: WAITING }),
  rule('GoStart', RUNNABLE, RUNNING),
  rule('GoEnd', RUNNING, GONE),
  rule('GoSwitch', RUNNING, WAITING, resumes),
  rule('GoSwitchDestroy', RUNNING, GONE, resumes),
  rule('GoSysCall', RUNNING, SYSCALL),
  rule('GoSysExit', SYSCALL, RUNNING),
  rule('GoSysExit, blocked', SYSCALL, RUNNABLE),
  rule('ProcSteal', RUNNING, RUNNING),
  rule('ProcSteal, in a syscall', SYSCALL, SYSCALL),
  rule('ProcStart', SYSCALL, SYSCALL),
  anywhere('HeapAlloc', RUNNING),
  rule('ProcStop', SYSCALL, SYSCALL),
  ...[
    'STWStart',
    'STWDone',
    'GCStart',
    'GCDone',
    'GCActive',
    'Gomaxprocs',
    'GCMarkAssistStart',
    'GCMarkAssistDone',
    'GCSweepStart',
    'GCSweepDone',
  ].map((name) => rule(name, RUNNING, RUNNING)),
];

export const GO_STATUS = 0;

export const ruleNumber = (name: string): number => {
  const at = rules.findIndex((it) => it.name === name);
  if (at < 0) throw new Error(`no event is called ${name}`);
  return at;
};

/**
 * What a parser remembers of a goroutine in one generation: what it does, what it did first, whether a status says so.
 */
const FIRST = 8;
const STATED = 64;
const slotOf = (gen: number): number => gen % 3;
export const toldOf = (it: G, gen: number): number => it.wire.get(slotOf(gen)) % FIRST;
export const firstOf = (it: G, gen: number): number => Math.floor((it.wire.get(slotOf(gen)) % STATED) / FIRST);
export const isStated = (it: G, gen: number): boolean => it.wire.get(slotOf(gen)) >= STATED;

const remember = (it: G, gen: number, told: number, first: number, stated: boolean): void => {
  it.wire.set(slotOf(gen), told + FIRST * first + (stated ? STATED : 0));
};

/** What an event says of a transition in its own section; that into Running is in another one, before. */
const TELLS: ReadonlySet<number> = new Set([RUNNABLE, SYSCALL, WAITING]);

/** A generation begins: nothing has been said of anybody in it. */
export function beginGeneration(w: Runtime, gen: number): void {
  for (const it of w.gs) it.wire.set(slotOf(gen), 0);
}

/** A GoStatus is written. */
export function writeStatus(w: Runtime, it: G, gen: number, says: number): void {
  const { m } = w;
  m.event = 1 + GO_STATUS;
  m.eventGen = gen;
  m.eventG = it;
  m.eventWas = toldOf(it, gen);
  m.eventSays = says;
  m.eventStated = isStated(it, gen);
  remember(it, gen, says, firstOf(it, gen) || says, true);
}

/** Another event is written, about a goroutine, if any, that may name another one. */
export function writeEvent(w: Runtime, kind: number, gen: number, about: G | undefined, target: G | undefined): void {
  const { m } = w;
  const { needs, leaves, target: other } = rules[kind]!;
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
  if (about?.untold && leaves === GONE) {
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

/** What writing an event about these goroutines leaves for the properties. */
export const wireTouches = (...its: Operand<Runtime, G | undefined>[]): Touch<Runtime>[] => [
  ...[m.event, m.eventGen, m.eventG, m.eventWas, m.eventSays, m.eventStated, m.eventTarget, m.targetWas].map((column) =>
    writes<Runtime>(column, mp),
  ),
  ...pairTouches,
  ...its.flatMap((it) => [...g.wire, g.untold].map((column) => writes<Runtime>(column, it))),
];
