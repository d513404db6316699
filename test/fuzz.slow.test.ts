import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../harness/base/errors';
import { FastRandom } from '../harness/base/random';
import { readCheckpoint, sealed } from '../harness/campaign/checkpoint';
import { project } from '../main';
import { type Ran, ROOT, run, start, summary } from './command';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-fuzz-'));
});

/** The folder of a campaign that has found bugs: always the same, and a copy for whoever damages it. */
async function finished(name: string): Promise<string> {
  const original = path.join(dir, 'finished');
  const out = path.join(dir, name.replaceAll(' ', '-'));
  if (!fs.existsSync(original)) await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '32x', '--out', original);
  fs.cpSync(original, out, { recursive: true });
  return out;
}
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** What a campaign came to, without what the clock says and where it was written. */
function outcome(out: string): Record<string, unknown> {
  const events = fs.readFileSync(path.join(out, 'events.jsonl'), 'utf8').trim().split('\n');
  const told = events
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ type }) => type !== 'progress')
    .map(({ seconds: _, stepsPerSecond: __, file, ...rest }) => ({
      ...rest,
      ...(file !== undefined && { file: path.basename(file as string) }),
    }));
  const folder = path.join(out, 'findings');
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return {
    told,
    files: Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')])),
  };
}

/** Changes a checkpoint behind its checksum, as only a program could that knows how. */
function rewrite(file: string, change: (text: string) => string): void {
  const { checkpoint } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, sealed(change(JSON.stringify(checkpoint))));
}

/** What was printed for machines, without what the clock says. */
const texts = ({ out }: Ran): string =>
  out
    .split('\n')
    .filter((line) => !line.startsWith('{"type":"progress"'))
    .map((line) => line.replace(/"seconds":[\d.]+,"stepsPerSecond":\d+/, ''))
    .join('\n');

describe('a campaign', () => {
  it('comes to the same, byte for byte, with 1, 2 and 4 threads', async () => {
    const args = ['fuzz', '--seed', 'threads', '--for', '20000x', '--json', '--out', 'out'];
    const ran: Ran[] = [];
    for (const workers of ['1', '2', '4'])
      ran.push(await start([...args, '--workers', workers], fs.mkdtempSync(path.join(dir, 'threads-'))).ended);
    expect(texts(ran[0]!)).toContain('"type":"canary"');
    expect(texts(ran[1]!)).toBe(texts(ran[0]!));
    expect(texts(ran[2]!)).toBe(texts(ran[0]!));
  });

  it('loses nothing and counts nothing twice when it is killed, at sixty moments', async () => {
    const KILLS = 60;
    const args = ['fuzz', '--variant', 'H18', '--seed', 'killed', '--for', '40000x'];
    const [whole, killed] = ['whole', 'killed'].map((name) => path.join(dir, name)) as [string, string];
    const reference = await run(...args, '--out', whole);
    const checkpoint = path.join(killed, 'checkpoint.json');
    const savedAt = () => (fs.existsSync(checkpoint) ? fs.statSync(checkpoint).mtimeMs : 0);
    const random = new FastRandom();
    random.seed(1);
    let command = [...args, '--out', killed];
    let ended: Ran | undefined;
    let kills = 0;
    while (ended === undefined) {
      const before = savedAt();
      const { child, ended: end } = start(command);
      // The first moments are early ones, before there is anything to go on from; the others lie behind some progress,
      // so that
      // it comes to an end on a slow machine, too.
      const wait = random.next() % 100;
      const isTime = () => kills < 5 || savedAt() !== before;
      const timer = setInterval(() => {
        if (kills >= KILLS || !isTime()) return;
        clearInterval(timer);
        setTimeout(() => child.kill('SIGKILL'), kills < 5 ? 120 * kills : wait);
      }, 5);
      const ran = await end;
      clearInterval(timer);
      if (ran.code !== null) ended = ran;
      else kills++;
      if (fs.existsSync(checkpoint)) command = ['fuzz', '--resume', killed];
    }
    // A fast machine is done before.
    expect(kills).toBeGreaterThan(KILLS / 2);
    expect(ended.out).toContain('Going on with H18');
    expect(reference.code).toBe(ended.code);
    expect(outcome(killed)).toEqual(outcome(whole));
  });

  it.each([0, 150, 400])('is gone on with after Ctrl-C, and says how (%i ms behind the first bug)', async (moment) => {
    const [whole, out] = ['whole', 'part'].map((name) => path.join(dir, `${name}-${moment}`)) as [string, string];
    const cacheOf = (name: string) => ['--cache', `${name}-cache`];
    const args = ['fuzz', '--variant', 'H12', '--seed', '7', '--for', '6000x'];
    await run(...args, '--out', whole, ...cacheOf(whole));
    const { child, ended, soFar } = start([...args, '--out', out, ...cacheOf(out)]);
    while (!soFar().includes('BROKEN')) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, moment));
    child.kill('SIGINT');
    const first = await ended;
    const [folder] = fs.readdirSync(`${out}-cache`) as [string];
    expect(fs.readdirSync(path.join(`${out}-cache`, folder)).length).toBeGreaterThan(10);
    // Later it may have come to its end.
    if (moment === 0) expect(first.code).toBe(130);
    if (first.code === 130) expect(first.out).toContain(`--resume ${out}`);
    expect(summary(await run('fuzz', '--resume', out, '--json'))).toMatchObject({ runs: 6000, interrupted: false });
    expect(outcome(out).files).toEqual(outcome(whole).files);
  });
});

describe('parts', () => {
  /** What a folder holds of a campaign, without what the clock says. */
  function report(out: string): Record<string, unknown> {
    const { seconds, stepsPerSecond, started, ...rest } = JSON.parse(
      fs.readFileSync(path.join(out, 'summary.json'), 'utf8'),
    );
    expect([seconds, stepsPerSecond, started]).not.toContain(undefined);
    const folder = path.join(out, 'findings');
    const files = fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]);
    return {
      ...rest,
      files: Object.fromEntries(files),
      coverage: fs.readFileSync(path.join(out, 'coverage.json'), 'utf8'),
    };
  }

  it.each(['parent', 'H3'])(
    'do exactly what one campaign does, and are put together to the same (%s)',
    async (variant) => {
      const args = ['fuzz', '--variant', variant, '--seed', 'parts', '--for', '3001x'];
      const whole = path.join(dir, `not-in-parts-${variant}`);
      const parts = ['1', '2', '3'].map((part) => ({ part, out: path.join(dir, `part-${variant}-${part}`) }));
      const { code } = await run(...args, '--out', whole);
      const ran: Ran[] = [];
      for (const { part, out } of parts) ran.push(await run(...args, '--shard', `${part}/3`, '--out', out, '--json'));
      expect(ran.map((it) => summary(it)!.runs)).toEqual([1120, 1120, 761]);
      const [half, out] = [path.join(dir, `half-${variant}`), path.join(dir, `together-${variant}`)];
      const outs = parts.map((it) => it.out) as [string, string, string];
      const some = await run('merge', outs[2], outs[0], '--out', half);
      expect(some.out).toContain('only parts 1, 3 of 3');
      const merged = await run('merge', half, outs[1], '--out', out, '--json');
      expect(merged.code).toBe(code);
      expect({ ...report(out), shard: null }).toEqual({ ...report(whole), shard: null });
      expect((report(out).findings as unknown[]).length).toBeGreaterThan(1);
      expect((await run('merge', half, outs[0], '--out', path.join(dir, 'never'))).err).toContain(
        'part 1 of 3 is given twice',
      );
      const into = path.join(dir, `into-${variant}`);
      const taken = await run('corpus', 'merge', ...outs, '--into', into);
      expect(fs.readdirSync(into).length).toBeGreaterThanOrEqual((report(out).findings as unknown[]).length);
      expect(taken.out).toContain('had it');
      // A copy under a name of its own stays, and makes the other superfluous.
      const [name] = fs.readdirSync(into) as [string];
      fs.copyFileSync(path.join(into, name), path.join(into, 'mine.json'));
      expect((await run('corpus', 'prune', into)).out).toContain(`taken out   ${path.join(into, name)}`);
      expect(fs.readdirSync(into)).toContain('mine.json');
      expect(fs.readdirSync(into)).not.toContain(name);
    },
  );

  it.each(['', 'null', '{"runs":1,"batches":1,"once":[[7,1]],"often":[]}'])(
    'with "%s" for coverage are refused',
    async (text) => {
      const out = await finished('damaged-part');
      fs.writeFileSync(path.join(out, 'coverage.json'), text);
      const ran = await run('merge', out, '--out', path.join(dir, 'never'));
      expect(ran.code).toBe(2);
      expect(ran.err).toMatch(/coverage\.json/);
    },
  );

  it('of different campaigns are refused', async () => {
    const campaigns: Record<string, readonly string[]> = {
      one: ['--variant', 'H12', '--for', '32x', '--property', 'S1'],
      'another-bug': ['--variant', 'H13', '--for', '32x', '--property', 'S1'],
      'another-budget': ['--variant', 'H12', '--for', '33x', '--property', 'S1'],
      'another-question': ['--variant', 'H12', '--for', '32x', '--property', 'S1', '--fail-on-known'],
    };
    const folder = (name: string) => path.join(dir, `of-${name}`);
    for (const [name, args] of Object.entries(campaigns))
      await run('fuzz', '--seed', '1', '--out', folder(name), ...args);
    const merged = async (other: string) =>
      (await run('merge', folder('one'), folder(other), '--out', path.join(dir, 'never'))).err;
    expect(await merged('another-bug')).toMatch(/two campaigns: the variant is H12 in .*, and H13 in/);
    expect(await merged('another-budget')).toMatch(/two campaigns: --for is 32x in .*, and 33x in/);
    expect(await merged('another-question')).toMatch(/two campaigns: --fail-on-known is false in .*, and true in/);
    const ran = await run('fuzz', '--shard', '1/2', '--no-keep-going', '--for', '32x');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('Leave one of the two out.');
  });

  it('are not put where others are', async () => {
    const [one, out] = [await finished('new-part'), path.join(dir, 'old-merge')];
    expect((await run('merge', one, '--out', out)).code).toBe(1);
    const before = outcome(out);
    const again = await run('merge', one, '--out', out);
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/old-merge" holds another campaign\n.*a folder that is not there yet/);
    expect(outcome(out)).toEqual(before);
  });
});

describe('a night', () => {
  it('looks for every planted bug, and leaves its coverage and its trend to the next', async () => {
    const cache = path.join(dir, 'cache');
    const args = ['fuzz', '--mode', 'nightly', '--seed', 'n', '--for', '2000x', '--cache', cache, '--json'];
    const first = await run(...args, '--shard', '1/6', '--out', path.join(dir, 'night-1'));
    const caught = (ran: Ran) => ran.json.filter(({ type }) => type === 'calibration');
    const planted = project.model.variants.filter(({ isPreset, equivalent }) => !isPreset && equivalent === undefined);
    expect(caught(first)).toHaveLength(Math.ceil(planted.length / 6));
    expect(caught(first)[0]).toMatchObject({ variant: 'H0', found: true, before: [] });
    const [folder] = fs.readdirSync(cache).filter((name) => name.startsWith('commit-')) as [string];
    const runs = fs.readdirSync(path.join(cache, folder));
    expect(runs.length).toBeGreaterThan(10);
    fs.writeFileSync(path.join(cache, folder, runs[0]!), 'M1 z');
    const second = await run(...args, '--shard', '1/6', '--out', path.join(dir, 'night-2'));
    expect(second.err).toContain(`${runs.length - 1} runs to go on from`);
    expect(second.err).toMatch(/DAMAGED .* was left out: its name does not fit/);
    // What it showed is found again or not: what is left there is whole.
    expect((await run(...args, '--shard', '1/6', '--out', path.join(dir, 'night-3'))).err).not.toContain('DAMAGED');
    expect(caught(second)[0]).toMatchObject({ variant: 'H0', before: [caught(first)[0]!.runs] });
    const old = path.join(cache, 'commit-00000000');
    fs.cpSync(path.join(cache, folder), old, { recursive: true });
    fs.writeFileSync(path.join(old, 'mine.txt'), '');
    const photos = path.join(cache, 'photos-20240101', 'a.run', 'b.jpg');
    fs.mkdirSync(path.dirname(photos), { recursive: true });
    fs.writeFileSync(photos, '');
    const pruned = await run('fuzz', '--mode', 'prune', '--cache', cache);
    expect(fs.existsSync(photos)).toBe(true);
    expect(pruned.out).toMatch(/commit-00000000: 0 of \d+ runs are left; they were of another version of the model/);
    expect(fs.readdirSync(old)).toEqual(['mine.txt']);
    expect(fs.readdirSync(path.join(cache, folder)).length).toBeGreaterThan(10);
    expect((await run('fuzz', '--mode', 'prune', '--cache', path.join(dir, 'no-cache'))).code).toBe(2);
    expect((await run('fuzz', '--mode', 'prune', '--for', '1s')).err).toContain('it takes no --for');
  });
});

describe('a fix', () => {
  it('is signed off by clean runs, and by nothing else', async () => {
    const [before, after] = [path.join(dir, 'before'), path.join(dir, 'after')];
    const broken = await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '500x', '--out', before, '--json');
    const bucket = broken.json.find(({ property }) => property === 'S1')!.bucket as string;
    const args = ['fuzz', '--seed', '2', '--sign-off', bucket, '--before', before];
    const fixed = await run(...args, '--variant', 'commit', '--for', '2000x', '--out', path.join(dir, 'fixed'));
    expect(fixed.out).toMatch(
      /sign-off {3}S1-\w+ hit in \d+ of 500 runs before, and in none of 2,000 now: .* less than one in a million/,
    );
    const not = await run(...args, '--variant', 'H12', '--for', '500x', '--out', after);
    expect(not.out).toMatch(/AND IN \d+ of 500 now: it is not fixed/);
    expect(not.code).toBe(1);
    const shorter = await run(...args, '--variant', 'commit', '--for', '500x', '--max-steps', '500');
    expect(shorter.code).toBe(2);
    expect(shorter.err).toContain('--max-steps was 6000 then, and is 500 now');
    const resumed = await run('fuzz', '--resume', after, '--sign-off', bucket, '--before', before);
    expect(resumed.out).toMatch(/now: it is not fixed/);
    const unknown = await run('fuzz', '--sign-off', 'S3-00000000', '--before', before);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('has not hit S3-00000000');
  });
});

describe('a campaign that is to be gone on with', () => {
  it('must be one', async () => {
    const ran = await run('fuzz', '--resume', path.join(dir, 'nowhere'));
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('is no folder of a campaign');
  });

  it('takes no options that would change it', async () => {
    const ran = await run('fuzz', '--resume', dir, '--seed', '2');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--resume goes on as the campaign began; it takes no --seed');
  });

  it.each([
    [
      'about a bug of another property',
      (text: string) => text.replaceAll('"property":"S2"', '"property":"S99"'),
      /checkpoint\.json, finding \d: no property is called "S99"/,
    ],
    [
      'with an impossible part',
      (text: string) => text.replace('"shard":null', '"shard":{"index":3,"of":2}'),
      /settings\.shard: there is no such part/,
    ],
    [
      'without a budget',
      (text: string) => text.replace(/"for":"[^"]*"/, '"for":"soon"'),
      /settings\.for: it is a time or a number of runs/,
    ],
    [
      'with a hit of no program',
      (text: string) =>
        text.replace(
          '"pending":[',
          '"pending":[{"property":"S1","cause":"c","program":{"ms":-1},"tape":[],"run":1,"after":1}',
        ),
      /checkpoint\.json, hit 1: program\./,
    ],

    [
      'of another model',
      (text: string) => text.replace(/"fingerprint":"\w+"/, '"fingerprint":"00000000"'),
      /another version of the model/,
    ],
  ])('is refused when it is %s', async (name, change, sentence) => {
    const out = await finished(name);
    const file = path.join(out, 'checkpoint.json');
    rewrite(file, change);
    const ran = await run('fuzz', '--resume', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(sentence);
  });
});

describe('a checkpoint', () => {
  it.each([
    ['that is cut', '{"format":5,"checksum":', /checkpoint\.json is damaged: its checksum does not fit/],
    ['of another format', '{"format":4,"fingerprint":"00000000"}', /checkpoint\.json has format 4, and this version/],
    ['that is something else', '[]', /checkpoint\.json is damaged/],
  ])('%s is refused', async (name, text, sentence) => {
    const out = await finished(name);
    fs.writeFileSync(path.join(out, 'checkpoint.json'), text);
    const ran = await run('fuzz', '--resume', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(sentence);
  });

  it('is refused with any bit of it changed', async () => {
    const out = await finished('flipped');
    const file = path.join(out, 'checkpoint.json');
    const whole = fs.readFileSync(file);
    const random = new FastRandom();
    random.seed(1);
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(whole);
      bytes[random.next() % bytes.length]! ^= 1 << (random.next() % 8);
      fs.writeFileSync(file, bytes);
      expect(() => readCheckpoint(project, out)).toThrow(UsageError);
    }
    fs.writeFileSync(file, whole);
    expect(readCheckpoint(project, out).findings.length).toBeGreaterThan(0);
  });
});

describe('a folder', () => {
  it('belongs to one campaign at a time, and to the last one afterwards', async () => {
    const out = path.join(dir, 'shared');
    const { child, ended, soFar } = start(['fuzz', '--variant', 'H12', '--seed', '1', '--for', '1h', '--out', out]);
    while (!soFar().includes('BROKEN')) await new Promise((resolve) => setTimeout(resolve, 20));
    const other = await run('fuzz', '--variant', 'commit', '--seed', '1', '--for', '32x', '--out', out);
    expect(other.code).toBe(2);
    expect(other.err).toMatch(/another campaign \(process \d+\) is writing into/);
    child.kill('SIGKILL');
    await ended;
    // Whoever was killed has not unlocked it.
    const found = outcome(out);
    const again = await run('fuzz', '--variant', 'commit', '--seed', '1', '--for', '32x', '--out', out);
    expect(again.code).toBe(2);
    expect(again.err).toContain('holds another campaign');
    expect(outcome(out)).toEqual(found);
    const resumed = start(['fuzz', '--resume', out]);
    while (!resumed.soFar().includes('Going on')) await new Promise((resolve) => setTimeout(resolve, 20));
    resumed.child.kill('SIGINT');
    expect((await resumed.ended).code).toBe(130);
  });

  it('gets its findings back when they were deleted', async () => {
    const out = await finished('deleted');
    const before = outcome(out).files as Record<string, string>;
    fs.rmSync(path.join(out, 'findings'), { recursive: true });
    await run('fuzz', '--resume', out);
    expect(Object.keys(outcome(out).files as object)).toEqual(
      Object.keys(before).filter((name) => name.endsWith('.json')),
    );
  });
});

describe('a ledger', () => {
  it.each(['garbage', 'null', '{}', '{"corpus":[5]}'])('that is %s is refused', async (ledger) => {
    const out = await finished('ledger');
    const file = path.join(out, 'checkpoint.json');
    rewrite(file, (text) => JSON.stringify({ ...JSON.parse(text), ledger }));
    const ran = await run('fuzz', '--resume', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/checkpoint\.json in .* is damaged/);
  });
});

it('a clock that was moved back changes nothing', async () => {
  const out = path.join(dir, 'clock');
  const { child, ended, soFar } = start(['fuzz', '--variant', 'H12', '--seed', '1', '--for', '4000x', '--out', out]);
  while (!soFar().includes('BROKEN')) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await ended;
  const file = path.join(out, 'checkpoint.json');
  rewrite(file, (text) => text.replace(/"started":"\d{4}/, '"started":"2099'));
  expect(summary(await run('fuzz', '--resume', out, '--json'))).toMatchObject({ runs: 4000 });
});

it('ten thousand corpus entries are checked', async () => {
  const folder = path.join(dir, 'many');
  fs.mkdirSync(folder);
  const text = fs.readFileSync(path.join(ROOT, 'corpus', 'H12-S1.json'));
  for (let i = 0; i < 10_000; i++) fs.writeFileSync(path.join(folder, `${i}.json`), text);
  const ran = await run('corpus', 'check', folder);
  expect(ran.code).toBe(0);
  expect(ran.out.match(/^breaks/gm)).toHaveLength(10_000);
});

describe('a disk', () => {
  /** A disk of 200 kB, where we may make one. */
  const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-disk-'));
  let isMounted = false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk], { stdio: 'ignore' });
    isMounted = true;
  } catch {}
  afterAll(() => {
    if (isMounted) execFileSync('umount', [disk]);
    fs.rmSync(disk, { recursive: true });
  });

  it.skipIf(!isMounted)('that is full ends nothing, and is told', async () => {
    const ran = await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '3000x', '--out', path.join(disk, 'run'));
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('BROKEN S2');
    expect(ran.out).toContain('3,000 runs');
    expect(ran.out).toMatch(/NOT SAVED {2}cannot write .*: the disk is full; tokens above hold everything/);
    for (const name of fs.readdirSync(path.join(disk, 'run'))) expect(name).not.toMatch(/\.tmp$/);
  });

  it.skipIf(!isMounted)('that is read-only is told before anything is done', async () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const ran = await run(
      'fuzz',
      '--variant',
      'H12',
      '--seed',
      '1',
      '--for',
      '3000x',
      '--out',
      path.join(disk, 'other'),
    );
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('the file system is read-only');
    expect(ran.out).toBe('');
  });
});
