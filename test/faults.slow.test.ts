import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../harness/base/errors';
import { FastRandom } from '../harness/base/random';
import { parseEntry } from '../harness/find/entry';
import { project } from '../main';
import { campaignFolder, contents, ROOT, run, start } from './command';

/* What goes wrong around a campaign: nothing may be lost, nothing accepted silently, and one sentence says it. */

const BIN = path.join(ROOT, 'bin/parkranger.js');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const { dir, whole, fresh, copy, fill, remove } = campaignFolder('faults');
beforeAll(fill);
afterAll(remove);

describe('what is written into nobody', () => {
  const shell = (line: string) =>
    spawnSync('bash', ['-c', line], { cwd: dir, encoding: 'utf8', env: { ...process.env, PARKRANGER: BIN } });

  it.each([
    ['a pipe that is closed at the first line', '| head -1 > /dev/null'],
    ['a pipe that was never read', '| true'],
    ['a full disk', '> /dev/full'],
  ])('%s ends no campaign and changes no exit code', (_, into) => {
    const out = fresh();
    const command = `node "$PARKRANGER" fuzz --variant H12 --seed 1 --for 640x --out ${out}`;
    const { stdout } = shell(`${command} ${into} 2> ${out}.err; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toBe('1\n');
    const { exitCode, runs } = JSON.parse(fs.readFileSync(path.join(out, 'summary.json'), 'utf8'));
    expect({ exitCode, runs }).toEqual({ exitCode: 1, runs: 640 });
    expect(fs.existsSync(path.join(out, 'lock'))).toBe(false);
  });

  it.each([
    ['explore', 'explore gosched --variant H13', 1],
    ['power', 'power --variant H12 --seeds 1 --runs 64', 0],
    ['replay', 'replay corpus/H12-S1.json', 1],
    ['list', 'list', 0],
  ])('%s exits as it would', (_, command, code) => {
    for (const into of ['| true', '> /dev/full']) {
      const line = `cd ${ROOT} && node "$PARKRANGER" ${command} 2> /dev/null ${into}; echo "\${PIPESTATUS[0]}"`;
      expect(shell(line).stdout).toBe(`${code}\n`);
    }
  });
});

describe('a folder of somebody', () => {
  it.each(['harness', 'corpus', '.'])('is not taken for a campaign (%s)', async (folder) => {
    const before = fs.readdirSync(path.join(ROOT, folder));
    const ran = await run('fuzz', '--for', '1x', '--out', path.join(ROOT, folder));
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/holds other things, such as .*\n.*not there yet/);
    expect(fs.readdirSync(path.join(ROOT, folder))).toEqual(before);
    expect((await run('merge', whole, '--out', path.join(ROOT, folder))).code).toBe(2);
  });

  it('that holds a campaign keeps it', async () => {
    const out = copy();
    const before = contents(out);
    const ran = await run('fuzz', '--variant', 'H13', '--for', '1x', '--out', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('holds another campaign');
    expect(contents(out)).toEqual(before);
  });

  it('loses what a killed run had begun to write', async () => {
    const out = copy();
    fs.writeFileSync(path.join(out, 'checkpoint.json.999999999.tmp'), '{');
    fs.writeFileSync(path.join(out, 'mine.tmp'), '');
    await run('fuzz', '--resume', out);
    expect(fs.readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual(['mine.tmp']);
  });

  it('whose lock names a process that lives says which file to remove', async () => {
    const out = copy();
    fs.writeFileSync(path.join(out, 'lock'), '1\n');
    const ran = await run('fuzz', '--resume', out);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/process 1\) is writing(.|\n)*if process 1 is something else, delete .*lock/);
  });
});

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGHUP', 129],
  ] as const)('%s at any moment ends a campaign in order', async (signal, code) => {
    for (const wait of [150, 300, 600, 1200]) {
      const { child, ended } = start(['fuzz', '--variant', 'H12', '--seed', '1', '--for', '1h', '--out', fresh()]);
      await pause(wait);
      child.kill(signal);
      const ran = await ended;
      // A process that has not begun to read its script is the system's.
      if (ran.code !== null) expect(ran.code).toBe(code);
      expect(ran.err).not.toContain('internal:');
    }
  });

  it('a campaign that was suspended goes on, and blames nobody', async () => {
    const out = fresh();
    const { child, ended, soFar } = start(['fuzz', '--variant', 'H12', '--seed', '1', '--for', '3000x', '--out', out]);
    while (!soFar().includes('BROKEN')) await pause(20);
    child.kill('SIGSTOP');
    await pause(2000);
    child.kill('SIGCONT');
    const ran = await ended;
    expect(ran.code).toBe(1);
    expect(ran.out).not.toContain('RESTART');
  });
});

it('a campaign that is killed in the midst of writing loses nothing, fifteen times', async () => {
  const [out, other] = [fresh(), fresh()];
  const args = ['fuzz', '--variant', 'H18', '--seed', 'midst', '--for', '8000x'];
  await run(...args, '--out', other);
  const checkpoint = path.join(out, 'checkpoint.json');
  const savedAt = () => (fs.existsSync(checkpoint) ? fs.statSync(checkpoint).mtimeMs : 0);
  let command = [...args, '--out', out];
  let kills = 0;
  for (let code: number | null = null; code === null; ) {
    const before = savedAt();
    const { child, ended } = start(command);
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    // Behind some progress, so that it comes to an end.
    const isMidst = () =>
      savedAt() !== before && fs.readdirSync(out).some((name) => name === `checkpoint.json.${child.pid}.tmp`);
    while (kills < 15 && !isOver && !isMidst()) await pause(1);
    if (kills < 15 && !isOver) {
      child.kill('SIGKILL');
      kills++;
    }
    code = (await ended).code;
    command = ['fuzz', '--resume', out];
  }
  expect(kills).toBeGreaterThan(5);
  const findingsOf = (folder: string) =>
    JSON.parse(fs.readFileSync(path.join(folder, 'summary.json'), 'utf8')).findings;
  const told = (folder: string) => findingsOf(folder).map(({ file: _, ...it }: Record<string, unknown>) => it);
  expect(told(out)).toEqual(told(other));
  expect(fs.readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('too few files for so many threads are told at once', async () => {
  const line = `ulimit -n 24; node ${BIN} fuzz --for 64x --workers 8 --out ${fresh()}`;
  const child = spawn('bash', ['-c', line]);
  let err = '';
  child.stderr.on('data', (data) => {
    err += data;
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
  expect(err).toMatch(/files/);
  expect(err).not.toContain('internal:');
});

describe('files that are damaged', () => {
  it('three hundred corpus entries are refused, or say what they said', () => {
    const text = fs.readFileSync(path.join(ROOT, 'corpus/H12-S1.json'), 'utf8');
    const whole = parseEntry(project, 'whole.json', text);
    const random = new FastRandom();
    random.seed(1);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const at = random.next() % text.length;
      const damaged = [
        text.slice(0, at),
        text.slice(0, at) + text.slice(at + 1),
        text.slice(0, at) + String.fromCharCode(random.next() % 256) + text.slice(at + 1),
      ][i % 3]!;
      try {
        expect(parseEntry(project, 'damaged.json', damaged)).toMatchObject({ variant: whole.variant });
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        expect((error as Error).message).toMatch(/^damaged\.json/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });

  it('fifty files of a cache are left out, told, and gone after prune', async () => {
    const cache = fresh();
    const args = ['fuzz', '--variant', 'H12', '--seed', '1', '--for', '640x', '--cache', cache];
    await run(...args, '--out', fresh());
    const [folder] = fs.readdirSync(cache) as [string];
    const names = fs.readdirSync(path.join(cache, folder));
    const random = new FastRandom();
    random.seed(1);
    const damaged = names.slice(0, 50);
    for (const [i, name] of damaged.entries()) {
      const bytes = fs.readFileSync(path.join(cache, folder, name));
      // The first one where it ends: a newline with another bit is white space, and damage all the same.
      const at = i === 0 ? bytes.length - 1 : random.next() % bytes.length;
      bytes[at]! ^= i === 0 ? 1 : 1 << (random.next() % 7);
      fs.writeFileSync(path.join(cache, folder, name), bytes);
    }
    const pruned = await run('fuzz', '--mode', 'prune', '--cache', cache);
    expect(pruned.code).toBe(0);
    expect(pruned.out).toMatch(new RegExp(`${damaged.length} .*damaged`));
    const again = await run(...args, '--out', fresh());
    expect(again.out + again.err).not.toContain('DAMAGED');
  });
});

describe('merge', () => {
  it('goes on without a part that is missing or damaged, and says so', async () => {
    const parts = [fresh(), fresh()] as const;
    for (const [i, out] of parts.entries())
      await run('fuzz', '--seed', '1', '--for', '640x', '--variant', 'commit', '--shard', `${i + 1}/3`, '--out', out);
    fs.writeFileSync(path.join(parts[1], 'summary.json'), '{');
    const out = fresh();
    const ran = await run('merge', ...parts, '--out', out);
    expect(ran.code).toBe(4);
    expect(ran.out + ran.err).toMatch(/only part 1 of 3/);
    expect(fs.readFileSync(path.join(out, 'summary.md'), 'utf8')).toMatch(/part/);
    expect(fs.existsSync(path.join(out, 'events.jsonl'))).toBe(true);
  });

  it('knows no part 5 of 2', async () => {
    const part = copy();
    const file = path.join(part, 'summary.json');
    fs.writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), shard: { parts: [5], of: 2 } }),
    );
    const ran = await run('merge', part, '--out', fresh());
    expect(ran.code).toBe(2);
    expect((await run('fuzz', '--shard', '5/2', '--for', '1x')).code).toBe(2);
  });
});

describe('what was not judged', () => {
  it('is not said to hold', async () => {
    const ran = await run('explore', 'switchOff', '--property', 'V1');
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/can be judged here: switchOff does not say where it comes to rest/);
    expect(ran.out).not.toContain('hold');
    const some = await run('explore', 'switchOff', '--property', 'V*');
    expect(some.code).toBe(0);
    expect(some.out).toMatch(/1 property judged, and holds in all states\n +NOT JUDGED V1, /);
  });
});

describe('a path with a NUL in it', () => {
  // No shell can give one, but a program that calls the command line can.
  const within = (args: readonly string[]) =>
    spawnSync(
      process.execPath,
      ['-e', `process.argv.splice(1, 9, ...${JSON.stringify([BIN, ...args])}); require(${JSON.stringify(BIN)})`],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );

  it.each([
    [['fuzz', '--for', '1x', '--out', 'a\0b']],
    [['fuzz', '--for', '1x', '--cache', 'a\0b']],
    [['fuzz', '--resume', 'a\0b']],
    [['replay', 'a\0b']],
    [['merge', 'a\0b', '--out', 'b']],
    [['merge', 'corpus', '--out', 'a\0b']],
    [['corpus', 'check', 'a\0b']],
    [['corpus', 'merge', 'a\0b', '--into', 'b']],
  ])('%j', (args) => {
    const { status, stderr } = within(args);
    expect(stderr).toMatch(/^parkranger: .*\n/);
    expect(stderr).not.toMatch(/internal:|\0/);
    expect(status).toBe(2);
  });
});

describe('an entry of another fingerprint', () => {
  it('says so when it replays', async () => {
    const file = path.join(dir, 'older.json');
    const entry = JSON.parse(fs.readFileSync(path.join(ROOT, 'corpus/H12-S2.json'), 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...entry, fingerprint: '00000000' }));
    expect((await run('replay', file)).out).toContain('Recorded by another version of the model');
  });
});

describe('corpus check', () => {
  it('tells on stderr what is wrong', async () => {
    const folder = fresh();
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'x.json'), '{}');
    const ran = await run('corpus', 'check', folder);
    expect(ran.code).not.toBe(0);
    expect(ran.err).toContain('x.json');
    expect(ran.out).not.toContain('x.json');
  });
});

describe('small words', () => {
  const cases: [string, string[], RegExp][] = [
    ['help of what there is not', ['help', 'bogus'], /bogus/],
    ['a strategy twice', ['power', '--variant', 'H12', '--strategies', 'walk,walk'], /walk/],
    ['a folder without a name', ['fuzz', '--for', '1x', '--out', ''], /--out|name of a folder/],
    ['a name nearby', ['fuzz', '--variant', 'comit'], /Did you mean commit\?/],
  ];
  it.each(cases)('%s', async (_, args, sentence) => {
    const ran = await run(...args);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(sentence);
    expect(ran.err).not.toContain('internal:');
  });

  it.each(['list', 'corpus'])('%s --help tells its exit codes', async (command) => {
    expect((await run(command, '--help')).out).toMatch(/[Ee]xit/);
  });
});
