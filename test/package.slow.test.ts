import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './command';

/** The package as others have it: packed, installed somewhere else, and without what only a checkout needs. */

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-package-'));
const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  npm(['pack', '--pack-destination', dir], ROOT);
  const packed = fs.readdirSync(dir).find((name) => name.endsWith('.tgz'))!;
  fs.writeFileSync(path.join(dir, 'package.json'), '{ "name": "elsewhere", "version": "1.0.0" }\n');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', `./${packed}`], dir);
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Runs a command there, and returns its exit code and all that it said. */
function sh(command: string): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(command, { cwd: dir, shell: true, encoding: 'utf8' });
  return { code: status, text: stdout + stderr };
}

describe('the installed package', () => {
  it('has no compiler, no sources and no tests', () => {
    expect(fs.readdirSync(path.join(dir, 'node_modules'))).not.toContain('typescript');
    const files = fs.readdirSync(path.join(dir, 'node_modules', 'parkranger'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.test\.|(?<!\.d)\.ts$/.test(name) && !name.startsWith('docs'))).toEqual([]);
    expect(files).toContain('LICENSE');
  });

  it('lists, fuzzes and replays, and says how it is called', () => {
    expect(sh('npx parkranger list --casts')).toMatchObject({ code: 0, text: expect.stringContaining('park  ') });
    const fuzzed = sh('npx parkranger fuzz --variant H12 --for 200x --seed 1 --workers 2 --out night');
    expect(fuzzed.code).toBe(1);
    const [, token] = /replay {3}(npx parkranger replay pr1:\S+)/.exec(fuzzed.text) ?? [];
    expect(sh(token!)).toMatchObject({ code: 1, text: expect.stringContaining('BROKEN') });
  });

  it("has what it knows of Go's sources along", () => {
    const shown = sh('npx parkranger sources show park_m --variant go1.26');
    expect(shown).toMatchObject({ code: 0, text: expect.stringContaining('go1.26.8/src/runtime/proc.go#L') });
    expect(sh('npx parkranger sources drift go1.26.8 go1.27.3')).toMatchObject({ code: 1 });
  });
});

describe('a model of somebody else', () => {
  const register = path.join(ROOT, 'node_modules', 'ts-node', 'register', 'transpile-only');
  const peterson = (args: string) => sh(`node -r ${register} main.ts ${args}`);

  beforeAll(() => {
    for (const name of ['main.ts', 'peterson.ts', 'tsconfig.json'])
      fs.copyFileSync(path.join(ROOT, 'docs', 'peterson', name), path.join(dir, name));
  });

  it('is checked by the types that come along', () => {
    const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc');
    const types = path.join(ROOT, 'node_modules', '@types');
    expect(sh(`${tsc} -p . --typeRoots ${types}`)).toEqual({ code: 0, text: '' });
  });

  it('has every command', () => {
    expect(peterson('list')).toMatchObject({ code: 0, text: expect.stringContaining('afterYou') });
    expect(peterson('fuzz --for 2000x --seed 1 --out fuzzed')).toMatchObject({
      code: 0,
      text: expect.stringMatching(/canary +planted bug lateFlag .* found after \d+ runs by mutex/),
    });
    const fuzzed = peterson('fuzz --variant noTurn --for 200x --seed 1 --out planted');
    expect(fuzzed.code).toBe(1);
    const [, token] = /main\.ts replay (pr1:\S+)/.exec(fuzzed.text) ?? [];
    expect(peterson(`replay ${token}`)).toMatchObject({
      code: 1,
      text: expect.stringContaining('nobody waits for ever'),
    });
    expect(peterson('corpus check planted/findings')).toMatchObject({
      code: 0,
      text: expect.stringContaining('breaks'),
    });
    expect(peterson('merge planted --out merged')).toMatchObject({ code: 1 });
    expect(peterson('power --runs 2000 --seeds 2')).toMatchObject({
      code: 0,
      text: expect.stringMatching(/lateFlag +killed +mutex(.|\n)*afterYou +killed +progress/),
    });
    expect(peterson('explore twice')).toMatchObject({
      code: 0,
      text: expect.stringContaining('2 properties judged, and all hold in all states'),
    });
    // It spins: what fuzz finds by runs that go in circles, explore finds in the graph.
    expect(peterson('explore twice --variant afterYou')).toMatchObject({
      code: 1,
      text: expect.stringContaining('BROKEN progress'),
    });
    expect(peterson('explore twice --variant lateFlag')).toMatchObject({
      code: 1,
      text: expect.stringContaining('mutex'),
    });
  });
});
