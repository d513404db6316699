import seedrandom from 'seedrandom';

/** Written into artefacts that hold a seed, because the streams it makes depend on it. */
export const SEED_ALGORITHM = 'alea';

/**
 * A named stream of seeds below a human-readable one: `seedStream('nightly', 'batch', 7)`. Make one per batch of runs,
 * never one per run: construction costs about a microsecond.
 */
export function seedStream(seed: string, ...path: (string | number)[]): () => number {
  const stream = seedrandom.alea([seed, ...path].join('/'));
  return () => stream.int32();
}

/** A fast 32-bit generator for the step loop (Tommy Ettinger's mulberry32). Seed it from a stream. */
export class FastRandom {
  private state = 0;

  seed(value: number): void {
    this.state = value | 0;
  }

  /** A whole number from 0 to 2³² − 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) | 0;
    return (t ^ (t >>> 14)) >>> 0;
  }
}
