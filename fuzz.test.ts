import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, run, start, summary } from './harness/cli/testing';
import { FastRandom } from './harness/random';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-fuzz-'));
});
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

/** What was printed for machines, without what the clock says. */
const texts = ({ out }: Ran): string =>
  out
    .split('\n')
    .filter((line) => !line.startsWith('{"type":"progress"'))
    .map((line) => line.replace(/"seconds":[\d.]+,"stepsPerSecond":\d+/, ''))
    .join('\n');

describe('a campaign', () => {
  it('comes to the same, byte for byte, with 1, 2 and 4 threads', async () => {
    const out = path.join(dir, 'threads');
    const args = ['fuzz', '--seed', 'threads', '--for', '20000x', '--json', '--out', out];
    const ran: Ran[] = [];
    for (const workers of ['1', '2', '4']) ran.push(await run(...args, '--workers', workers));
    expect(texts(ran[0]!)).toContain('"type":"canary"');
    expect(texts(ran[1]!)).toBe(texts(ran[0]!));
    expect(texts(ran[2]!)).toBe(texts(ran[0]!));
  }, 120_000);

  it('loses nothing and counts nothing twice when it is killed, at fifty moments', async () => {
    const KILLS = 50;
    const args = ['fuzz', '--variant', 'H18', '--seed', 'killed', '--for', '40000x'];
    const [whole, killed] = ['whole', 'killed'].map((name) => path.join(dir, name)) as [string, string];
    const reference = start([...args, '--out', whole]);
    const random = new FastRandom();
    random.seed(1);
    let command = [...args, '--out', killed];
    let ended: Ran | undefined;
    for (let kills = 0; ended === undefined; ) {
      const { child, ended: end } = start(command);
      // The first moments are early ones, before there is anything to go on from.
      const moment = kills < 5 ? 120 * kills : 500 + (random.next() % 1000);
      const timer = setTimeout(() => kills < KILLS && child.kill('SIGKILL'), moment);
      const ran = await end;
      clearTimeout(timer);
      if (ran.code !== null) ended = ran;
      else kills++;
      if (fs.existsSync(path.join(killed, 'checkpoint.json'))) command = ['fuzz', '--resume', killed];
    }
    expect(ended.out).toContain('Going on with H18');
    expect((await reference.ended).code).toBe(ended.code);
    expect(outcome(killed)).toEqual(outcome(whole));
  }, 240_000);

  it('is gone on with after Ctrl-C, and says how', async () => {
    const out = path.join(dir, 'interrupted');
    const { child, ended, soFar } = start([
      'fuzz',
      '--variant',
      'commit',
      '--seed',
      '1',
      '--for',
      '6000x',
      '--out',
      out,
    ]);
    while (!soFar().includes('KNOWN')) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const first = await ended;
    expect(first.code).toBe(130);
    expect(first.out).toContain(`--resume ${out}`);
    const second = await run('fuzz', '--resume', out, '--json');
    expect(summary(second)).toMatchObject({ runs: 6000, interrupted: false });
  });
});

describe('a campaign that is to be gone on with', () => {
  it('must be one', async () => {
    const ran = await run('fuzz', '--resume', path.join(dir, 'nowhere'));
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('there is nothing to resume in');
  });

  it('takes no options that would change it', async () => {
    const ran = await run('fuzz', '--resume', dir, '--seed', '2');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--resume goes on as the campaign began; it takes no --seed');
  });

  it.each([
    ['damaged', () => '{"format":1', /checkpoint\.json is damaged: /],
    ['of another format', () => '{"format":2}', /checkpoint\.json: format: /],
    [
      'of another model',
      (text: string) => text.replace(/"fingerprint":"\w+"/, '"fingerprint":"00000000"'),
      /another version of the model/,
    ],
  ])('is refused when it is %s', async (name, change, sentence) => {
    const out = path.join(dir, name.replaceAll(' ', '-'));
    await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '32x', '--out', out);
    const file = path.join(out, 'checkpoint.json');
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
    const ran = await run('fuzz', '--resume', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(sentence);
  });
});
