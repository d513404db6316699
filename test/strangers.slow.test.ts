import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealed } from '../harness/campaign/checkpoint';
import { campaignFolder, contents, ROOT, run } from './command';

/* Files of strangers: whatever a field of them says, nobody is steered by it, and nothing is written elsewhere. */

const BIN = path.join(ROOT, 'bin/parkranger.js');
const EVIL = '\u001b[2J\n::error::hi\n# <script>alert(1)</script> ![x](http://x) | a `b` ]]> \u0000';

type Path = readonly (string | number)[];
type Json = Record<string, unknown>;

/** Where the texts of a value are, those of the first of each list. */
function textsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value === 'string') return [at];
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((it, i) => textsOf(it, [...at, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, it]) => textsOf(it, [...at, name]));
}

/** The same with one of its texts made longer by what steers terminals, browsers and workflows. */
function poisoned(value: Json, at: Path): string {
  const copy = structuredClone(value);
  const last = at.at(-1)!;
  // biome-ignore lint/suspicious/noExplicitAny: whatever it holds
  const holder = at.slice(0, -1).reduce<any>((it, name) => it[name], copy);
  holder[last] = `${holder[last]}${EVIL}`;
  return JSON.stringify(copy);
}

function expectHarmless(what: string, texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts)) {
    const said = (found: unknown) => `${what} ${name}: ${found}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    expect(said(/[\u0000-\u0008\u000b-\u001f\u007f]/.exec(text))).toBe(said(null));
    expect(text).not.toMatch(/^::error::hi/m);
    if (/\.(html|xml)$/.test(name)) expect(text).not.toContain('<script>alert');
    if (name.endsWith('.md')) {
      const outsideOfCode = text.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gs, '');
      expect(said(/<script|(?<!\\)!\[x/.exec(outsideOfCode))).toBe(said(null));
    }
  }
}

const { whole, fresh, copy, fill, remove } = campaignFolder('strangers');
beforeAll(fill);
afterAll(remove);

/** A command as a workflow runs it, and what it writes: into `out`, the step's summary, and the terminal. */
function inWorkflow(args: readonly string[], out?: string) {
  const step = `${fresh()}.md`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: step },
  });
  expect([0, 1, 2, 3, 4]).toContain(status);
  expect(stderr).not.toContain('internal:');
  const written: Record<string, string> = out !== undefined && fs.existsSync(out) ? contents(out) : {};
  if (fs.existsSync(step)) written['step.md'] = fs.readFileSync(step, 'utf8');
  return { status, texts: { ...written, stdout, stderr } };
}

const read = (file: string): Json => JSON.parse(fs.readFileSync(file, 'utf8'));

describe('whatever field of a file it stands in, nothing is said to terminals, browsers or workflows', () => {
  it('summary.json of a part', () => {
    const summary = read(path.join(whole, 'summary.json'));
    const fields = textsOf(summary);
    expect(fields.length).toBeGreaterThan(30);
    let accepted = 0;
    for (const at of fields) {
      const [part, out] = [copy(), fresh()];
      fs.writeFileSync(path.join(part, 'summary.json'), poisoned(summary, at));
      const { status, texts } = inWorkflow(['merge', part, '--out', out], out);
      expect([1, 2, 4]).toContain(status);
      if ('summary.md' in texts) accepted++;
      expectHarmless(String(at), texts);
    }
    // Texts of no fixed form: a cause, a sentence, a path, what was restarted.
    expect(accepted).toBeGreaterThan(5);
  });

  it('a finding of a part', () => {
    const name = fs.readdirSync(path.join(whole, 'findings')).find((it) => it.endsWith('.json'))!;
    const entry = read(path.join(whole, 'findings', name));
    for (const at of textsOf(entry)) {
      const [part, out] = [copy(), fresh()];
      fs.writeFileSync(path.join(part, 'findings', name), poisoned(entry, at));
      expectHarmless(String(at), inWorkflow(['merge', part, '--out', out], out).texts);
    }
  });

  it('an event of a part', () => {
    const events = fs.readFileSync(path.join(whole, 'events.jsonl'), 'utf8').trimEnd().split('\n');
    for (const [i, event] of events.slice(0, 2).entries())
      for (const at of textsOf(JSON.parse(event))) {
        const [part, out] = [copy(), fresh()];
        fs.writeFileSync(
          path.join(part, 'events.jsonl'),
          `${events.with(i, poisoned(JSON.parse(event), at)).join('\n')}\n`,
        );
        expectHarmless(String(at), inWorkflow(['merge', part, '--out', out], out).texts);
      }
  });

  it('an entry of a corpus', () => {
    const entry = read(path.join(ROOT, 'corpus/H12-S2.json'));
    const fields = textsOf(entry);
    expect(fields.length).toBeGreaterThan(8);
    for (const at of fields) {
      const [folder, into] = [fresh(), fresh()];
      fs.mkdirSync(folder);
      fs.mkdirSync(into);
      const file = path.join(folder, 'H12-S2.json');
      fs.writeFileSync(file, poisoned(entry, at));
      for (const args of [
        ['replay', file],
        ['replay', file, '--json'],
        ['corpus', 'check', folder],
        ['corpus', 'merge', folder, '--into', into],
      ])
        expectHarmless(`${args[0]} ${at}`, inWorkflow(args, into).texts);
    }
  });

  it('a file name of a corpus', () => {
    const folder = fresh();
    fs.mkdirSync(folder);
    const name = `${EVIL.replaceAll('/', '').replaceAll('\0', '')}.json`;
    fs.copyFileSync(path.join(ROOT, 'corpus/H12-S2.json'), path.join(folder, name));
    fs.writeFileSync(path.join(folder, `bad${name}`), '{}');
    const into = fresh();
    fs.mkdirSync(into);
    for (const args of [
      ['replay', path.join(folder, name)],
      ['corpus', 'check', folder],
      ['corpus', 'check', folder, '--json'],
      ['corpus', 'merge', folder, '--into', into],
    ])
      expectHarmless(args.join(' '), inWorkflow(args, into).texts);
    for (const written of fs.readdirSync(into)) expect(written).not.toContain('\n');
  });

  it('a checkpoint, its checksum made anew', () => {
    const { checkpoint } = read(path.join(whole, 'checkpoint.json')) as { checkpoint: Json };
    const fields = textsOf(checkpoint);
    expect(fields.length).toBeGreaterThan(10);
    for (const at of fields) {
      const out = copy();
      fs.writeFileSync(path.join(out, 'checkpoint.json'), sealed(poisoned(checkpoint, at)));
      const { texts } = inWorkflow(['fuzz', '--resume', out], out);
      // It is what was put there, and written by nobody else.
      const { 'checkpoint.json': _, ...rest } = texts as Record<string, string>;
      expectHarmless(String(at), rest);
    }
  });
});

describe('links in the folder of a stranger', () => {
  const outside = (): string => {
    const folder = fresh();
    fs.mkdirSync(path.join(folder, 'findings'), { recursive: true });
    for (const name of ['a', 'findings/b']) fs.writeFileSync(path.join(folder, name), 'secret');
    return folder;
  };

  it('are not copied by merge', async () => {
    const [part, out, secret] = [copy(), fresh(), outside()];
    for (const name of fs.readdirSync(path.join(part, 'findings'))) {
      fs.rmSync(path.join(part, 'findings', name));
      fs.symlinkSync(path.join(secret, 'a'), path.join(part, 'findings', name));
    }
    await run('merge', part, '--out', out);
    expect(Object.values(fs.existsSync(out) ? contents(out) : {}).join('\n')).not.toContain('secret');
  });

  const names = ['events.jsonl', 'summary.json', 'summary.md', 'junit.xml', 'report.html', 'coverage.json', 'lock'];
  it.each(['checkpoint.json', ...names, 'findings', 'findings/H12-S1-1dca6476-ab0c6ddd.json'])(
    '%s: --resume writes nowhere but there',
    async (name) => {
      for (const target of ['a', 'not yet there', 'findings']) {
        const [part, secret] = [copy(), outside()];
        fs.rmSync(path.join(part, name), { recursive: true, force: true });
        fs.symlinkSync(path.join(secret, target), path.join(part, name));
        const before = contents(secret);
        await run('fuzz', '--resume', part);
        expect(`${target}: ${JSON.stringify(contents(secret))}`).toBe(`${target}: ${JSON.stringify(before)}`);
      }
    },
  );
});

it('no page of a stranger is copied', async () => {
  const [part, out] = [copy(), fresh()];
  const folder = path.join(part, 'findings');
  for (const name of fs.readdirSync(folder).filter((it) => it.endsWith('.html')))
    fs.writeFileSync(path.join(folder, name), '<script>alert(1)</script>');
  expect((await run('merge', part, '--out', out)).code).toBe(1);
  const pages = Object.entries(contents(out)).filter(([name]) => name.endsWith('.html'));
  expect(pages.length).toBeGreaterThan(1);
  for (const [, text] of pages) expect(text).not.toContain('alert(1)');
});
