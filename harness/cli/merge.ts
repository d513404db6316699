import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { readCheckpoint } from '../checkpoint';
import { Coverage } from '../coverage';
import { UsageError } from '../errors';
import { assertWritable, reasonOf } from '../files';
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
      assertWritable(flags.out);
      const parts = merge(dirs.map(readPart));
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
  const ledger = JSON.parse(readCheckpoint(dir).ledger) as { coverage: Parameters<typeof Coverage.fromJSON>[0] };
  return { dir, summary: readSummary(dir), coverage: Coverage.fromJSON(ledger.coverage) };
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
