import type { Place } from './places';

/**
 * Gates: where Ms are held, in Go as in the model, so that they come to meet as in a finding.
 *
 * The last context switches of a minimal story are the gates; what was before is set-up, which happens by itself if a
 * program goes on for long enough. Which of the switches are needed, and at which line near one an M is best held,
 * is found out in the model: walks at random with nothing but these gates, counted by how many come to the bug.
 */

/** Of the points at which it matters whom they are about, not who comes there. */
export const ANYONE = -2;

/** In front of which statement who is held. */
export interface Point {
  readonly place: Place;
  /** The goroutine that the M runs, by its index in the model; -1 for none, or ANYONE but the one it is about. */
  readonly actor: number;
  /** The one that the line is about, if that is another one. */
  readonly subject: number | undefined;
  /** What the actor lends itself for; empty if it does not. */
  readonly lentFor: string;
}

/** Held until so many gates were passed; to the end. */
export const END = 99;

export interface Gate extends Point {
  /** Until how many gates were come to; END: until it has happened, or will not; 0: not at all. */
  readonly until: number;
}

/** Where somebody who would come too early waits until so many gates were come to. */
export interface Entry extends Point {
  readonly from: number;
  /** In the story it stands there before the last of those is come to: without it, that one is not. */
  readonly stands: boolean;
}

export interface Plan {
  /** In the order in which they are come to. */
  readonly gates: readonly Gate[];
  readonly entries: readonly Entry[];
  /** Which part of walks from the story comes to the bug. */
  readonly hits: number;
  /** Which part of trials does, from wherever the first gate is come to as such programs go on. */
  readonly often?: number;
  /** How often the first gate was come to then. */
  readonly arrivals?: number;
}

/** Why a finding cannot be tried, in a sentence. */
export class CannotTry extends Error {}
