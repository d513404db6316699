import type { Touch } from '../../harness/language';
import { type G, mKind, ordering } from '../cells';
import type { Runtime } from '../runtime';
import { mp, writes } from './language';

/**
 * Which transitions and which events of the section at hand have not met yet, in ghosts: in whatever order they come,
 * both must be in one section, or the trace may have them in two generations.
 */

const m = mKind.col;

const MOVE_ALONE = ordering('a transition lacks its event');
const EVENT_ALONE = ordering('an event lacks its transition');

/** A transition that an event tells, or one that an event has told already, in the section at hand. */
export function noteMove(w: Runtime, it: G, isTold: boolean): void {
  const { m } = w;
  if (m.depth === 0) return;
  if (m.told === it) m.told = undefined;
  else if (isTold) {
    if (m.moved !== undefined) m.torn = MOVE_ALONE;
    m.moved = it;
  }
}

/** An event says that a goroutine has made a transition. */
export function noteTold(w: Runtime, it: G): void {
  const { m } = w;
  if (m.depth === 0) return;
  if (m.moved === it) m.moved = undefined;
  else {
    if (m.told !== undefined) m.torn = EVENT_ALONE;
    m.told = it;
  }
}

/** What the outermost section lacks that ends. */
export function endPairs({ m }: Runtime): void {
  const lacksEvent = m.moved === undefined ? 0 : MOVE_ALONE;
  m.ordering = m.torn || lacksEvent || (m.told === undefined ? 0 : EVENT_ALONE);
  m.moved = undefined;
  m.told = undefined;
  m.torn = 0;
}

export const pairTouches: readonly Touch<Runtime>[] = [m.moved, m.told, m.torn].map((column) =>
  writes<Runtime>(column, mp),
);
