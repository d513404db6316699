import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { pick } from '../../harness/base/pick';
import { EXIT, EXIT_HELP } from '../../harness/cli/exit';
import { output } from '../../harness/cli/output';
import { readEntry } from '../../harness/find/entry';
import { knownBug } from '../../harness/find/known';
import { CORPUS_DIR, entryFiles } from '../../harness/find/saved';
import { findVariant, type Project, UsageError } from '../../harness/language';
import { fenced } from '../../harness/report/markdown';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { sourceOf } from '../source/links';
import { releasesWith } from './cases';
import { readRows, rowText } from './rows';

const LAST = 10;

export function addIssue(program: Command, project: Project<Runtime, Program>): void {
  program
    .command('issue')
    .summary('writes the text of a bug report for Go')
    .description("Writes the text of a bug report for Go's issue tracker, in Markdown. Nothing is sent anywhere.")
    .argument('<entry>', 'an entry of corpus/, by its name')
    .addHelpText('after', EXIT_HELP)
    .action((name: string) => {
      for (const line of issueText(project, name)) output(false).text(line);
      process.exitCode = EXIT.ok;
    });
}

/** The lines of a report on a known bug. */
export function issueText(project: Project<Runtime, Program>, name: string): string[] {
  const { model, known } = project;
  const files = entryFiles(CORPUS_DIR).map((file) => ({ name: path.basename(file, '.json'), file }));
  const entry = readEntry(project, pick('entry', name, files).file);
  const bug = knownBug({ model, known }, findVariant(model, entry.variant), entry.property, entry.cause);
  const row = known.find(({ id }) => id === bug?.id);
  if (bug === undefined || row === undefined)
    throw new UsageError(`${name} is about ${entry.variant}, and no bug of Go's`, 'list --known has those.');
  const said = row.releases === undefined ? '' : ` (${row.releases})`;
  const tried = readRows().filter((it) => it.entry === name);
  const program = path.join('repro', bug.id, 'main.go');
  return [
    `# runtime: ${bug.sentence}`,
    '',
    `Go versions: ${releasesWith(row).join(', ') || 'none that was released'}${said}`,
    '',
    '## What happens',
    '',
    `${entry.sentence}.`,
    '',
    `The last steps of a schedule that leads there (${entry.property}; each line is a statement of Go's):`,
    '',
    ...entry.story.slice(-LAST).map(({ mover, actor, routine, line }) => {
      const place = sourceOf(model, entry.variant, routine, line);
      const where = place === undefined ? routine : `[${routine}](${place.url})`;
      return `- ${mover}${actor === '' ? '' : `, ${actor}`}: \`${line}\` (${where})`;
    }),
    '',
    '## Does it happen?',
    '',
    ...(tried.length === 0
      ? ['Not tried yet on the real runtime.']
      : tried.map((it) => `- ${it.go}${it.control ? ', where it is repaired' : ''}: ${rowText(it)}`)),
    '',
    ...(tried.length === 0
      ? []
      : [
          'Gates hold threads between statements, and plant nothing:',
          '',
          `    npx parkranger reproduce ${name} --go GO`,
          '',
        ]),
    ...(fs.existsSync(program)
      ? ['Without gates:', '', ...fenced('go', fs.readFileSync(program, 'utf8').trimEnd().split('\n')), '']
      : []),
  ];
}
