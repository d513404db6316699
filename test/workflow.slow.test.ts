import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './command';

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
const { jobs } = parse(fs.readFileSync(path.join(ROOT, '.github/workflows/nightly.yml'), 'utf8')) as {
  jobs: Record<'fuzz' | 'report', { steps: readonly Step[]; strategy?: { matrix: { shard: number[] } } }>;
};

/** What a job runs, without what sets it up. */
const commandsOf = (job: 'fuzz' | 'report'): string[] =>
  jobs[job].steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]));

/** The same command here, in an empty folder and for a few runs. */
const here = (command: string, shard: number): string => {
  const text = command
    .replace(/\$\{\{ matrix\.shard \}\}/g, `${shard}`)
    .replace(/\$\{\{ inputs\.for \|\| '\w+' \}\}/, '960x')
    .replace(/^npm run -s (\w+) --/, `node ${path.join(ROOT, 'bin/parkranger.js')} $1`);
  expect(text).not.toContain('{{');
  return text;
};

it('a night as GitHub runs it comes to one report', async () => {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-workflow-'));
  const run = async (command: string): Promise<number> => {
    try {
      await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd, maxBuffer: 1 << 26 });
      return 0;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };
  const { shard } = jobs.fuzz.strategy!.matrix;
  expect(shard).toEqual([1, 2, 3, 4]);
  for (const it of shard.slice(0, 2)) {
    const [fuzz, prune] = commandsOf('fuzz') as [string, string];
    // So few runs do not meet every goal.
    expect(await run(here(fuzz, it))).toBe(4);
    expect(await run(here(prune, it))).toBe(0);
  }
  const [merge] = commandsOf('report') as [string];
  expect(await run(here(merge, 0))).toBe(4);
  const night = JSON.parse(fs.readFileSync(path.join(cwd, 'out/night/summary.json'), 'utf8'));
  expect(night).toMatchObject({ shard: { parts: [1, 2], of: 4 }, runs: 512, canary: { found: true } });
  expect(night.calibration.length).toBeGreaterThan(15);
  expect(fs.existsSync(path.join(cwd, 'out/night/report.html'))).toBe(true);
  fs.rmSync(cwd, { recursive: true });
});
