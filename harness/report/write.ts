import fs from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../base/files';
import type { Coverage } from '../campaign/coverage';
import { type RunFolder, tryTo } from '../campaign/folder';
import { type Finding, toJson } from '../find/finding';
import type { Build } from '../language/build';
import type { Project, Tool } from '../language/project';
import type { World } from '../language/world';
import { film } from '../tell/film';
import { html } from './html';
import { junit } from './junit';
import { markdown } from './markdown';
import { findingPage } from './page';
import type { RunSummary } from './summary';

/** Where the page of a finding is, below the folder of its campaign. */
export const pageOf = <P>(folder: RunFolder<P>, finding: Finding<P>): string =>
  path.join('findings', path.basename(folder.fileOf(finding)).replace(/json$/, 'html'));

/** The page of a finding, with its run drawn. */
export function pageText<W extends World, P>(
  tool: Tool<W, P>,
  build: Build<W>,
  finding: Finding<P>,
  maxSteps: number,
): string {
  const drawn = film(tool.model, build, tool.claims, finding.entry, maxSteps);
  return findingPage(finding, claimOf(tool, finding), drawn, {
    replay: tool.commandLine('replay'),
    sourceOf: (routine, line) => tool.sourceOf?.(finding.entry.variant, routine, line),
  });
}

/** Draws the run of a finding. */
export function writePage<W extends World, P>(
  folder: RunFolder<P>,
  tool: Tool<W, P>,
  build: Build<W>,
  finding: Finding<P>,
): void {
  const text = pageText(tool, build, finding, folder.settings.maxSteps);
  folder.trying(() => writeWhole(path.join(folder.dir, pageOf(folder, finding)), text));
}

/** What holds, where a finding's property does. */
const claimOf = <W extends World, P>({ claims }: Project<W, P>, { entry }: Finding<P>): string =>
  claims.find(({ name }) => name === entry.property)!.sentence;

/** What the summary says of a finding; a known one counts as new where somebody asked for that. */
export function describe<W extends World, P>(
  folder: RunFolder<P>,
  project: Project<W, P>,
  finding: Finding<P>,
): RunSummary['findings'][number] {
  const isNew = finding.known === null || folder.settings.failOnKnown;
  return {
    ...toJson(finding),
    ...(isNew && { known: null }),
    claim: claimOf(project, finding),
    file: path.relative(folder.dir, folder.fileOf(finding)),
    page: isNew ? pageOf(folder, finding) : '',
  };
}

/**
 * The report for machines, for CI, for a page of text and for a browser; returns why parts of it could not be written.
 */
export function writeReport(dir: string, summary: RunSummary, coverage: Coverage): string[] {
  const texts = {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'coverage.json': `${JSON.stringify(coverage)}\n`,
    'junit.xml': junit(summary),
    'summary.md': markdown(summary),
    'report.html': html(summary, fs.existsSync(path.join(dir, 'events.jsonl'))),
  };
  const page = process.env.GITHUB_STEP_SUMMARY;
  const failures = Object.entries(texts).map(([name, text]) =>
    tryTo(dir, () => writeWhole(path.join(dir, name), text)),
  );
  if (page !== undefined && page !== '') failures.push(tryTo(page, () => fs.appendFileSync(page, texts['summary.md'])));
  return failures.filter((it) => it !== undefined);
}
