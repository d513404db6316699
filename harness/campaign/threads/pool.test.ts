import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stopped, UsageError } from '../../base/errors';
import { build } from '../../language/build';
import { findVariant } from '../../language/variants';
import { portfolio } from '../../strategies';
import { small, toy } from '../../testing/counter';
import { type BatchSpec, runBatch } from '../batch';
import { WorkerPool } from './pool';

const file = path.join(__dirname, '..', '..', 'testing', 'worker.js');
const built = build(toy, findVariant(toy, 'plain'));
const nothing: ReadonlySet<never> = new Set<never>();

const spec = (batch: number): BatchSpec<number> => ({
  seed: 'a',
  batch,
  strategy: 0,
  runs: 32,
  maxSteps: 500,
  seen: nothing,
  told: nothing,
  met: nothing,
});

const setup = (...claims: string[]) => ({
  variant: 'plain',
  claims,
  strategies: portfolio.map(({ name }) => name),
  isKnown: true,
  options: { seed: 'a', maxSteps: 500 },
});

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-workers-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** A file that makes a property misbehave once. */
function trap(name: string): void {
  process.env[`TOY_${name}`] = path.join(dir, name);
  fs.writeFileSync(path.join(dir, name), '');
}

async function withPool<T>(timeoutMs: number, use: (pool: WorkerPool<number>, troubles: string[]) => Promise<T>) {
  const troubles: string[] = [];
  const pool = new WorkerPool<number>({ file, count: 2, timeoutMs, trouble: (it) => troubles.push(it) });
  try {
    return await use(pool, troubles);
  } finally {
    await pool.close();
  }
}

describe('threads', () => {
  it('do what would be done in place', async () => {
    const project = { model: toy, claims: [small], known: [] };
    const batches = [0, 1, 2, 3, 4, 5, 6, 7];
    const [there, here] = await withPool(60_000, async (pool) => [
      await Promise.all(batches.map((batch) => pool.executor(setup('small')).runBatch(spec(batch)))),
      batches.map((batch) => runBatch(project, built, portfolio, spec(batch))),
    ]);
    expect(there).toEqual(here);
  });

  it.each([
    ['dies', /^batch 3 of seed "a" lost its thread \(.*\); another thread does it again$/],
    ['hangs', /^batch 3 of seed "a" did not come back within 6 s; another thread does it again$/],
  ])('whose property %s are replaced, and their batch is done again', async (name, sentence) => {
    trap(name);
    await withPool(6000, async (pool, troubles) => {
      const { runs } = await pool.executor(setup(name)).runBatch(spec(3));
      expect(runs).toBe(32);
      expect(troubles).toEqual([expect.stringMatching(sentence)]);
    });
  });

  it('are not asked for ever', async () => {
    trap('dies');
    process.env.TOY_ALWAYS = 'yes';
    try {
      await withPool(60_000, async (pool) => {
        const batch = pool.executor(setup('dies')).runBatch(spec(3));
        await expect(batch).rejects.toThrow(/^internal: batch 3 of seed "a" lost its thread \(.*\), 3 times in a row$/);
      });
    } finally {
      delete process.env.TOY_ALWAYS;
      fs.rmSync(path.join(dir, 'dies'));
    }
  });

  it('say which property throws', async () => {
    await withPool(60_000, async (pool, troubles) => {
      const batch = pool.executor(setup('small', 'throws')).runBatch(spec(3));
      await expect(batch).rejects.toThrow('property throws throws: no such thing');
      expect(troubles).toEqual([]);
    });
  });

  it('refuse names that there are not', async () => {
    const options = { cast: 'none', variant: 'plain', property: '*', isReduced: true, maxStates: 10, maxBytes: 1e6 };
    await withPool(60_000, async (pool, troubles) => {
      const examination = pool.examine(options);
      await expect(examination).rejects.toThrow(UsageError);
      await expect(examination).rejects.toThrow('no cast is called "none"');
      expect(troubles).toEqual([]);
    });
  });

  it('are given up soon once everything is to come to an end', async () => {
    trap('hangs');
    await withPool(60_000, async (pool, troubles) => {
      const batch = pool.executor(setup('hangs')).runBatch(spec(3));
      const failed = expect(batch).rejects.toThrow(Stopped);
      pool.stop();
      await failed;
      // Its own time is not yet up.
      expect(troubles).toEqual([]);
    });
  });
});
