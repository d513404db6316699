import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { assertWritable, writeWhole } from '../base/files';
import { count } from '../base/format';
import { clear } from '../campaign/folder';
import { merge, type Part } from '../report/merge';
import { readCoverage, readSummary } from '../report/read';
import { headline, partsText, type RunSummary } from '../report/summary';
import { writeReport } from '../report/write';
import { EXIT_HELP } from './exit';
import { caughtText, exitCodeOf } from './fuzz/conclude';
import { output } from './output';

export function addMerge(program: Command): void {
  program
    .command('merge')
    .summary('puts the parts of a campaign together (fuzz --shard)')
    .description(
      'Puts the folders of the parts of a campaign together into one report, and exits as one campaign would.',
    )
    .argument('<dirs...>', 'folders of campaigns')
    .requiredOption('--out <dir>', 'where the report is written')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((dirs: string[], flags: { out: string; json: boolean }) => {
      const out = output(flags.json);
      const { summary: parts, coverage, dirs: sources } = merge(dirs.map(readPart));
      if (fs.existsSync(flags.out) && dirs.some((dir) => fs.realpathSync(dir) === fs.realpathSync(flags.out)))
        throw new UsageError(`"${flags.out}" is one of the parts`, 'Give another folder to write into.');
      assertWritable(flags.out);
      clear(flags.out);
      for (const [finding, dir] of sources) if (parts.findings.includes(finding)) copy(finding, dir, flags.out);
      const summary = { ...parts, exitCode: exitCodeOf(parts) };
      for (const sentence of writeReport(flags.out, summary, coverage))
        throw new UsageError(sentence, 'Give another folder.');
      out.text(`${headline(summary)}: ${count(summary.runs)} runs, ${partsText(summary.shard)}.`);
      if (summary.calibration.length > 0) out.text(`  planted    ${caughtText(summary.calibration)}`);
      out.text(`  written to ${flags.out} (report.html)`);
      out.json({ type: 'summary', ...summary });
      process.exitCode = summary.exitCode;
    });
}

const readPart = (dir: string): Part => ({ dir, summary: readSummary(dir), coverage: readCoverage(dir) });

/** A finding's file and page. */
function copy({ file, page }: RunSummary['findings'][number], from: string, to: string): void {
  for (const name of [file, page].filter((it) => it !== '').map((it) => path.basename(it))) {
    const source = path.join(from, 'findings', name);
    if (!fs.existsSync(source) || !fs.statSync(source).isFile())
      throw new UsageError(`${source} is missing`, 'Fetch that part anew.');
    writeWhole(path.join(to, 'findings', name), fs.readFileSync(source, 'utf8'));
  }
}
