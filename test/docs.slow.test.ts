import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storyText } from '../harness/tell/story';
import { readmeEntry, readReadme, withStory } from '../readme';
import { ROOT } from './command';

const readme = readReadme();
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!);
const entry = readmeEntry();

/** Exit code and output of a command line of npm's, in a folder. */
async function sh(command: string, cwd = ROOT): Promise<{ code: number; out: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command], { cwd, maxBuffer: 1 << 26 });
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout + stderr };
  }
}

describe('the README', () => {
  it('tells the story of a corpus entry as it is (else: npm run refresh)', () => {
    expect(blocks('text')[0]).toContain(entry.sentence);
    expect(withStory(readme, entry)).toBe(readme);
  });

  const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
  /** What each command exits with; `npm test` is what runs this, and `npm ci` what came before. */
  const expected: Record<string, number> = {
    'npm ci && npm run fuzz': 0,
    'npm run -s fuzz -- --variant H12 --for 2000x --seed 1': 1,
    'npm run -s fuzz -- --variant commit --for 10000x --seed nightly --json': 0,
    'npm run -s list -- --variants': 0,
    'npm run -s fuzz -- --mode nightly --seed one --for 6000x --cache out/cache --out out/night': 0,
    'npm run -s merge -- out/night --out out/all': 0,
    'npm run -s explore -- park': 0,
    'npm run -s explore -- park --variant H12': 1,
    'npm run -s list -- --casts': 0,
    'npm run -s power -- --variant H12 --seeds 5 --runs 500': 0,
    'npm run -s power -- --variant H13 --seeds 5 --runs 500 --strategies walk,pos,portfolio': 0,
    'npm run -s replay -- corpus/H12-S2.json': 1,
    'npm run -s replay -- corpus/H12-S2.json --variant commit': 0,
    'npm run -s corpus -- check': 0,
  };

  it('shows no command that is not run', () => {
    const token = commands.find((command) => command.includes('pr1:'));
    expect(commands.filter((command) => command !== token)).toEqual(expect.arrayContaining(Object.keys(expected)));
    expect(commands.length).toBe(Object.keys(expected).length + 2);
  });

  it.each(commands.filter((command) => command !== 'npm ci && npm test'))('%s', async (command) => {
    const { code, out } = await sh(command.replace('npm ci && ', ''));
    expect({ code, out: out.slice(-2000) }).toMatchObject({ code: expected[command] ?? 1 });
    if (command === 'npm run -s explore -- park') {
      const states = /visits ([\d,]+) states/.exec(readme)![1]!;
      expect(out).toContain(`states     ${states},`);
    }
    if (command.includes('pr1:')) expect(out).toContain(storyText(entry.story));
  });
});

/** A copy of the project to change. */
function copyProject(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-readme-'));
  for (const name of ['harness', 'models', 'properties', 'corpus', 'bin', 'main.ts', 'package.json', 'tsconfig.json'])
    fs.cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
  return dir;
}

describe('an operation added as the README shows', () => {
  let dir: string;
  const [, , routine, line, test] = blocks('ts');
  beforeAll(() => {
    dir = copyProject();
    fs.appendFileSync(path.join(dir, 'models', 'park.ts'), routine!);
    const operations = path.join(dir, 'models', 'operations.ts');
    const [, added, before] = line!.trimEnd().split('\n');
    const text = fs.readFileSync(operations, 'utf8');
    expect(text).toContain(before);
    fs.writeFileSync(operations, text.replace(before!, `${added}\n${before}`));
    fs.writeFileSync(path.join(dir, 'models', 'nap.test.ts'), test!);
  });
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('passes the type checker and its test', async () => {
    expect(await sh('npx tsc --noEmit -p .', dir)).toMatchObject({ code: 0 });
    expect(await sh('npx vitest run models/nap', dir)).toMatchObject({ code: 0 });
  });

  it('appears in list, and is done in campaigns', async () => {
    expect((await sh('npm run -s list -- --operations', dir)).out).toContain(
      'sleeps, and lets others run when it wakes',
    );
    const ran = await sh('npm run -s fuzz -- --variant commit --property noThrow --for 4000x --seed 1 --json', dir);
    expect(ran.out).toContain('"ran:nap"');
    expect(ran.out).not.toMatch(/"unmet":\[[^\]]*ran:nap/);
  });
});

describe('a property added as the README shows', () => {
  let dir: string;
  const [file, line] = blocks('ts');
  beforeAll(() => {
    dir = copyProject();
    const index = path.join(dir, 'properties', 'index.ts');
    const [, importLine, listLine, name] = line!.trim().split('\n');
    const text = fs.readFileSync(index, 'utf8');
    expect(text).toContain(listLine);
    fs.writeFileSync(index, `${importLine}\n${text.replace(listLine!, `${listLine}\n${name}`)}`);
    fs.writeFileSync(path.join(dir, 'properties', 'queued.ts'), file!);
  });
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('passes the type checker', async () => {
    expect(await sh('npx tsc --noEmit -p .', dir)).toMatchObject({ code: 0 });
  });

  it('appears in list, and holds', async () => {
    expect((await sh('npm run -s list -- --properties', dir)).out).toContain(
      'queued   a goroutine on a run queue is Runnable (discipline)',
    );
    const ran = await sh('npm run -s fuzz -- --variant commit --property queued --for 3000x --seed 1', dir);
    expect(ran.out).toContain('findings   0 new');
    expect(ran.out).not.toContain('never exercised');
  });

  it('is reported as never exercised when nothing writes what it watches', async () => {
    fs.writeFileSync(
      path.join(dir, 'properties', 'queued.ts'),
      file!.replace('gKind.col.queued', 'gKind.col.syscallsp'),
    );
    const ran = await sh('npm run -s fuzz -- --variant commit --property queued --for 100x --seed 1', dir);
    expect(ran.out).toContain('never exercised, so their silence means nothing: queued');
  });
});
