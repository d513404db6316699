import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { isFile, isFolder, readSmall, writeWhole } from '../base/files';
import { count } from '../base/format';
import { visible, visibleIn } from '../base/visible';
import { takeFolder } from '../campaign/folder';
import { readEntry, writeEntry } from '../find/entry';
import { writeUp } from '../find/finding';
import { build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Tool } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { type Merged, merge, type Part } from '../report/merge';
import { readCoverage, readSummary } from '../report/read';
import { headline, partsText, type RunSummary } from '../report/summary';
import { pageText, writeReport } from '../report/write';
import { EXIT, EXIT_HELP } from './exit';
import { caughtText, exitCodeOf } from './fuzz/conclude';
import { type Output, output } from './output';

export function addMerge<W extends World, P>(program: Command, tool: Tool<W, P>): void {
  program
    .command('merge')
    .summary('puts the parts of a campaign together (fuzz --shard)')
    .description(
      'Puts the folders of the parts of a campaign together into one report, and exits as one campaign would. A part ' +
        'that was killed, or is missing, is left out: the report says so, and exits with 4 if nothing else is wrong.',
    )
    .argument('<dirs...>', 'folders of campaigns')
    .requiredOption('--out <dir>', 'where the report is written: a folder that is not there yet, or empty')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((dirs: string[], flags: { out: string; json: boolean }) => {
      process.exitCode = mergeInto(tool, dirs, flags.out, output(flags.json));
    });
}

function mergeInto<W extends World, P>(tool: Tool<W, P>, dirs: readonly string[], to: string, out: Output): number {
  const lost: string[] = [];
  const parts = dirs.flatMap((dir) => {
    try {
      return [readPart(dir)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      lost.push(lostText(dir, error.message));
      return [];
    }
  });
  if (parts.length === 0)
    throw new UsageError(lost.join('; '), 'Give folders of campaigns that have come to their end.');
  const merged = merge(parts);
  takeFolder(to);
  const adopted = adopt(tool, merged, to, lost);
  writeEvents(parts, to, lost);
  const whole = { ...adopted, lost };
  const isPartial = lost.length > 0 || whole.shard.parts.length < whole.shard.of;
  const code = exitCodeOf(whole);
  const summary = { ...whole, exitCode: code === EXIT.ok && isPartial ? EXIT.unmet : code };
  for (const sentence of writeReport(to, summary, merged.coverage))
    throw new UsageError(sentence, 'Give another folder.');
  out.text(`${headline(summary)}: ${count(summary.runs)} runs, ${partsText(summary.shard)}.`);
  for (const sentence of lost) out.text(`  LEFT OUT   ${sentence}`);
  if (summary.calibration.length > 0) out.text(`  planted    ${caughtText(summary.calibration)}`);
  out.text(`  written to ${to} (report.html)`);
  out.json({ type: 'summary', ...summary });
  return summary.exitCode;
}

const readPart = (dir: string): Part => ({ dir, summary: readSummary(dir), coverage: readCoverage(dir) });

function lostText(dir: string, why: string): string {
  const name = visible(dir);
  if (!fs.existsSync(dir)) return `"${name}" is missing`;
  const wasKilled = isFile(path.join(dir, 'checkpoint.json')) && !isFile(path.join(dir, 'summary.json'));
  return wasKilled ? `"${name}" has not come to its end; --resume goes on with it` : why;
}

/**
 * Takes the findings over: each entry is read, replayed and written anew, and its page is drawn here, as whatever
 * stands in the folder of a part may be anybody's.
 */
function adopt<W extends World, P>(
  tool: Tool<W, P>,
  { summary, dirs }: Merged,
  to: string,
  lost: string[],
): Merged['summary'] {
  const findings = summary.findings.map((it): RunSummary['findings'][number] => {
    const from = dirs.get(it)!;
    const source = path.join(from, it.file);
    try {
      if (!isFolder(path.join(from, 'findings')) || !isFile(source)) throw new UsageError(`${source} is missing`);
      const entry = readEntry(tool, source);
      writeEntry(path.join(to, it.file), entry);
      if (it.page === '') return it;
      const built = build(tool.model, findVariant(tool.model, entry.variant));
      const property = tool.claims.filter(isProperty).find(({ name }) => name === entry.property)!;
      const { maxSteps } = summary.settings;
      const finding = writeUp(tool, built, { property, cause: entry.cause }, entry, entry.found, maxSteps);
      writeWhole(path.join(to, it.page), pageText(tool, built, finding, maxSteps));
      return it;
    } catch (error) {
      lost.push(`${visible(source)}: ${visible((error as Error).message)}`);
      return { ...it, page: '' };
    }
  });
  return { ...summary, findings, tool: tool.name, commandLine: { replay: tool.commandLine('replay') } };
}

const MAX_EVENT_BYTES = 512 * 1024 * 1024;

/** The events of all parts, one part behind the other, each with its number. */
function writeEvents(parts: readonly Part[], to: string, lost: string[]): void {
  const lines: string[] = [];
  for (const { dir, summary } of parts) {
    const file = path.join(dir, 'events.jsonl');
    try {
      if (!isFile(file)) throw new UsageError(`${file} is missing`);
      for (const line of readSmall(file, MAX_EVENT_BYTES)
        .split('\n')
        .filter((it) => it !== ''))
        lines.push(JSON.stringify({ part: summary.shard.parts[0], ...(visibleIn(JSON.parse(line)) as object) }));
    } catch (error) {
      lost.push(`events of "${visible(dir)}": ${visible((error as Error).message)}`);
    }
  }
  writeWhole(path.join(to, 'events.jsonl'), lines.map((it) => `${it}\n`).join(''));
}
