import fs from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../base/files';
import type { Coverage } from '../campaign/coverage';
import { type RunFolder, tryTo } from '../campaign/folder';
import type { Finding } from '../find/finding';
import type { Build } from '../language/build';
import type { Project } from '../language/project';
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

/** Draws the run of a finding. */
export function writePage<W extends World, P>(
  folder: RunFolder<P>,
  { model, claims }: Project<W, P>,
  build: Build<W>,
  finding: Finding<P>,
  claim: string,
): void {
  const drawn = film(model, build, claims, finding.entry, folder.settings.maxSteps);
  folder.trying(() => writeWhole(path.join(folder.dir, pageOf(folder, finding)), findingPage(finding, claim, drawn)));
}

/** What the summary says of a finding. */
export function describe<P>(
  folder: RunFolder<P>,
  finding: Finding<P>,
  claim: string,
  failsOnKnown: boolean,
): RunSummary['findings'][number] {
  const { entry, strength, token, known, resembles, besides, steps } = finding;
  const { property, sentence, variant, bucket, cause, race, found } = entry;
  return {
    ...{ property, strength, claim, sentence, variant, bucket, cause, race: [...race] },
    known: failsOnKnown ? null : (known?.id ?? null),
    resembles: resembles?.id ?? null,
    besides: [...besides],
    token,
    file: path.relative(folder.dir, folder.fileOf(finding)),
    page: known === undefined || failsOnKnown ? pageOf(folder, finding) : '',
    run: found.run,
    steps,
  };
}

/** The report for machines, for CI, for a page of text and for a browser; returns why parts of it could not be written. */
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
