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

/** The abstract states that some runs see. */
export class Sightings<W extends World> {
  /** Those of the present run that neither an earlier one nor anybody before has seen. */
  fresh: number[] = [];
  private run = 0;
  /** The run that has seen a state last, and whether it was the only one. */
  private readonly seen = new Map<number, { run: number; isOnce: boolean }>();
  /** Never met, so that it is asked for ever: the machine's way to hear of a change. */
  readonly claim: Sometimes<W>;

  constructor(abstraction: Abstraction<W>, before: ReadonlySet<number>) {
    this.claim = sometimes<W>({
      name: 'coverage',
      sentence: 'counts abstract states',
      on: abstraction.on,
      check: (w) => {
        const state = abstraction.of(w);
        const last = this.seen.get(state);
        if (last === undefined) {
          this.seen.set(state, { run: this.run, isOnce: true });
          if (!before.has(state)) this.fresh.push(state);
        } else if (last.run !== this.run) {
          last.run = this.run;
          last.isOnce = false;
        }
        return false;
      },
    });
  }

  beginRun(): void {
    this.fresh = [];
    this.run++;
  }

  /** The states that one run has seen, and those that several have. */
  count(): { once: number[]; often: number[] } {
    const states = [...this.seen];
    return {
      once: states.filter(([, { isOnce }]) => isOnce).map(([state]) => state),
      often: states.filter(([, { isOnce }]) => !isOnce).map(([state]) => state),
    };
  }
}

/** The abstract states that a campaign has seen, and which of them in one run alone. */
export class Coverage {
  private runs = 0;
  private singles = 0;
  private readonly isOnce = new Map<number, boolean>();

  get size(): number {
    return this.isOnce.size;
  }

  has(state: number): boolean {
    return this.isOnce.has(state);
  }

  states(): Iterable<number> {
    return this.isOnce.keys();
  }

  /** Adds what `runs` runs have seen, and returns how many states are new. */
  add(runs: number, { once, often }: { readonly once: readonly number[]; readonly often: readonly number[] }): number {
    const before = this.size;
    this.runs += runs;
    for (const state of once) this.see(state, true);
    for (const state of often) this.see(state, false);
    return this.size - before;
  }

  /** Adds what another campaign has seen. */
  join(other: Coverage): void {
    const { once, often } = other.toJSON();
    this.add(other.runs, { once, often });
  }

  private see(state: number, isOnce: boolean): void {
    const was = this.isOnce.get(state);
    const is = isOnce && was === undefined;
    this.isOnce.set(state, is);
    this.singles += Number(is) - Number(was === true);
  }

  /**
   * An estimate of the chance that `runs` more runs see a new state: a run's is about the share of runs that were alone in seeing
   * some state (Good, "The population frequencies of species and the estimation of population parameters", 1953, for
   * samples by run).
   */
  chanceOfNew(runs: number): number {
    if (this.runs === 0) return 1;
    return 1 - (1 - Math.min(1, this.singles / this.runs)) ** runs;
  }

  toJSON(): { runs: number; once: number[]; often: number[] } {
    const all = [...this.isOnce];
    const those = (isOnce: boolean) =>
      all
        .filter(([, it]) => it === isOnce)
        .map(([state]) => state)
        .sort((a, b) => a - b);
    return { runs: this.runs, once: those(true), often: those(false) };
  }

  static fromJSON(json: { runs: number; once: number[]; often: number[] }): Coverage {
    const coverage = new Coverage();
    coverage.add(json.runs, json);
    return coverage;
  }
}
