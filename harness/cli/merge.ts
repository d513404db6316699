import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { readCheckpoint } from '../checkpoint';
import type { Coverage } from '../coverage';
import { UsageError } from '../errors';
import { assertWritable, reasonOf } from '../files';
import { coverageOf } from '../ledger';
import { writeReport } from '../report/folder';
import { merge, type Part } from '../report/merge';
import { readSummary } from '../report/read';
import { headline } from '../report/summary';
import { caughtText, exitCodeOf } from './conclude';
import { EXIT_HELP } from './exit';
import { output } from './output';

export function addMerge(program: Command): void {
  program
    .command('merge')
    .summary('puts the parts of a campaign together (fuzz --shard)')
    .description(
      'Puts the folders of several campaigns on one variant together into one report, and exits as one campaign would.',
    )
    .argument('<dirs...>', 'folders of campaigns')
    .requiredOption('--out <dir>', 'where the report is written')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((dirs: string[], flags: { out: string; json: boolean }) => {
      const out = output(flags.json);
      const parts = merge(dirs.map(readPart));
      if (dirs.some((dir) => path.resolve(dir) === path.resolve(flags.out)))
        throw new UsageError(`"${flags.out}" is one of the parts`, 'Give another folder to write into.');
      assertWritable(flags.out);
      for (const dir of dirs) copyFindings(dir, flags.out);
      const summary = { ...parts, exitCode: exitCodeOf(parts) };
      for (const sentence of writeReport(flags.out, summary)) throw new UsageError(sentence, 'Give another folder.');
      out.text(`${headline(summary)}: ${summary.runs.toLocaleString('en-US')} runs in ${dirs.length} parts.`);
      if (summary.calibration.length > 0) out.text(`  planted    ${caughtText(summary.calibration)}`);
      out.text(`  written to ${flags.out} (report.html)`);
      out.json({ type: 'summary', ...summary });
      process.exitCode = summary.exitCode;
    });
}

function readPart(dir: string): Part {
  const { ledger } = readCheckpoint(dir);
  const summary = readSummary(dir);
  let coverage: Coverage;
  try {
    coverage = coverageOf(ledger);
  } catch (error) {
    throw new UsageError(`the checkpoint in "${dir}" is damaged: ${(error as Error).message}`, 'Run that part again.');
  }
  return { dir, summary, coverage };
}

function copyFindings(from: string, to: string): void {
  const folder = path.join(from, 'findings');
  if (!fs.existsSync(folder)) return;
  try {
    fs.cpSync(folder, path.join(to, 'findings'), { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot write into "${to}": ${reasonOf(error)}`, 'Give another folder.');
  }
}
