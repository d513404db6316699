import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './command';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly shard: number[] } };
}
interface Workflow {
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
const textOf = (name: string) => fs.readFileSync(path.join(ROOT, '.github/workflows', name), 'utf8');
const names = fs.readdirSync(path.join(ROOT, '.github/workflows'));
const { jobs } = parse(textOf('nightly.yml')) as Workflow;

describe.each(names)('%s', (name) => {
  const workflow = parse(textOf(name)) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it('hands nothing to a shell but through env', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('{{');
  });

  it('runs actions of others at the commit that was looked at, whose release it names', () => {
    for (const line of textOf(name)
      .split('\n')
      .filter((it) => it.includes('uses:')))
      expect(line).toMatch(/uses: actions\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may only read, ends in time, and not twice at once', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.concurrency).toBeDefined();
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('keeps what was found whatever was found', () => {
    for (const { uses = '', if: when } of steps)
      if (/upload-artifact|cache\/save/.test(uses)) expect(when).toBe('always()');
  });
});

/** What a job runs, without what sets it up. */
const commandsOf = (job: 'fuzz' | 'report'): string[] =>
  jobs[job]!.steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]));

/** The same command here. */
const here = (command: string): string =>
  command.replace(/npm run -s (\w+) --/, `node ${path.join(ROOT, 'bin/parkranger.js')} $1`);

it('a night as GitHub runs it comes to one report', async () => {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-workflow-'));
  const run = async (command: string, shard = 0): Promise<number> => {
    const env = { ...process.env, FOR: '960x', SEED: 'nightly-17', SHARD: `${shard}` };
    try {
      await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd, env, maxBuffer: 1 << 26 });
      return 0;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };
  const { shard } = jobs.fuzz!.strategy!.matrix;
  expect(shard).toEqual([1, 2, 3, 4]);
  const [merge] = commandsOf('report') as [string];
  expect(await run(here(merge))).toBe(1); // nothing is there to be merged
  for (const it of shard.slice(0, 2)) {
    const [fuzz, prune] = commandsOf('fuzz') as [string, string];
    // So few runs do not meet every goal.
    expect(await run(here(fuzz), it)).toBe(4);
    expect(await run(here(prune), it)).toBe(0);
  }
  expect(await run(here(merge))).toBe(4);
  const night = JSON.parse(fs.readFileSync(path.join(cwd, 'out/night/summary.json'), 'utf8'));
  expect(night).toMatchObject({ shard: { parts: [1, 2], of: 4 }, runs: 512, canary: { found: true } });
  expect(night.calibration.length).toBeGreaterThan(15);
  expect(fs.existsSync(path.join(cwd, 'out/night/report.html'))).toBe(true);
  fs.rmSync(cwd, { recursive: true });
});
