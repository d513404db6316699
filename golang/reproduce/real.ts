import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { writeWhole } from '../../harness/base/files';
import { EXIT } from '../../harness/cli/exit';
import { parseCount, parseSeconds } from '../../harness/cli/options';
import { output } from '../../harness/cli/output';
import { readEntry } from '../../harness/find/entry';
import { knownBug } from '../../harness/find/known';
import { CORPUS_DIR, entryFiles } from '../../harness/find/saved';
import { findVariant, type Project } from '../../harness/language';
import { presetOf } from '../../harness/language/variants';
import { project } from '../../main';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { hunks } from '../../models/variants/hunks';
import { releasesOf } from '../source/versions';
import { tried } from './command';
import { REAL_JSON, REAL_MD, ROOT, type Row, readRows, storyHash, toldOf } from './rows';

/** What came of every finding of the corpus on real Go: docs/real.json, and docs/real.md for people. */

/** Newer releases that a preset stands for, too. */
const ALSO: Readonly<Record<string, readonly string[]>> = { 'go1.26': ['go1.27.3'] };

type Case = Pick<Row, 'entry' | 'bug' | 'go'>;

/** Every entry of a known bug or of a hunk, with the releases that it is tried on. */
export function cases({ model, known }: Project<Runtime, Program>): Case[] {
  const planted = new Set(hunks.map(({ name }) => name));
  return entryFiles(path.join(ROOT, CORPUS_DIR)).flatMap((file) => {
    const it = readEntry(project, file);
    const variant = findVariant(model, it.variant);
    const bug = planted.has(it.variant)
      ? `${it.variant} undone`
      : knownBug({ model, known }, variant, it.property, it.cause)?.id;
    if (bug === undefined) return [];
    const preset = presetOf(model, variant);
    const go = [...(releasesOf[preset] ?? []).slice(0, 1), ...(ALSO[preset] ?? [])];
    return go.map((version) => ({ entry: path.basename(file, '.json'), bug, go: version }));
  });
}

/** What an entry that is gone has shown says nothing any more. */
export const still = (rows: readonly Row[], all: readonly Case[]): Row[] =>
  rows.filter((row) => all.some(({ entry, go }) => row.entry === entry && row.go === go));

/** docs/real.md. */
export function realText(rows: readonly Row[], all: readonly Case[]): string {
  const rowOf = ({ entry, go }: Case): Row | undefined => rows.find((it) => it.entry === entry && it.go === go);
  const table = (wanted: readonly (Row['verdict'] | undefined)[]): string => {
    const some = all.filter((it) => wanted.includes(rowOf(it)?.verdict));
    const lines = some.map((it) => {
      const row = rowOf(it);
      return `| ${it.entry} | ${it.bug} | ${it.go} | ${row === undefined ? 'not tried yet' : toldOf(row)} |`;
    });
    return ['| entry | bug | release | verdict |', '|---|---|---|---|', ...lines].join('\n');
  };
  return `# What happens on the real Go runtime

Every finding of the corpus that is a known bug of Go, or a hunk of the commit taken back, tried by \`reproduce\` with
gates that were made from its story ([how](go.md)). Made by \`npm run real\`.

## Where the model and Go do not agree yet

The model says that these happen. A fault of the model, gates that do not do what the story does, or too few runs: what
did not happen is not shown to be impossible. Where something else broke, it may be the same bug seen by another check.

${table(['not', 'another', undefined])}

## What happened

${table(['happened'])}

## What nobody can tell yet

${table(['cannot'])}
`;
}

async function main(): Promise<void> {
  const program = new Command('real')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
    .description(
      'Tries every finding on real Go and writes docs/real.json and docs/real.md. What was tried is not tried anew.',
    )
    .option('--runs <n>', 'runs of each', parseCount(1, 1000), 3)
    .option('--for <time>', 'how long a run waits', parseSeconds(3600), 30)
    .option('--shard <i/n>', 'only a part: the i-th of n', '1/1')
    .option('--only <pattern>', 'only entries whose name has this', '')
    .option('--again', 'what was tried, too', false)
    .parse();
  const flags = program.opts<{ runs: number; for: number; shard: string; only: string; again: boolean }>();
  const [, i, n] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(flags.shard) ?? [];
  if (i === undefined || Number(i) > Number(n))
    program.error(`--shard wants i/n, such as 2/3, and not "${flags.shard}"`);
  const out = output(false);
  const all = cases(project);
  const write = (rows: readonly Row[]): void => {
    const some = still(rows, all);
    writeWhole(REAL_JSON, `${JSON.stringify(some, null, 1)}\n`);
    writeWhole(REAL_MD, realText(some, all));
  };
  write(readRows());
  for (const [at, it] of all.entries()) {
    if (at % Number(n) !== Number(i) - 1 || !it.entry.includes(flags.only)) continue;
    const recording = readEntry(project, path.join(ROOT, CORPUS_DIR, `${it.entry}.json`));
    const isSame = (row: Row): boolean => row.entry === it.entry && row.go === it.go;
    const old = readRows().find(isSame);
    if (old !== undefined && old.story === storyHash(recording) && !flags.again) continue;
    out.text(`${it.entry} on ${it.go}`);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-real-'));
    try {
      const { come: _, ...verdict } = await tried(
        project,
        recording,
        { ...flags, go: it.go, control: false },
        folder,
        out,
      );
      if (verdict.verdict === 'interrupted') return;
      const next: Row = {
        ...it,
        story: storyHash(recording),
        seconds: flags.for,
        ...verdict,
        verdict: verdict.verdict,
      };
      write(
        [...readRows().filter((row) => !isSame(row)), next].sort((a, b) =>
          `${a.entry} ${a.go}`.localeCompare(`${b.entry} ${b.go}`, 'en'),
        ),
      );
    } catch (error) {
      // One that cannot be built does not keep the others from being tried.
      out.complain(`${it.entry} on ${it.go}: ${(error as Error).message}`);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

if (require.main === module) void main();
