import type { Column } from './columns';
import { type Sometimes, sometimes } from './property';
import type { World } from './world';

/** What a model counts as a state in campaigns: far fewer than there are, so that a new one means something. */
export interface Abstraction<W> {
  /** The columns that it depends on. */
  readonly on: readonly Column[];
  /** The present one, as a whole number from 0 to 2³⁰ − 1. */
  of(world: W): number;
}

const OFTEN = -1;

/** The abstract states that a campaign has seen, and which of them in one run alone. */
export class Coverage<W extends World> {
  /** New ones since `beginRun`. */
  fresh = 0;
  private singles = 0;
  private run = 0;
  /** The only run that has seen a state, or OFTEN. */
  private readonly runOf = new Map<number, number>();
  /** Never met, so that it is asked for ever: the machine's way to hear of a change. */
  readonly claim: Sometimes<W>;

  constructor(abstraction: Abstraction<W>) {
    this.claim = sometimes<W>({
      name: 'coverage',
      sentence: 'counts abstract states',
      on: abstraction.on,
      check: (w) => {
        this.see(abstraction.of(w));
        return false;
      },
    });
  }

  get size(): number {
    return this.runOf.size;
  }

  beginRun(): void {
    this.fresh = 0;
    this.run++;
  }

  private see(state: number): void {
    const run = this.runOf.get(state);
    if (run === this.run || run === OFTEN) return;
    if (run === undefined) {
      this.runOf.set(state, this.run);
      this.singles++;
      this.fresh++;
    } else {
      this.runOf.set(state, OFTEN);
      this.singles--;
    }
  }

  /**
   * An estimate of the chance that `runs` more runs see a new state: a run's is about the share of runs that were alone in seeing
   * some state (Good, "The population frequencies of species and the estimation of population parameters", 1953, for
   * samples by run).
   */
  chanceOfNew(runs: number): number {
    if (this.run === 0) return 1;
    return 1 - (1 - Math.min(1, this.singles / this.run)) ** runs;
  }
}
