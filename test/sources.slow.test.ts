import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './command';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-sources-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const GO = 'https://github.com/golang/go/blob';

describe("what leads to Go's sources", () => {
  it('a story says where it breaks, at the release of its preset', async () => {
    expect((await run('replay', 'corpus/H12-S1.json')).out).toMatch(
      /^ {2}here {5}runtime\/.*\(go1\.2\d\.\d+\) {2}https:/m,
    );
    expect((await run('replay', 'corpus/L13-go1.26-S2.json')).out).toContain(`${GO}/go1.26.8/src/runtime/`);
  });

  it('a page has each line that stands for a statement', async () => {
    const out = path.join(dir, 'page');
    await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '64x', '--out', out);
    const name = fs.readdirSync(path.join(out, 'findings')).find((it) => it.endsWith('.html'))!;
    const page = fs.readFileSync(path.join(out, 'findings', name), 'utf8');
    expect(page).toMatch(new RegExp(`park_m \\(G\\d\\): <a href="${GO}/go1\\.23\\.5/src/runtime/proc\\.go#L\\d+"`));
  });

  it('a listing says so beside each line, if asked', async () => {
    const { out } = await run('list', '--listing', '--sources', '--variant', 'go1.26');
    expect(out).toMatch(/^ {2}casgstatus\(gp, Grunning, Gwaiting\) .* @ runtime\/proc\.go:4275 \(go1\.26\.8\)$/m);
    expect((await run('list', '--sources')).code).toBe(2);
  });

  it('sources show has each line, and why some stand for nothing', async () => {
    const { out, code } = await run('sources', 'show', 'park_m', '--variant', 'go1.26+H12');
    expect(code).toBe(0);
    expect(out).toContain(`${GO}/go1.26.8/src/runtime/proc.go#L4275`);
    expect((await run('sources', 'show', 'goroutine')).out).toContain('nothing: what the program does');
    expect((await run('sources', 'show', 'parkm')).err).toMatch(/Did you mean park_m\?/);
  });

  it('sources drift tells people and programs', async () => {
    const text = await run('sources', 'drift', 'go1.26.8', 'go1.27.3');
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/findGoroutineLeaks {2}runtime\/mgc\.go\n +\d+ {2}casgstatus\(gp0, _Gleaked, _Gwaiting\)/);
    const { json, code } = await run('sources', 'drift', '1.26.8', '1.26.8', '--json');
    expect(code).toBe(0);
    expect(json).toEqual([expect.objectContaining({ type: 'summary', changed: 0, unknown: 0, newcomers: 0 })]);
  });
});
