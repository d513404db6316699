import { z } from 'zod';
import type { Abstraction } from '../language/model';
import { type Sometimes, sometimes } from '../language/property';
import type { World } from '../language/world';

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

/** A chance by run, and between what it probably is. */
export interface Rate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What a campaign had seen after so many runs. */
export interface Point {
  readonly runs: number;
  readonly states: number;
}

const POINTS = 200;

interface Sight {
  /** Whether one run alone has seen it. */
  isOnce: boolean;
  /** The batch that has seen it first, by its number in the whole campaign. */
  first: number;
}

/** The abstract states that a campaign has seen, when it did first, and which of them in one run alone. */
export class Coverage {
  private runs = 0;
  /** Up to the last that was added. */
  private batches = 0;
  private singles = 0;
  private readonly sights = new Map<number, Sight>();

  get size(): number {
    return this.sights.size;
  }

  has(state: number): boolean {
    return this.sights.has(state);
  }

  states(): Iterable<number> {
    return this.sights.keys();
  }

  /** Adds what the runs of a batch have seen, and returns how many states are new. */
  add(
    batch: number,
    runs: number,
    { once, often }: { readonly once: readonly number[]; readonly often: readonly number[] },
  ): number {
    const before = this.size;
    this.runs += runs;
    this.batches = Math.max(this.batches, batch + 1);
    for (const state of once) this.see(state, true, batch);
    for (const state of often) this.see(state, false, batch);
    return this.size - before;
  }

  /** Adds what another part of the campaign has seen. */
  join(other: Coverage): void {
    this.runs += other.runs;
    this.batches = Math.max(this.batches, other.batches);
    for (const [state, { isOnce, first }] of other.sights) this.see(state, isOnce, first);
  }

  private see(state: number, isOnce: boolean, batch: number): void {
    const sight = this.sights.get(state);
    if (sight === undefined) {
      this.sights.set(state, { isOnce, first: batch });
      if (isOnce) this.singles++;
      return;
    }
    if (sight.isOnce) this.singles--;
    sight.isOnce = false;
    sight.first = Math.min(sight.first, batch);
  }

  /**
   * An estimate of the chance that the next run sees a new state: the share of runs that were alone in seeing some
   * state (Good, "The population frequencies of species and the estimation of population parameters", 1953, for samples
   * by run). The interval is Wilson's of 95 %, 1927, as if that share were of independent runs, which it is only
   * roughly.
   */
  newPerRun(): Rate {
    const n = this.runs;
    if (n === 0) return { estimate: 1, low: 0, high: 1 };
    const estimate = Math.min(1, this.singles / n);
    const Z2 = 1.96 ** 2;
    const middle = (estimate + Z2 / (2 * n)) / (1 + Z2 / n);
    const half = Math.sqrt(Z2 * ((estimate * (1 - estimate)) / n + Z2 / (4 * n * n))) / (1 + Z2 / n);
    return { estimate, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
  }

  /** How it came to that, at most POINTS points, evenly spread. */
  growth(): Point[] {
    const count = Math.min(POINTS, this.batches);
    const fresh = new Float64Array(count);
    for (const { first } of this.sights.values()) fresh[Math.floor((first * count) / this.batches)]!++;
    let states = 0;
    return Array.from(fresh, (it, i) => {
      states += it;
      return { runs: Math.round((this.runs * (i + 1)) / count), states };
    });
  }

  toJSON(): CoverageJson {
    const those = (isSought: boolean) =>
      [...this.sights]
        .filter(([, { isOnce }]) => isOnce === isSought)
        .map(([state, { first }]): [number, number] => [state, first])
        .sort(([a], [b]) => a - b);
    return { runs: this.runs, batches: this.batches, once: those(true), often: those(false) };
  }

  static fromJSON({ runs, batches, once, often }: CoverageJson): Coverage {
    const coverage = new Coverage();
    coverage.runs = runs;
    coverage.batches = batches;
    for (const [state, first] of once) coverage.see(state, true, first);
    for (const [state, first] of often) coverage.see(state, false, first);
    return coverage;
  }
}

const whole = z.int().min(0);
const sights = z.array(z.tuple([whole, whole]));

/** States, and the batches that have seen them first. */
export const coverageSchema = z
  .strictObject({ runs: whole, batches: whole, once: sights, often: sights })
  .refine(({ batches, once, often }) => [...once, ...often].every(([, first]) => first < batches), 'seen by no batch');

type CoverageJson = z.infer<typeof coverageSchema>;
