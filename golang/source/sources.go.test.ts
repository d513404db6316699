import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { project } from '../../main';
import { ROOT, run } from '../../test/command';
import { digestFrom, digestOf, FILE, textOf } from './digest';
import { modelledNames } from './presets';
import { sourcesOf, spansOf } from './toolchain';
import { releases } from './versions';

const hasGo = spawnSync('go', ['version']).status === 0;
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-sources-'));
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

let made = 0;
/** A tree with the packages that are read, of the release that is retold last, with one file changed. */
function tree(file: string, change: (text: string) => string): string {
  const env = { ...process.env, GOTOOLCHAIN: 'go1.26.8' };
  const root = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8', env }).stdout.trim();
  const to = path.join(work, `tree${++made}`);
  for (const dir of ['src/runtime', 'src/iter', 'src/internal/buildcfg'])
    fs.cpSync(path.join(root, dir), path.join(to, dir), { recursive: true });
  const at = path.join(to, 'src/runtime', file);
  const text = fs.readFileSync(at, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  fs.chmodSync(at, 0o644);
  fs.writeFileSync(at, changed);
  return to;
}

describe.skipIf(!hasGo)('with Go (skipped where there is none)', () => {
  it('which goroutine is at hand in front of each statement', () => {
    const file = path.join(work, 'at.go');
    const body = `a()
      if gp := q.pop(); gp != nil { b() }
      for _, gp := range all { c() }
      gp := r.stackRoots[0]
      on(func() { d(); func(gq *g) { e() }(nil) })
      { gp := getg(); f(gp) }
      h(gp)`;
    fs.writeFileSync(file, `package p\n\nfunc one(x int) {\n${body}\n}\n\nfunc two(gq *g) { var gp *g; k() }\n`);
    const spans = spansOf([file]).get('at.go')!;
    const at = (name: string) => spans.get(name)!.map(({ text, g }) => [text.replace(/\(.*/, ''), g] as const);
    const own = new Map([...at('one'), ...at('two')].filter(([text]) => text.length === 1));
    expect(Object.fromEntries(own)).toEqual({ a: '', b: 'gp', c: 'gp', d: 'gp', e: 'gq', f: '', h: 'gp', k: 'gp' });
  });

  it.each(releases)('the digest of %s is what the release says', (release) => {
    const names = modelledNames(project.model);
    const read = digestFrom(sourcesOf(release), (name) => names.has(name));
    expect(textOf(read)).toBe(textOf(digestOf(release)!));
  });

  it('two lines of park_m that are swapped are told, with their lines in the model', async () => {
    const swapped = tree('proc.go', (text) =>
      text.replace(
        /(func park_m\(gp \*g\) \{.*?)(\tcasgstatus\(gp, _Grunning, _Gwaiting\)\n)(.*?)(\tdropg\(\)\n)/s,
        '$1$4$3$2',
      ),
    );
    const ran = await run('sources', 'drift', 'go1.26.8', swapped);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/^park_m {2}changed {2}runtime\/proc\.go/m);
    expect(ran.out).toMatch(/park_m: (casgstatus\(gp, Grunning, Gwaiting\)|dropg)/);
  });

  it('a transition somewhere new is told', async () => {
    const more = tree(
      'proc.go',
      (text) => `${text}\nfunc strange(gp *g) {\n\tcasgstatus(gp, _Gwaiting, _Grunnable)\n}\n`,
    );
    const ran = await run('sources', 'drift', 'go1.26.8', more, '--json');
    expect(ran.code).toBe(1);
    const [found] = ran.json.filter(({ type }) => type === 'newcomer');
    expect(found).toMatchObject({ name: 'strange', file: 'runtime/proc.go', touches: [{ what: 'status' }] });
  });

  const before = fs.readFileSync(FILE, 'utf8');
  it.each([
    ['a version that there is not', ['sources', 'drift', 'go1.26.8', 'go1.22.99'], /there is no go1\.22\.99 to be had/],
    ['a path that is no tree', ['sources', 'drift', 'go1.26.8', work], /no Go tree: it has no src\/runtime/],
    ['no version', ['sources', 'update', '--go', 'latest'], /"latest" is no version of Go, and no Go tree/],
  ])('%s: one sentence, exit 2, and nothing written', async (_, args, sentence) => {
    const ran = await run(...args);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(sentence);
    expect(ran.err).not.toContain('internal:');
    expect(fs.readFileSync(FILE, 'utf8')).toBe(before);
  });

  it('a tree that is no release has no digest', async () => {
    const dev = tree('proc.go', (text) => `${text}\n`);
    const ran = await run('sources', 'update', '--go', dev);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/does not say which release it is/);
    expect(fs.readFileSync(FILE, 'utf8')).toBe(before);
  });

  it('a syntax error: one sentence, exit 2, and nothing written', async () => {
    const broken = tree('proc.go', (text) => text.replace('func park_m(gp *g) {', 'func park_m(gp *g) {{'));
    const ran = await run('sources', 'update', '--go', broken);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/cannot be read: .*proc\.go:\d+/);
    expect(fs.readFileSync(FILE, 'utf8')).toBe(before);
  });
});

it('without Go, what is checked in is read, and the rest says so in a sentence', () => {
  const bare = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, 'bin/parkranger.js'), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, PATH: work },
    });
  expect(bare('sources', 'drift', 'go1.26.8', 'go1.27.3').status).toBe(1);
  expect(bare('sources', 'show', 'park_m').status).toBe(0);
  const without = bare('sources', 'drift', 'go1.26.8', 'go1.26.9');
  expect(without.status).toBe(2);
  expect(without.stderr).toMatch(/^parkranger: this wants Go, and there is no go on the PATH\n/);
});
