import { always } from '../harness/language';
import { GO_STATUS, GONE, rules, toldName, UNKNOWN } from '../models/events';
import { endOfProcs, refusals } from '../models/parser';
import type { Runtime } from '../models/runtime';
import { firstOf, previousGen, toldOf } from '../models/told';
import { type G, mKind, nextGen, traceKind } from '../models/words';

/**
 * The trace as a parser judges it: each goroutine's events, generation by generation, must make sense by themselves
 * (S8), among themselves and across generations (S7), with one status each (S17).
 */

const contradicts = (said: number, now: number): string => `the trace said ${toldName[said]}, and now ${toldName[now]}`;

/** A GoStatus against what the same generation, or the one before if that is complete, has said. */
function statusContradicts(w: Runtime): string | undefined {
  const { eventWas, eventSays, eventGen } = w.m;
  const g = w.m.eventG!;
  if (eventWas !== UNKNOWN) return eventWas === eventSays ? undefined : contradicts(eventWas, eventSays);
  const before = previousGen(eventGen);
  if (w.trace.flushedGen !== before) return undefined;
  return continues(toldOf(g, before), eventSays);
}

const continues = (last: number, first: number): string | undefined => {
  if (last === first) return undefined;
  return last === UNKNOWN || last === GONE
    ? 'a goroutine that the generation before did not know has a status'
    : `a generation ends with ${toldName[last]}, the next begins with ${toldName[first]}`;
};

function eventContradicts(w: Runtime): string | undefined {
  const { eventWas, eventG, eventTarget, targetWas } = w.m;
  const { name, needs, target } = rules[w.m.event - 1]!;
  if (eventG !== undefined && needs !== UNKNOWN && eventWas !== UNKNOWN && eventWas !== needs)
    return `${name} of a goroutine that the trace calls ${toldName[eventWas]}`;
  if (eventTarget !== undefined && target !== undefined && !target.needs.includes(targetWas) && targetWas !== UNKNOWN)
    return `${name} names a goroutine that the trace calls ${toldName[targetWas]}`;
  return undefined;
}

/**
 * At the end of a generation, what it said last of a goroutine must be what the next has said first, where that has
 * begun.
 */
function endContradicts(w: Runtime, g: G): string | undefined {
  const { flushedGen } = w.trace;
  if (flushedGen === 0 || w.trace.gen === 0) return undefined;
  const first = firstOf(g, nextGen(flushedGen));
  return first === UNKNOWN ? undefined : continues(toldOf(g, flushedGen), first);
}

function generationContradicts(w: Runtime): string | undefined {
  for (const g of w.gs) {
    const cause = endContradicts(w, g);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

function tellGeneration(w: Runtime): string {
  const { flushedGen } = w.trace;
  const g = w.gs.find((it) => endContradicts(w, it) !== undefined)!;
  const [last, first] = [toldName[toldOf(g, flushedGen)], toldName[firstOf(g, nextGen(flushedGen))]];
  const who = w.moverName(w.mover);
  return `${who} completes a generation that calls ${w.gName(g)} ${last} last, and the next begins with ${first}`;
}

export const S7 = always<Runtime>({
  name: 'S7',
  strength: 'order',
  sentence: 'what the trace says of a goroutine goes on from what it said before',
  on: [mKind.col.eventG, traceKind.col.flushedGen],
  check: (w) => {
    if (w.m.event === 0) return generationContradicts(w);
    return w.m.event === 1 + GO_STATUS ? statusContradicts(w) : eventContradicts(w);
  },
  tell: (w) => (w.m.event === 0 ? tellGeneration(w) : `${w.moverName(w.mover)} writes ${tellEvent(w)}`),
});

/** A reader may begin with any generation (a flight recorder does), so that each must explain itself. */
export const S8 = always<Runtime>({
  name: 'S8',
  strength: 'order',
  sentence: 'every event of a goroutine follows a status or its creation in the same generation',
  on: [mKind.col.eventG],
  check: (w) => {
    const { name, needs, target } = rules[w.m.event - 1]!;
    if (w.m.event === 1 + GO_STATUS) return undefined;
    if (needs !== UNKNOWN && w.m.eventG !== undefined && w.m.eventWas === UNKNOWN)
      return `${name} of a goroutine that the generation does not know`;
    if (target !== undefined && !target.needs.includes(UNKNOWN) && w.m.targetWas === UNKNOWN)
      return `${name} names a goroutine that the generation does not know`;
    return undefined;
  },
  tell: (w) => `${w.moverName(w.mover)} writes ${tellEvent(w)}, and the generation has no status of it`,
});

export const S17 = always<Runtime>({
  name: 'S17',
  strength: 'order',
  sentence: 'a goroutine has one status or creation in each generation',
  on: [mKind.col.eventG],
  check: (w) => (w.m.event === 1 + GO_STATUS && w.m.eventStated ? 'a second status' : undefined),
  tell: (w) => `${w.moverName(w.mover)} writes a second status of ${nameOf(w, w.m.eventG)}`,
});

/** Ps, what each M has, and what begins and ends: a generation that a parser refuses is lost, and those behind it. */
export const S24 = always<Runtime>({
  name: 'S24',
  strength: 'order',
  sentence: 'the trace tells of Ps, Ms and ranges what a parser can follow',
  on: [mKind.col.refused, traceKind.col.flushedGen],
  check: (w) => {
    const { event, refused } = w.m;
    if (event === 0) return w.trace.flushedGen === 0 ? undefined : endOfProcs(w, w.trace.flushedGen);
    return refused === 0 ? undefined : refusals[refused];
  },
  tell: (w) =>
    w.m.event === 0
      ? `${w.moverName(w.mover)} completes a generation that does not add up`
      : `${w.moverName(w.mover)} writes ${rules[w.m.event - 1]!.name}, and ${refusals[w.m.refused]}`,
});

/** Phase C has waited for everybody who might. */
export const S16 = always<Runtime>({
  name: 'S16',
  strength: 'order',
  sentence: 'nobody writes into a generation that is closed',
  on: [mKind.col.eventGen],
  check: (w) => {
    if (w.m.event === 1 + GO_STATUS && w.m.depth === 0) return undefined; // phase D, by the advancer itself
    return w.m.eventGen === w.trace.closedGen ? 'an event of a closed generation' : undefined;
  },
  tell: (w) => `${w.moverName(w.mover)} writes ${tellEvent(w)} into a generation that is closed`,
});

const nameOf = (w: Runtime, g: G | undefined): string => (g === undefined ? 'nobody' : w.gName(g));
function tellEvent(w: Runtime): string {
  const { event, eventG, eventTarget, eventWas, eventSays } = w.m;
  const what = event === 1 + GO_STATUS ? `GoStatus(${toldName[eventSays]})` : rules[event - 1]!.name;
  const target = eventTarget === undefined ? '' : ` naming ${w.gName(eventTarget)}`;
  return `${what} of ${nameOf(w, eventG)} (${toldName[eventWas]} so far)${target}`;
}
