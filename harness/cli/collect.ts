import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { reasonOf } from '../base/files';
import { type Entry, readEntry, writeEntry } from '../find/entry';
import { entryFilesIn } from '../find/saved';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { EXIT_HELP } from './exit';
import { output } from './output';

/** What a campaign calls the file of a finding; files of other names were named by people. */
const nameOf = <P>({ variant, bucket }: Entry<P>): string => `${variant}-${bucket}.json`;

/** Adds the commands that put findings into a folder and take superfluous ones out. */
export function addCollecting<W extends World, P>(corpus: Command, project: Project<W, P>, dir: string): void {
  corpus
    .command('merge')
    .summary('takes over the findings of campaigns')
    .description('Takes over the findings of campaigns that a folder does not have, by variant and bucket.')
    .argument('<from...>', 'folders of campaigns')
    .option('--into <dir>', 'the folder that takes them over', dir)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((from: string[], { into, json }: { into: string; json: boolean }) => {
      const out = output(json);
      const known = new Set(fs.existsSync(into) ? entriesIn(project, into).map(({ entry }) => nameOf(entry)) : []);
      for (const { file, entry } of from.flatMap(findingsOf).flatMap((it) => entriesIn(project, it))) {
        const isNew = !known.has(nameOf(entry));
        known.add(nameOf(entry));
        if (isNew) writeEntry(path.join(into, nameOf(entry)), entry);
        out.text(`${isNew ? 'taken over' : 'had it    '}  ${file}`);
        out.json({ type: 'entry', file, bucket: entry.bucket, state: isNew ? 'taken over' : 'had it' });
      }
    });
  corpus
    .command('prune')
    .summary('takes out what another entry shows as well')
    .description(
      'Takes out every entry for whose variant and bucket there is a shorter one. Files whose names are not those ' +
        'that campaigns give are kept: somebody has chosen them.',
    )
    .argument('[dir]', 'a folder of corpus files', dir)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((folder: string, { json }: { json: boolean }) => {
      const out = output(json);
      const entries = entriesIn(project, folder);
      for (const { file, entry } of entries) {
        if (path.basename(file) !== nameOf(entry)) continue;
        const same = entries.filter((it) => it.file !== file && nameOf(it.entry) === nameOf(entry));
        if (!same.some((it) => it.entry.story.length <= entry.story.length)) continue;
        try {
          fs.rmSync(file);
        } catch (error) {
          throw new UsageError(`cannot delete ${file}: ${reasonOf(error)}`, 'Delete it by hand.');
        }
        out.text(`taken out   ${file}`);
        out.json({ type: 'entry', file, bucket: entry.bucket, state: 'taken out' });
      }
    });
}

/** A campaign keeps its findings in a folder of that name; whoever gives that one means the same. */
const findingsOf = (dir: string): string[] => {
  const below = path.join(dir, 'findings');
  if (fs.existsSync(below)) return [below];
  // A campaign that has found nothing.
  return fs.existsSync(path.join(dir, 'checkpoint.json')) ? [] : [dir];
};

const entriesIn = <W extends World, P>(project: Project<W, P>, dir: string): { file: string; entry: Entry<P> }[] =>
  entryFilesIn(dir).map((file) => ({ file, entry: readEntry(project, file) }));
