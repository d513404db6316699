import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { writeWhole } from '../../harness/base/files';
import { EXIT } from '../../harness/cli/exit';
import { parseCount, parseSeconds } from '../../harness/cli/options';
import { output } from '../../harness/cli/output';
import { readEntry } from '../../harness/find/entry';
import { CORPUS_DIR } from '../../harness/find/saved';
import { project } from '../../main';
import { type Case, cases, isOf, still } from './cases';
import { tried } from './command';
import { REAL_JSON, REAL_MD, ROOT, type Row, readRows, rowText, storyHash } from './rows';

/** What came of every finding of the corpus on real Go: docs/real.json, and docs/real.md for people. */

const entryFile = (name: string): string => path.join(ROOT, CORPUS_DIR, `${name}.json`);
const storyNow = (name: string): string => storyHash(readEntry(project, entryFile(name)));

/** docs/real.md. */
export function realText(rows: readonly Row[], all: readonly Case[]): string {
  const rowOf = (it: Case): Row | undefined => rows.find((row) => isOf(row, it));
  const table = (isWanted: (row: Row | undefined, isControl: boolean) => boolean): string => {
    const some = all.filter((it) => isWanted(rowOf(it), it.control));
    const lines = some.map((it) => {
      const row = rowOf(it);
      const where = it.control ? (it.bug.endsWith('undone') ? `${it.go} as it is` : `${it.go}, repaired`) : it.go;
      const age = row === undefined || row.story === storyNow(it.entry) ? '' : ' (by an earlier story)';
      return `| ${it.entry} | ${it.bug} | ${where} | ${row === undefined ? 'not tried yet' : rowText(row)}${age} |`;
    });
    return ['| entry | bug | release | verdict |', '|---|---|---|---|', ...lines].join('\n');
  };
  return `# What happens on the real Go runtime

Every finding of the corpus that is a known bug of Go, or a hunk of the commit taken back, tried by \`reproduce\` with
gates that were made from its story ([how](go.md)). Made by \`npm run real\`. Where the model has told the story
otherwise since, the row says so: it is tried anew when that is run next.

## Where the model and Go do not agree yet

The model says that these happen, or that they do not where the bug is repaired. A fault of the model, gates that do not
do what the story does, or too few runs: what did not happen is not shown to be impossible. Where something else broke,
it may be the same bug seen by another check.

${table((row, isControl) => row?.verdict !== 'cannot' && row?.verdict !== (isControl ? 'not' : 'happened'))}

## What happened

${table((row, isControl) => !isControl && row?.verdict === 'happened')}

## What did not, and should not

The same gates, where the bug is repaired or the hunk is not taken back.

${table((row, isControl) => isControl && row?.verdict === 'not')}

## What nobody can tell yet

${table((row) => row?.verdict === 'cannot')}
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
    .option('--controls', 'only what should not happen: where it is repaired, or not undone', false)
    .option('--again', 'what was tried, too', false)
    .parse();
  const flags = program.opts<{
    runs: number;
    for: number;
    shard: string;
    only: string;
    controls: boolean;
    again: boolean;
  }>();
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
    const isLeftOut = !it.entry.includes(flags.only) || (flags.controls && !it.control);
    if (at % Number(n) !== Number(i) - 1 || isLeftOut) continue;
    const recording = readEntry(project, entryFile(it.entry));
    const isSame = (row: Row): boolean => isOf(row, it);
    const old = readRows().find(isSame);
    if (old !== undefined && old.story === storyHash(recording) && !flags.again) continue;
    out.text(`${it.entry} on ${it.go}${it.control ? ', which should not happen' : ''}`);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-real-'));
    try {
      const { come: _, ...verdict } = await tried(
        project,
        recording,
        { ...flags, go: it.go, control: it.control && it.bug.endsWith('undone') },
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
          `${a.entry} ${a.go} ${a.control}`.localeCompare(`${b.entry} ${b.go} ${b.control}`, 'en'),
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
