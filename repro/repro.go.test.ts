import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

/**
 * What the docs say of real Go, run on it. Each program is tried until it shows, at most `tries` times; README.md says
 * how often one try did when it was measured, from which follows how often this test fails by chance.
 */

const MINUTE_MS = 60_000;
const work = mkdtempSync(path.join(tmpdir(), 'parkranger-repro-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const go = (version: string, args: readonly string[], timeout = 5 * MINUTE_MS) =>
  spawnSync('go', args, {
    cwd: __dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'], // a trace as text has hundreds of megabytes
    timeout,
    env: { ...process.env, GOTOOLCHAIN: version, GOFLAGS: '-buildvcs=false' },
  });

const hasGo = spawnSync('go', ['version']).status === 0;

function built(version: string, program: string): string {
  const exe = path.join(work, `${program}-${version}`);
  const { status, stderr } = go(version, ['build', '-o', exe, `./${program}`]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return exe;
}

const isRefused = (version: string, trace: string, sentence: RegExp): boolean => {
  const { status, stderr } = go(version, ['tool', 'trace', '-d=parsed', trace]);
  if (status === 0) return false;
  expect(stderr).toMatch(sentence);
  return true;
};

/** Whether a program reads what was freed, which is made inaccessible. */
function isSegfault(exe: string): boolean {
  const { status, stderr } = spawnSync(exe, {
    encoding: 'utf8',
    timeout: 2 * MINUTE_MS,
    env: { ...process.env, GODEBUG: 'efence=1' },
  });
  if (status === 0) return false;
  expect(stderr).toMatch(/SIGSEGV: segmentation violation/);
  return true;
}

const shows: Record<string, (version: string) => boolean> = {
  N1: (version) => {
    const trace = path.join(work, 'N1.trace');
    execFileSync(built(version, 'N1'), [trace], { env: { ...process.env, GODEBUG: 'traceadvanceperiod=0' } });
    return isRefused(version, trace, /inconsistent status for goroutine \d+: old Syscall vs\. new Running/);
  },
  N3: (version) => {
    const { status, stderr } = spawnSync(built(version, 'N3'), { encoding: 'utf8', timeout: MINUTE_MS });
    if (status === 0) return false;
    expect(stderr).toMatch(/fatal error: dumpgs in STW - bad status/);
    return true;
  },
  N4: (version) => {
    const { status, stdout, stderr } = spawnSync('go', ['test', '-count=1', './N4'], {
      cwd: __dirname,
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: version, GODEBUG: 'tracecheckstackownership=1' },
    });
    if (status === 0) return false;
    expect(stdout + stderr).toMatch(/fatal error: tried to trace dead goroutine/);
    return true;
  },
  N5: (version) => isSegfault(built(version, 'N5')),
  L13: (version) => isSegfault(built(version, 'L13')),
  L12: (version) => {
    const folder = mkdtempSync(path.join(work, 'L12-'));
    execFileSync(built(version, 'L12'), [folder]);
    const names = readdirSync(folder);
    return names.some((name) => isRefused(version, path.join(folder, name), /didn't have one/));
  },
};

/** One try shows N1 in six of ten cases on the worst of these versions, N5 in eight; the others always did. */
const happen: [string, string, number][] = [
  ['N1', 'go1.24.4', 10],
  ['N1', 'go1.25.12', 10],
  ['N3', 'go1.26.8', 3],
  ['N3', 'go1.27.3', 3],
  ['N4', 'go1.26.8', 1],
  ['N4', 'go1.27.3', 1],
  ['N5', 'go1.27.3', 6],
  ['L13', 'go1.26.8', 4],
  ['L13', 'go1.27.3', 4],
  ['L12', 'go1.26.8', 2],
  ['L12', 'go1.27.3', 2],
];
const doNot: [string, string, number][] = [
  ['N1', 'go1.26.8', 3],
  ['N3', 'go1.25.12', 1],
];

describe.skipIf(!hasGo)('on the real runtime (skipped where there is no Go)', () => {
  it.each(happen)('%s happens on %s', (bug, version, tries) => {
    expect(Array.from({ length: tries }).some(() => shows[bug]!(version))).toBe(true);
  });

  it.each(doNot)('%s does not on %s, which is before or after it', (bug, version, tries) => {
    expect(Array.from({ length: tries }).some(() => shows[bug]!(version))).toBe(false);
  });
});
