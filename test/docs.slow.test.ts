import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './command';

/**
 * Every snippet of the README and of docs/ is executed, page by page, in a copy of the project:
 *
 * - `sh`: each line, which must exit with 0, or with what a comment behind it says. With `skip`, only the long ones
 *   below.
 * - `ts`, whose first line names a file: it is that file; or "at its end", it is added there; or it is inserted: its
 *   first or last line that the file has is the place. With `skip`, it must stand in a file of the repository.
 *
 * A page that changes files must pass the type checker in the end.
 */

const pages = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const textOf = (page: string): string => fs.readFileSync(path.join(ROOT, page), 'utf8');

/** What is too long for a test of docs, or is run by another one. */
const ELSEWHERE = [
  /^npm ci && npm (run fuzz|test)$/,
  /^npm install /,
  /^node -r ts-node\/register\/transpile-only main\.ts /,
];

interface Snippet {
  readonly language: string;
  readonly isSkipped: boolean;
  readonly code: string;
}
const snippetsOf = (page: string): Snippet[] =>
  [...textOf(page).matchAll(/^```(\w+)( skip)?\n(.*?)^```$/gms)].map(([, language, skip, code]) => ({
    language: language!,
    isSkipped: skip !== undefined,
    code: code!,
  }));

/** A copy of the project to change. */
function copyProject(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-docs-'));
  const left = ['node_modules', 'out', 'dist', '.git'];
  for (const name of fs.readdirSync(ROOT).filter((it) => !left.includes(it)))
    fs.cpSync(path.join(ROOT, name), path.join(dir, name), { recursive: true });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
  return dir;
}

function sh(command: string, cwd: string): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { code: status, out: stdout + stderr };
}

/** Does to the copy what a piece of TypeScript says. */
function apply(code: string, dir: string): void {
  const [head, ...lines] = code.trimEnd().split('\n') as [string, ...string[]];
  const [, name, isAtEnd] = /^\/\/ ([\w./]+)(: at its end)?$/.exec(head) ?? [];
  if (name === undefined) throw new Error(`"${head}" names no file`);
  const file = path.join(dir, name);
  const body = lines.join('\n');
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (text === undefined || isAtEnd) {
    fs.writeFileSync(file, text === undefined ? `${body}\n` : `${text}\n${body}\n`);
    return;
  }
  const place = lines.find((line) => text.split('\n').includes(line));
  if (place === undefined) throw new Error(`${name} has no line of: ${body}`);
  fs.writeFileSync(
    file,
    text.replace(`${place}\n`, () => `${body}\n`),
  );
}

describe.each(pages)('%s', (page) => {
  const snippets = snippetsOf(page);

  it('does what it shows', () => {
    const dir = copyProject();
    try {
      for (const { language, isSkipped, code } of snippets) {
        if (language === 'ts' && !isSkipped) apply(code, dir);
        if (language !== 'sh' || isSkipped) continue;
        for (const line of code.trimEnd().split('\n')) {
          const [, command, expected] = /^(.*?)(?: +# exits with (\d+))?$/.exec(line)!;
          const { code: exit, out } = sh(command!, dir);
          expect({ command, exit, out: out.slice(-2000) }).toMatchObject({ command, exit: Number(expected ?? 0) });
          for (const [, states] of page === 'README.md' ? textOf(page).matchAll(/has ([\d,]+) states/g) : [])
            if (command!.includes('explore')) expect(out).toContain(`states     ${states},`);
        }
      }
      if (snippets.some(({ language, isSkipped }) => language === 'ts' && !isSkipped))
        expect(sh('npx tsc --noEmit -p .', dir)).toEqual({ code: 0, out: '' });
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });

  it('leaves to other tests only what they run', () => {
    const sources = ['docs/peterson/main.ts'].map(textOf);
    for (const { language, code } of snippets.filter(({ isSkipped }) => isSkipped))
      if (language === 'ts') expect(sources.some((it) => it.includes(code.trim()))).toBe(true);
      else for (const line of code.trimEnd().split('\n')) expect(ELSEWHERE.some((it) => it.test(line))).toBe(true);
  });

  it('leads to pages that are there', () => {
    const links = [...textOf(page).matchAll(/\]\(([^)#]*)(#[^)]*)?\)/g)].map(([, it]) => it!);
    const lost = links
      .filter((it) => it !== '' && !it.startsWith('http'))
      .filter((it) => !fs.existsSync(path.join(ROOT, path.dirname(page), it)));
    expect(lost).toEqual([]);
  });
});

describe('docs', () => {
  it('has a README of at most 120 lines, and an index with every page', () => {
    expect(textOf('README.md').split('\n').length - 1).toBeLessThanOrEqual(120);
    const index = textOf('docs/README.md');
    const missing = pages
      .filter((it) => /^docs\/(?!README)/.test(it))
      .filter((it) => !index.includes(`(${it.slice(5)})`));
    expect(missing).toEqual([]);
  });

  it('begins with a campaign that needs no option', () => {
    const dir = copyProject();
    const { code, out } = sh('npm run fuzz', dir);
    fs.rmSync(dir, { recursive: true, force: true });
    expect({ code, out: out.slice(-2000) }).toMatchObject({ code: 0, out: expect.stringContaining('canary') });
  });
});
