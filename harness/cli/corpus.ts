import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { type Entry, readEntry, writeEntry } from '../entry';
import { UsageError } from '../errors';
import { build, findVariant, type Project } from '../model';
import { tell } from '../story';
import type { World } from '../world';
import { EXIT, EXIT_HELP } from './exit';
import { DEFAULT_MAX_STEPS } from './fuzz';
import { output } from './output';

export const CORPUS_DIR = 'corpus';

/** The entries of a folder, by name. `known.json` is no entry. */
export function entryFiles(dir: string): string[] {
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch {
    throw new UsageError(`cannot read the folder ${dir}`, 'Give a folder that holds corpus files.');
  }
  return names
    .filter((name) => name.endsWith('.json') && name !== 'known.json')
    .sort()
    .map((name) => path.join(dir, name));
}

export function addCorpus<W extends World, P>(program: Command, project: Project<W, P>): void {
  const corpus = program
    .command('corpus')
    .summary('looks after saved findings')
    .description('Looks after saved findings.');
  corpus
    .command('check')
    .summary('replays every entry: it must break again')
    .description('Replays every entry of a folder. Exits with 1 if one no longer breaks what it was saved for.')
    .argument('[dir]', 'a folder of corpus files', CORPUS_DIR)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((dir: string, flags: { json: boolean }) => {
      process.exitCode = check(project, dir, flags.json, false);
    });
  corpus
    .command('refresh')
    .summary('records every entry anew after the model has changed')
    .description('Replays every entry best-effort, and writes those that still break with their present story.')
    .argument('[dir]', 'a folder of corpus files', CORPUS_DIR)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((dir: string, flags: { json: boolean }) => {
      process.exitCode = check(project, dir, flags.json, true);
    });
}

function check<W extends World, P>(project: Project<W, P>, dir: string, isJson: boolean, refreshes: boolean): number {
  const out = output(isJson);
  const { model } = project;
  let exitCode: number = EXIT.ok;
  for (const file of entryFiles(dir)) {
    const entry: Entry<P> = readEntry(model, file);
    const built = build(model, findVariant(model, entry.variant));
    const telling = tell(model, built, project.claims, entry, DEFAULT_MAX_STEPS);
    const breaks = telling.broken !== undefined;
    if (!breaks) exitCode = EXIT.broken;
    if (breaks && refreshes)
      writeEntry(file, {
        ...entry,
        fingerprint: built.fingerprint,
        sentence: telling.broken.sentence,
        story: telling.story,
      });
    out.text(`${breaks ? 'breaks' : 'HOLDS '}  ${file}  ${entry.property} on ${entry.variant}`);
    out.json({ type: 'entry', file, variant: entry.variant, property: entry.property, bucket: entry.bucket, breaks });
  }
  return exitCode;
}
