import type { Tape } from '../run/tape';

/** A bug as a run has hit it. */
export interface Hit<P> {
  readonly property: string;
  readonly cause: string;
  readonly program: P;
  readonly tape: Tape;
  /** Of the batch at first, then of the campaign. */
  readonly run: number;
  /** Steps up to the end of that run. */
  readonly after: number;
}
