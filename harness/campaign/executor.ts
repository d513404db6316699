import type { Finding, FinishOptions } from '../find/finding';
import type { Hit } from '../find/hit';
import type { BatchResult, BatchSpec } from './batch';

/** How long a campaign goes on; without a limit of either kind, until it is stopped. */
export interface Budget {
  readonly runs?: number;
  readonly ms?: number;
}

/** Who does the work. */
export interface Executor<P> {
  /** How many batches are worth having under way. */
  readonly width: number;
  runBatch(spec: BatchSpec<P>): Promise<BatchResult<P>>;
  finish(hit: Hit<P>): Promise<Finding<P>>;
}

/** What all tasks of a campaign have in common; everything goes by its name, as threads share no code. */
export interface Setup {
  readonly variant: string;
  /** Which claims are judged. */
  readonly claims: readonly string[];
  readonly strategies: readonly string[];
  readonly isKnown: boolean;
  readonly options: FinishOptions;
}
