import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hash } from '../harness/base/hash';
import { version } from '../package.json';
import { findings, type Ran, ROOT, run, start, summary } from './command';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-'));
});
/** A folder that is not there yet. */
let made = 0;
const fresh = () => path.join(dir, `out-${++made}`);
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('fuzz', () => {
  it('finds a planted bug, tells it, saves it, and exits with 1', async () => {
    const out = path.join(dir, 'h12');
    const ran = await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '1000x', '--out', out, '--json');
    expect(ran.code).toBe(1);
    expect(findings(ran).map(({ property }) => property)).toEqual(expect.arrayContaining(['S1', 'S2', 'S12']));
    for (const finding of findings(ran)) {
      expect(JSON.parse(fs.readFileSync(finding.file as string, 'utf8'))).toMatchObject({
        bucket: finding.bucket,
        story: finding.story,
      });
    }
    expect(summary(ran)).toMatchObject({ variant: 'H12', seed: '1', runs: 1000, exitCode: 1 });
    expect(ran.err).toContain('BROKEN S2  no walk touches frames that have gone since it began');
  });

  it('finds the same twice, and in another folder', async () => {
    const args = ['fuzz', '--variant', 'H18', '--seed', 'twice', '--for', '800x', '--json'];
    const text = ({ out }: Ran) =>
      out
        .split('\n')
        .filter((line) => line.includes('"type":"finding"'))
        .join('\n');
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => {
        const cwd = path.join(dir, name);
        fs.mkdirSync(cwd);
        return start([...args, '--out', 'found'], cwd).ended;
      }),
    );
    expect(text(one!)).not.toBe('');
    expect(text(two!)).toBe(text(one!));
    const again = start([...args, '--out', 'again'], path.join(dir, 'one')).ended;
    expect(text(await again).replaceAll('again', 'found')).toBe(text(one!));
  });

  it('judges only the properties that were asked for', async () => {
    const ran = await run(
      'fuzz',
      '--variant',
      'H12',
      '--seed',
      '1',
      '--for',
      '500x',
      '--property',
      'S1*',
      '--json',
      '--out',
      fresh(),
    );
    expect(new Set(findings(ran).map(({ property }) => property))).toEqual(new Set(['S1', 'S12']));
  });

  it('on the commit reports what is known as known, ends with the canary, and exits with 0 or with 4', async () => {
    const ran = await run('fuzz', '--seed', '1', '--for', '1500x', '--out', fresh());
    expect(ran.out).toContain('KNOWN ');
    expect(ran.out).not.toContain('BROKEN');
    expect(ran.out).toMatch(/canary {5}planted bug H12 \(.*\) found after [\d,]+ runs? by S1/);
    expect([0, 4]).toContain(ran.code);
    const strict = await run(
      'fuzz',
      '--variant',
      'commit',
      '--seed',
      '1',
      '--for',
      '64x',
      '--fail-on-known',
      '--out',
      fresh(),
    );
    expect(strict.code).toBe(1);
  });

  it('exits with 4 when goals are unmet', async () => {
    const ran = await run('fuzz', '--variant', 'commit', '--seed', '1', '--for', '1x', '--json', '--out', fresh());
    expect(ran.code).toBe(4);
    expect(summary(ran)).toMatchObject({ exitCode: 4 });
    expect(ran.err).toContain('UNMET');
  });

  it('ends at the first finding with --no-keep-going', async () => {
    const ran = await run(
      'fuzz',
      '--variant',
      'H12',
      '--seed',
      '1',
      '--for',
      '1h',
      '--no-keep-going',
      '--json',
      '--out',
      fresh(),
    );
    expect(ran.code).toBe(1);
    expect(summary(ran)!.runs).toBeLessThan(1000);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'on %s writes the summary, keeps the findings and exits with 130',
    async (signal) => {
      const out = path.join(dir, signal);
      const { child, ended, soFar } = start([
        'fuzz',
        '--variant',
        'H12',
        '--seed',
        '1',
        '--for',
        '10m',
        '--out',
        out,
        '--json',
      ]);
      while (!soFar().includes('"type":"finding"')) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill(signal);
      const ran = await ended;
      expect(ran.code).toBe(130);
      expect(summary(ran)).toMatchObject({ interrupted: true, exitCode: 130 });
      expect(fs.readdirSync(path.join(out, 'findings')).filter((name) => name.endsWith('.json')).length).toBe(
        findings(ran).length,
      );
    },
  );
});

describe('mutants', () => {
  const ask = (...more: string[]) =>
    run(
      'mutants',
      '--routine',
      'chanparkcommit',
      '--runs',
      '64',
      '--max-states',
      '5000',
      '--out',
      path.join(dir, 'm.jsonl'),
      ...more,
    );
  it('says of each mutant what sees it, and goes on where it was', async () => {
    const first = await ask('--sample', '3', '--json');
    expect(first.code).toBe(0);
    const rows = first.json.filter(({ type }) => type === 'mutant');
    expect(rows.map(({ routine, verdict }) => [routine, typeof verdict])).toEqual(
      Array(rows.length).fill(['chanparkcommit', 'string']),
    );
    expect(rows.length).toBeGreaterThan(0);
    const all = await ask('--json');
    const more = all.json.filter(({ type }) => type === 'mutant');
    expect(more.filter(({ id }) => rows.some((it) => it.id === id))).toEqual([]);
    expect(fs.readFileSync(path.join(dir, 'm.jsonl'), 'utf8').trim().split('\n')).toHaveLength(
      rows.length + more.length,
    );
    expect((await ask()).out).toMatch(/By routine:\nchanparkcommit: \d of \d/);
  });
  it.each([
    ['no such routine', ['--routine', 'parkm'], /no routine is like "parkm"/],
    ['a planted bug', ['--variant', 'H12'], /H12 is no preset/],
    ['a part of nothing', ['--shard', '3/2'], /--shard "3\/2" is no i\/n/],
  ])('refuses %s', async (_, args, why) => {
    const { code, err } = await run('mutants', ...args);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(why) });
  });
});

describe('power', () => {
  it('says what kills a planted bug, in lines of JSON', async () => {
    const ran = await run('power', '--variant', 'H12', '--seeds', '2', '--runs', '64', '--json');
    expect(ran.code).toBe(0);
    const cells = ran.json.filter(({ type }) => type === 'cell');
    expect(cells.map(({ property }) => property)).toEqual(expect.arrayContaining(['S1', 'S12']));
    expect(ran.json.at(-1)).toMatchObject({ type: 'variant', variant: 'H12', verdict: 'killed' });
  });

  it('says that what changes nothing is equivalent', async () => {
    const ran = await run('power', '--variant', 'H5', '--seeds', '1', '--runs', '200');
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/H5 +equivalent/);
  });

  it('exits with 1 when a planted bug survives', async () => {
    const ran = await run('power', '--variant', 'H17-FlushProcCaches', '--seeds', '1', '--runs', '64');
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/H17-FlushProcCaches +SURVIVES/);
  });

  it('compares strategies against the first', async () => {
    const ran = await run(
      'power',
      '--variant',
      'H13',
      '--seeds',
      '3',
      '--runs',
      '200',
      '--strategies',
      'walk,pct,portfolio',
      '--json',
    );
    expect(ran.code).toBe(0);
    expect(ran.json).toMatchObject([
      { type: 'comparison', variant: 'H13', strategy: 'walk', p: null },
      { type: 'comparison', variant: 'H13', strategy: 'pct', p: expect.any(Number) },
      { type: 'comparison', variant: 'H13', strategy: 'portfolio', p: expect.any(Number) },
    ]);
    expect(ran.err).toContain('the bound of its paper for');
  });
});

describe('explore', () => {
  it('proves or refutes, and its shortest way replays', async () => {
    const ran = await run('explore', 'park', '--variant', 'H12', '--json');
    expect(ran.code).toBe(1);
    const all = findings(ran);
    expect(all.filter(({ known }) => known === null).map(({ property }) => property)).toEqual([
      'S12',
      'checkThrows',
      'S1',
      'S2',
    ]);
    expect(summary(ran)).toMatchObject({
      cast: 'park',
      variant: 'H12',
      verdict: 'broken',
      complete: true,
      exitCode: 1,
    });
    const fresh = all.filter(({ known }) => known === null);
    expect(summary(ran)!.counterexample).toBe(fresh[0]!.steps);
    expect(fresh[0]!.steps).toBeGreaterThan(all[0]!.steps as number);
    const { token, story } = all.at(-1)!;
    const again = await run('replay', token as string, '--json');
    expect(again.code).toBe(1);
    expect(again.json[0]).toMatchObject({ story });
  });

  it('says what it is short of', async () => {
    const ran = await run('explore', 'park', '--max-states', '1000', '--property', 'S1');
    expect(ran.code).toBe(4);
    expect(ran.out).toContain('NOT ALL: the limit of --max-states came first');
    expect(ran.out).toContain('1 property judged, and holds so far');
  });

  it('visits several casts side by side, and tells the same as one by one', async () => {
    const args = ['explore', 'p*', 'gosched', 'park', '--variant', '*1*', '--property', 'S*', '--json'];
    const [one, two] = [await run(...args, '--workers', '1'), await run(...args, '--workers', '2')];
    const told = (ran: Ran) =>
      ran.json.filter(({ type }) => type !== 'progress').map(({ seconds: _, statesPerSecond: __, ...rest }) => rest);
    expect(told(two)).toEqual(told(one));
    expect([one.code, two.code]).toEqual([1, 1]);
    const summaries = two.json.filter(({ type }) => type === 'summary');
    expect(summaries.map(({ cast, variant }) => `${cast} ${variant}`)).toEqual([
      'park H12',
      'poll go1.26',
      'profile go1.26',
      'gosched H13',
    ]);
  });

  it('shows ways that break again as runs, in every cast and variant', async () => {
    const ran = await run('explore', '*', '--variant', '*', '--max-states', '400000', '--json');
    expect(ran.json.filter(({ type }) => type === 'error')).toEqual([]);
    expect(ran.json.filter(({ type }) => type === 'summary')).toHaveLength(41);
  });

  it.each([[['markDone', '--workers', '1']], [['markDone', 'profile', '--workers', '2']]])(
    'ends in order at Ctrl-C (%s)',
    async (args) => {
      const { child, ended, soFar } = start(['explore', ...args]);
      while (!soFar().includes('Exploring')) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill('SIGINT');
      const { code, out } = await ended;
      expect(code).toBe(130);
      expect(out).toContain('NOT ALL: interrupted');
    },
  );
});

describe('replay', () => {
  it('tells the same story from the token and from the file', async () => {
    const out = path.join(dir, 'replay');
    const [finding] = findings(
      await run('fuzz', '--variant', 'H13', '--seed', '3', '--for', '500x', '--out', out, '--json'),
    );
    for (const source of [finding!.token, finding!.file] as string[]) {
      const ran = await run('replay', source, '--json');
      expect(ran.code).toBe(1);
      expect(ran.json.at(-1)).toMatchObject({ type: 'replay', bucket: finding!.bucket, story: finding!.story });
    }
    const fixed = await run('replay', finding!.token as string, '--variant', 'commit', '--json');
    expect(fixed.code).toBe(0);
    expect(fixed.json.at(-1)).toMatchObject({ property: null, verdict: 'holds' });
  });

  it('exits with 3 when the token was recorded by another model, unless told to try', async () => {
    const { json } = await run('fuzz', '--variant', 'H13', '--seed', '3', '--for', '200x', '--out', fresh(), '--json');
    const parts = (json[0]!.token as string).split(':').slice(0, 6);
    parts[3] = '00000000';
    const token = `${parts.join(':')}:${hash(parts.join(':'))}`;
    expect((await run('replay', token)).code).toBe(3);
    expect((await run('replay', token, '--best-effort')).code).toBe(1);
  });
});

describe('list', () => {
  it('shows everything, as text and as JSON', async () => {
    const ran = await run('list', '--json');
    expect(ran.code).toBe(0);
    const kinds = new Set(ran.json.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['cast', 'goal', 'known', 'mix', 'operation', 'property', 'strategy', 'variant']);
    const text = await run('list', '--properties');
    expect(text.out).toContain('S1           no stack is walked without ownership (discipline)');
    expect(text.out).not.toContain('variants:');
    const variants = await run('list', '--variants');
    expect(variants.out).toContain('what the presets change in commit:');
    expect(variants.out).toMatch(/x +isShrinkStackSafe: /);
  });
});

describe('bad usage', () => {
  const cases: [string, string[], RegExp, RegExp][] = [
    ['no command', [], /Usage: parkranger/, /fuzz \[options\]/],
    ['an unknown command', ['fuz'], /unknown command 'fuz'/, /fuzz, replay, list/],
    ['an unknown flag', ['fuzz', '--sed', '1'], /unknown option '--sed'/, /--seed|--help/],
    ['an unknown variant', ['fuzz', '--variant', 'H99'], /no variant is called "H99"/, /commit, go1\.22, parent/],
    ['an unknown property', ['fuzz', '--property', 'S99'], /no property is called "S99"/, /S1, S2, S3/],
    ['a bad budget', ['fuzz', '--for', '30'], /--for "30": it wants a time \(30s, 10m, 2h\)/, /fuzz -- --help/],
    ['a budget of nothing', ['fuzz', '--for', '0x'], /30s, 10m, 2h/, /fuzz -- --help/],
    [
      'a bad number',
      ['fuzz', '--max-steps', 'many'],
      /--max-steps "many": it wants a whole number from 100/,
      /fuzz -- --help/,
    ],
    [
      'a folder that cannot be written',
      ['fuzz', '--out', '/proc/nothing/here'],
      /cannot write into "\/proc\/nothing\/here"/,
      /another folder/,
    ],
    ['a replay of nothing', ['replay'], /missing required argument 'recording'/, /replay -- --help/],
    ['a cut token', ['replay', 'pr1:H12:S1-1dca6476:1f80'], /the token is cut or changed/, /to its last character/],
    ['a token of the future', ['replay', 'pr9:x'], /format pr9/, /version that printed it/],
    [
      'a file that is not there',
      ['replay', 'nowhere.json'],
      /cannot read "nowhere.json": it does not exist/,
      /corpus file/,
    ],
    ['a folder', ['replay', 'corpus'], /corpus is not a file/, /corpus file/],
    ['too many arguments', ['replay', 'a', 'b'], /too many arguments/, /replay -- --help/],
    ['a seed of two lines', ['fuzz', '--seed', 'a\nb'], /--seed "a\\u\{a\}b": it wants a text/, /nightly-1/],
    ['an empty corpus', ['corpus', 'check', 'harness'], /no corpus files in harness/, /holds corpus files/],
    ['an unknown subcommand', ['corpus', 'nope'], /unknown command 'nope'/, /check, minimise, refresh/],
    [
      'a run that is cut short',
      ['replay', 'corpus/H12-S2.json', '--max-steps', '100'],
      /cut short after 100 steps/,
      /--max-steps/,
    ],
    ['an unknown cast', ['explore', 'dance'], /no cast is called "dance"/, /There are: park, gosched/],
    ['an unknown variant of power', ['power', '--variant', 'H99'], /no variant is called "H99"/, /commit, go1/],
    ['an unknown strategy', ['power', '--strategies', 'walk,dance'], /no strategy is called "dance"/, /walk, swarm/],
    [
      'a planted bug by a known one',
      ['power', '--variant', 'H12', '--bug', 'L13', '--strategies', 'walk'],
      /nothing to find in "H12"/,
      /presets by one of their known bugs/,
    ],
    ['a bug without strategies', ['power', '--bug', 'L13'], /--bug wants --strategies/, /--strategies all/],
    ['no cast', ['explore'], /missing required argument 'casts'/, /explore -- --help/],
    [
      'a token of an unknown cast',
      ['replay', 'pr1:H12:S1-1dca6476:1f80:@dance:z1:0'],
      /no cast is called "dance"/,
      /park/,
    ],
    ['a folder of no corpus', ['corpus', 'check', 'nowhere'], /cannot read the folder "nowhere"/, /holds corpus files/],
  ];
  it.each(cases)('%s', async (_, args, message, hint) => {
    const ran = await run(...args);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
    expect(ran.err).toMatch(hint);
    expect(ran.err).not.toMatch(/\n\s+at /);
    expect(ran.err).not.toContain('internal:');
  });

  const entry = () => JSON.parse(fs.readFileSync(path.join(ROOT, 'corpus', 'H12-S1.json'), 'utf8'));
  const files: [string, () => string, RegExp][] = [
    ['an empty file', () => '', /is empty/],
    ['a file that is not JSON', () => '{"format": 1,', /is not JSON/],
    ['JSON that is no entry', () => '[1, 2]', /the whole: /],
    [
      'a file of a future version',
      () => JSON.stringify({ ...entry(), format: 7 }),
      /has format 7, and this version reads up to 1/,
    ],
    ['a field of a wrong type', () => JSON.stringify({ ...entry(), tape: 5 }), /tape: /],
    ['a field too many', () => JSON.stringify({ ...entry(), mood: 'good' }), /mood/],
    ['a missing field', () => JSON.stringify({ ...entry(), variant: undefined }), /variant: /],
    ['a bad tape', () => JSON.stringify({ ...entry(), tape: 'z1.x' }), /"x" is no part of a tape/],
    ['a bad program', () => JSON.stringify({ ...entry(), program: { ...entry().program, ms: 99 } }), /program.ms: /],
    ['an unknown property', () => JSON.stringify({ ...entry(), property: 'S99' }), /no property is called "S99"/],
    ['a cause of another bucket', () => JSON.stringify({ ...entry(), cause: 'none' }), /bucket: .* is not that of/],
    [
      'an unknown operation',
      () => JSON.stringify({ ...entry(), program: { ...entry().program, gs: [{ stack: 0, ops: ['dance'] }] } }),
      /program.gs.0.ops.0: /,
    ],
    ['an unknown variant', () => JSON.stringify({ ...entry(), variant: 'H99' }), /no variant is called "H99"/],
    [
      'a file of more than 1 MiB',
      () => ' '.repeat(1024 * 1024 + 1),
      /has 1048577 bytes, and such a file has at most 1048576/,
    ],
  ];
  it.each(files)('a corpus file: %s', async (name, text, message) => {
    const file = path.join(dir, `${name.replaceAll(' ', '-')}.json`);
    fs.writeFileSync(file, text());
    const ran = await run('replay', file, '--json');
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toMatch(/\n\s+at /);
    expect(ran.json).toMatchObject([{ type: 'error' }]);
  });

  it('shows a finding that it cannot save, and goes on', async () => {
    const out = fresh();
    const { ended } = start(['fuzz', '--variant', 'H12', '--seed', '1', '--for', '500x', '--out', out]);
    while (!fs.existsSync(path.join(out, 'lock'))) await new Promise((resolve) => setTimeout(resolve, 1));
    fs.writeFileSync(path.join(out, 'findings'), 'in the way');
    const ran = await ended;
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('BROKEN S1');
    expect(ran.out).toContain('500 runs');
    expect(ran.out).toMatch(/NOT SAVED {2}.*S1-.*json is not there/);
  });

  it('checks every corpus file, whatever is wrong with the others', async () => {
    const folder = path.join(dir, 'mixed');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'a.json'), '{');
    fs.writeFileSync(path.join(folder, 'b.json'), JSON.stringify({ ...entry(), story: [] }));
    fs.writeFileSync(path.join(folder, 'c.json'), JSON.stringify(entry()));
    const ran = await run('corpus', 'check', folder);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/bad .*a\.json is not JSON/);
    expect(ran.out).toMatch(/stale .*b\.json/);
    expect(ran.out).toMatch(/breaks .*c\.json/);
  });

  it('keeps what was there when a file cannot be written', async () => {
    const file = path.join(dir, 'file-in-the-way');
    fs.writeFileSync(file, 'mine');
    const ran = await run('fuzz', '--for', '1x', '--out', file);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('there is a file of that name');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('help', () => {
  it.each([
    ['--help'],
    ['fuzz', '--help'],
    ['replay', '--help'],
    ['list', '--help'],
    ['corpus', '--help'],
    ['power', '--help'],
    ['explore', '--help'],
  ])('%s %s', async (...args) => {
    const ran = await run(...args);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Usage: parkranger');
  });

  it('tells the version', async () => {
    expect((await run('--version')).out.trim()).toBe(version);
  });
});
