/** What a line stands for where its text does not say it. */
export type At =
  /**
   * A statement of its functions, by its text or as much of it as is there once; `text#2` is the second such one, `a
   * before b` the last such one in front of the statement that has b, `a after b` the first behind it.
   */
  | string
  /** One of these, whichever there is first: releases differ. */
  | readonly (string | Nowhere)[]
  /** Nothing, and why. */
  | Nowhere;

export interface Nowhere {
  readonly nowhere: string;
}

export const nowhere = (why: string): Nowhere => ({ nowhere: why });

/** Where a routine, or a helper, comes from. */
export interface Anchors {
  /**
   * The functions that it tells, each followed into where it is called: `gopark`; `trace.Start` in another package;
   * `forEachP{casGToWaitingForGC}`, the closure of forEachP in which that stands. Those that a release does not have
   * are left out. Missing: the function of its name.
   */
  readonly in?: readonly string[];
  /** By a line's text, or `text#2`, or a pattern with `*` for several. What is missing is found by its own text. */
  readonly at?: Readonly<Record<string, At>>;
  /** Why its lines are in another order than Go's. */
  readonly order?: string;
}
