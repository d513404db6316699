import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { project } from '../../main';
import { run } from '../../test/command';
import { rootOf } from '../source/toolchain';
import { releases } from '../source/versions';
import { chaosOverlay } from './chaos';
import { debuggerOf, MASK, makeOverlay, type Overlay, patchedFiles, WANT } from './make';
import { type Patch, rolePatches } from './patches';
import { tellingOf } from './telling';

const hasGo = spawnSync('go', ['version']).status === 0;
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-overlay-'));
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

/** Undoes the commit's hunk in park_m: the event comes behind the transition. */
const H12: readonly Patch[] = [
  {
    ...{ file: 'proc.go', in: 'park_m', put: 'instead', code: '' },
    at: '\t\ttrace.GoPark(mp.waitTraceBlockReason, mp.waitTraceSkip)\n',
  },
  {
    ...{ file: 'proc.go', in: 'park_m', at: '\tcasgstatus(gp, _Grunning, _Gwaiting)\n', put: 'behind' },
    code: '\tif trace.ok() {\n\t\ttrace.GoPark(mp.waitTraceBlockReason, mp.waitTraceSkip)\n\t}\n',
  },
];

let made = 0;
/** A program, built with an overlay, and run. */
function ran(version: string, { file, go = 'go' }: Overlay, program: string, ...args: string[]) {
  const exe = path.join(work, `exe${++made}`);
  const env = { ...process.env, GOTOOLCHAIN: go === 'go' ? version : 'local' };
  const cwd = path.resolve(__dirname, '../..', path.dirname(program));
  const built = spawnSync(go, ['build', '-overlay', file, '-o', exe, `./${path.basename(program)}`], {
    ...{ cwd, env, encoding: 'utf8' },
  });
  expect(built.stderr).toBe('');
  return spawnSync(exe, args, { encoding: 'utf8', timeout: 120_000 });
}
const PARKS = 'golang/overlay/testdata/parks';

/** What is told of by patches of its own, by property, with causes. */
const TOLD = [
  ['S7', 'GoSysExit, blocked of it', 'a generation ends with Waiting, the next begins with Running'],
  ['S10', 'a suspender wrote it'],
  ['S11', 'it happened outside, in injectglist', 'it happened outside, in entersyscall'],
  ['S11', 'it happened outside, in injectglist, on g0'],
  ['S2', 'a CPU profile reads it', 'a lock profile reads it'],
  ['S1', 'the goroutine is Grunning, read by a goroutine profile'],
  ...['S3weak', 'S12', 'S15', 'S21'].map((it) => [it, '']),
  ['FN', 'FN1', 'FN2', 'FN3', 'FN5', 'FN6'],
];

describe.skipIf(!hasGo)('a runtime that watches (skipped where there is no Go)', () => {
  it.each(releases)('has a place for every patch in %s', (version) => {
    const minor = Number(version.split('.')[1]);
    const root = rootOf(version);
    for (const [property, ...causes] of TOLD)
      for (const cause of causes) {
        const more = [...rolePatches(minor), ...(tellingOf(property!, cause, minor)?.patches ?? [])];
        expect([...patchedFiles(root, version, { more }).keys()]).toContain('zz_parkranger.go');
      }
    expect([...debuggerOf(root, version).keys()]).toHaveLength(3);
  });

  it.each(['go1.23.5', 'go1.26.8', 'go1.27.3'])('is silent on a sound program, on %s', (version) => {
    const { status, stdout, stderr } = ran(version, makeOverlay(version), PARKS, '5s');
    expect(stderr).toBe('');
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('survived') });
  });

  it('speaks where the hunk of park_m is undone', () => {
    const { status, stderr } = ran('go1.23.5', makeOverlay('go1.23.5', { more: H12 }), PARKS, '20s');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^parkranger: S[12]: a (stack is walked|walk begins|stack is copied).*\n\tgoroutine \d+, status/m,
    );
  });

  it('never has a status for which the precedence in the old list of reasons would matter', () => {
    const asked: Patch = {
      ...{ file: 'tracestatus.go', in: 'goStatusToTraceGoStatus', put: 'before' },
      at: '\t\tif status == _Gwaiting && wr.isWaitingForGC() {\n',
      code: '\t\tif status != _Gwaiting && wr.isWaitingForGC() {\n\t\t\tthrow("it matters")\n\t\t}\n',
    };
    const overlay = makeOverlay('go1.23.5', { more: [asked] });
    expect(ran('go1.23.5', overlay, PARKS, '10s')).toMatchObject({ status: 0, stderr: '' });
  });

  it('speaks of the goroutine profile (L13), where known bugs are asked for, and not elsewhere', () => {
    const { status, stderr } = ran('go1.26.8', makeOverlay('go1.26.8', { mask: 0 }), 'repro/L13');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /parkranger: S2: .*\n.* by M \d+, against (the goroutine profile \(saveg\)|copystack) on M \d+\n/,
    );
    // The stack in question, and that of the goroutine for which the other M does what it does.
    expect(stderr).toMatch(/\tthe stack that this is about:\n/);
    expect(stderr).toMatch(/\tthe goroutine of M \d+, \d+ \(.*\):\nruntime\./);
  });

  it('reports copies of lent stacks for the cause that is asked for, and for no other', () => {
    // Nothing is traced here, and workers lend their stacks in every cycle: L29.
    const { L13, S1, S2, tracer } = MASK;
    const asked = (cause: string) =>
      ran('go1.23.5', makeOverlay('go1.23.5', { mask: L13 | S1 | S2 | tracer, want: WANT[cause]! }), 'repro/L13');
    expect(asked("it is a GC worker's, tracing is off").stderr).toMatch(/^parkranger: S3: /m);
    for (const other of ['it is lent, tracing is on', 'it is lent, its waitreason overwritten'])
      expect([other, asked(other).stderr]).toEqual([other, '']);
  });

  it('delays where the model is in the middle of something, and a sound program stays sound', () => {
    const overlay = chaosOverlay(project.model, 'go1.26.8', {});
    const files = fs.readdirSync(path.dirname(overlay.file)).map((it) => path.join(path.dirname(overlay.file), it));
    const calls = files.map((it) => fs.readFileSync(it, 'utf8').split('prChaosAt(); ').length - 1);
    expect(calls.reduce((all, it) => all + it, 0)).toBeGreaterThan(5);
    const { status, stderr } = ran('go1.26.8', overlay, PARKS, '5s');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('wants a version, and says so', async () => {
    const old = await run('overlay', '--go', 'go1.21.13');
    expect(old).toMatchObject({ code: 2, err: expect.stringContaining('no overlay for go1.21.13') });
    const none = await run('overlay', '--go', 'latest');
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('"latest" is no version of Go') });
  });
});
