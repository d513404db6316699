import { z } from 'zod';

/** Batches between two looks at what pays. */
const ROUND = 16;

/** What every strategy gets at least: what paid nothing so far may be the only one that finds the next bug. */
const FLOOR = 0.05;

/** How many abstract states a new bug is worth. */
const PER_BUG = 20;

/** What was earned a round ago counts half. */
const DECAY = 0.5;

/** Strategies that have hardly run are taken to earn well. */
const OPTIMISM = { gain: 4, steps: 20_000 };

export interface Earnings {
  runs: number;
  steps: number;
  /** Abstract states and bugs that were new to whoever learns from it. */
  states: number;
  bugs: number;
}

/**
 * Which strategy the next batch is for. Shares follow what each has earned a step lately, and change every so many
 * batches.
 */
export class Shares {
  readonly total: Record<string, Earnings> = {};
  private recent: { gain: number; steps: number }[];
  private shares: number[];
  private batches = 0;

  constructor(private readonly names: readonly string[]) {
    for (const name of names) this.total[name] = { runs: 0, steps: 0, states: 0, bugs: 0 };
    this.recent = names.map(() => ({ gain: 0, steps: 0 }));
    this.shares = names.map(() => 1 / names.length);
  }

  /** The index of a strategy; `seed` is any number of 32 bits. */
  next(seed: number): number {
    if (this.batches++ % ROUND === 0) this.adjust();
    let at = (seed >>> 0) / 2 ** 32;
    for (let i = 0; i < this.shares.length - 1; i++) {
      at -= this.shares[i]!;
      if (at < 0) return i;
    }
    return this.shares.length - 1;
  }

  earn(index: number, { runs, steps, states, bugs }: Earnings): void {
    const total = this.total[this.names[index]!]!;
    total.runs += runs;
    total.steps += steps;
    total.states += states;
    total.bugs += bugs;
    this.recent[index]!.gain += states + PER_BUG * bugs;
    this.recent[index]!.steps += steps;
  }

  private adjust(): void {
    const yields = this.recent.map(({ gain, steps }) => (gain + OPTIMISM.gain) / (steps + OPTIMISM.steps));
    const sum = yields.reduce((a, b) => a + b, 0);
    const rest = 1 - FLOOR * this.names.length;
    this.shares = yields.map((it) => FLOOR + (rest * it) / sum);
    for (const it of this.recent) {
      it.gain *= DECAY;
      it.steps *= DECAY;
    }
  }

  toJSON(): SharesJson {
    const { total, recent, shares, batches } = this;
    return { total, recent, shares, batches };
  }

  restore({ total, recent, shares, batches }: SharesJson): void {
    Object.assign(this.total, total);
    this.recent = recent;
    this.shares = shares;
    this.batches = batches;
  }
}

const whole = z.int().min(0);

export const sharesSchema = z.strictObject({
  total: z.record(z.string(), z.strictObject({ runs: whole, steps: whole, states: whole, bugs: whole })),
  recent: z.array(z.strictObject({ gain: z.number(), steps: z.number() })),
  shares: z.array(z.number()),
  batches: whole,
});

type SharesJson = z.infer<typeof sharesSchema>;

/** What several have earned together. */
export function totalOf(all: readonly Readonly<Record<string, Earnings>>[]): Record<string, Earnings> {
  const total: Record<string, Earnings> = {};
  for (const each of all)
    for (const [name, { runs, steps, states, bugs }] of Object.entries(each)) {
      const it = total[name] ?? { runs: 0, steps: 0, states: 0, bugs: 0 };
      total[name] = it;
      it.runs += runs;
      it.steps += steps;
      it.states += states;
      it.bugs += bugs;
    }
  return total;
}
