import type { Column } from './columns';

/**
 * How strong a property is: `discipline` (a rule was broken), `harm` (somebody was hurt), `order` (the record tells it
 * wrong), `liveness` (somebody waits for ever).
 */
export type Strength = 'discipline' | 'harm' | 'order' | 'liveness';

interface Named {
  /** Short and unique, and without a `-`. */
  readonly name: string;
  /** What holds, in one sentence. */
  readonly sentence: string;
}

/**
 * Judged after every line that writes one of the columns in `on`, with that line's mover at hand, and never otherwise:
 * a property costs nothing on steps that cannot concern it.
 */
export interface Always<W> extends Named {
  readonly kind: 'always';
  readonly strength: Strength;
  readonly on: readonly Column[];
  /** Reads one state and nothing else. Returns what went wrong, as one of a few constant phrases, or nothing. */
  check(w: W): string | undefined;
  /** The same with the names of those involved; asked only for a finding that people will read. */
  tell?(w: W): string;
  /** The run ends where this breaks, because the system would. */
  readonly isFatal?: boolean;
}

/**
 * Judged where no mover can move; a run that breaks it is stuck. With `inCircles` it is judged, too, where movers that
 * take fair turns have come back to a state that they were in before, and so will for ever.
 */
export interface AtRest<W> extends Named {
  readonly kind: 'atRest';
  readonly strength: Strength;
  readonly inCircles?: boolean;
  check(w: W, isCircling: boolean): string | undefined;
  tell?(w: W): string;
}

/** Must be true at least once in a campaign: a model in which nothing happens satisfies everything else. */
export interface Sometimes<W> extends Named {
  readonly kind: 'sometimes';
  readonly on: readonly Column[];
  check(w: W): boolean;
}

/** Whether somebody waits for ever where it breaks, so that a recording must end in fair turns to show it. */
export const isEndless = <W>(claim: Claim<W> | undefined): boolean =>
  claim?.kind === 'atRest' && claim.inCircles === true;

export type Property<W> = Always<W> | AtRest<W>;
export type Claim<W> = Property<W> | Sometimes<W>;
export const always = <W>(parts: Omit<Always<W>, 'kind'>): Always<W> => ({ kind: 'always', ...parts });
export const atRest = <W>(parts: Omit<AtRest<W>, 'kind'>): AtRest<W> => ({ kind: 'atRest', ...parts });
export const sometimes = <W>(parts: Omit<Sometimes<W>, 'kind'>): Sometimes<W> => ({ kind: 'sometimes', ...parts });
