import os from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { Budget } from '../campaign/executor';
import { LEARNERS } from '../campaign/learner';
import type { Shard } from '../campaign/ledger';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `10m`, `2h`: time. `1000x`: runs. */
export function parseBudget(text: string): Budget {
  const [, amount, unit] = /^(\d{1,9})([smhx])$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0)
    throw new InvalidArgumentError(
      'It wants a time (30s, 10m, 2h) or a number of runs (1000x), of at most nine digits.',
    );
  return unit === 'x' ? { runs: Number(amount) } : { ms: Number(amount) * UNITS[unit!]! };
}

/** The inverse of `parseBudget`; time as seconds. */
export const budgetText = ({ runs, ms }: Budget): string => (runs === undefined ? `${(ms ?? 0) / 1000}s` : `${runs}x`);

export function parseCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It wants a whole number from ${min} to ${max}.`);
    return value;
  };
}

const MAX_WORKERS = 1024;

/** `auto`, or how many. */
export function parseWorkers(text: string): number {
  if (text === 'auto') return os.availableParallelism();
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_WORKERS)
    throw new InvalidArgumentError(`It wants auto, or a whole number from 1 to ${MAX_WORKERS}.`);
  return value;
}

/** `2/4`: the second of four. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (index === undefined || Number(index) < 1 || Number(of) > LEARNERS || Number(index) > Number(of))
    throw new InvalidArgumentError(`It wants which part of how many, such as 2/4, of at most ${LEARNERS}.`);
  return { index: Number(index), of: Number(of) };
}
