import fs from 'node:fs';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { cases } from '../golang/reproduce/cases';
import { realText } from '../golang/reproduce/real';
import { readRows } from '../golang/reproduce/rows';
import { digestsOf, resolvePreset } from '../golang/source/presets';
import { naturally } from '../harness/base/format';
import { commandsOf } from '../harness/cli';
import { type Entry, readEntry } from '../harness/find/entry';
import { knownBug } from '../harness/find/known';
import { entryFiles } from '../harness/find/saved';
import type { KnownBug } from '../harness/language/project';
import { findVariant } from '../harness/language/variants';
import { schemaText } from '../harness/report/summary';
import { toToken } from '../harness/tell/recording';
import { storyText } from '../harness/tell/story';
import { project } from '../main';
import type { Program } from '../models/program';

/** What docs say of data is made from the data: `npm run refresh` writes it, and a test compares. */

const ROOT = path.dirname(__dirname);
const { model, known } = project;
const presets = ['go1.22', 'parent', 'commit', 'go1.23', 'go1.24', 'go1.25', 'go1.26', 'go1.27'];
const newest = presets.at(-1)!;

export const readmeEntry = (): Entry<Program> => readEntry(project, path.join(ROOT, 'corpus', 'H12-S1.json'));

/** Steps of the README's story, the last ones. */
const STEPS = 10;
function story(entry: Entry<Program>): string {
  const [head, ...lines] = storyText(entry.story).split('\n') as [string, ...string[]];
  return [entry.sentence, '', head, '  …', ...lines.slice(-STEPS), '    <- here'].join('\n');
}

/** Presets in the order of history, as people say it. */
function rangeOf(variants: readonly string[]): string {
  const at = presets.flatMap((name, i) => (variants.includes(name) ? [i] : []));
  const [first, last] = [at[0]!, at.at(-1)!];
  if (last - first + 1 !== at.length) return at.map((i) => presets[i]).join(', ');
  if (first === last) return presets[first]!;
  if (first === 0) return last === presets.length - 1 ? 'all' : `up to ${presets[last]}`;
  return `${presets[first]} to ${presets[last]}`;
}

const row = (cells: readonly string[]): string => `| ${cells.map((it) => it.replaceAll('|', '\\|')).join(' | ')} |`;
const isGo = ({ id }: KnownBug): boolean => /^[LN]\d/.test(id);
const byId = (bugs: readonly KnownBug[]): KnownBug[] => bugs.toSorted((a, b) => naturally(a.id, b.id));

const whereOf = ({ variants, releases }: KnownBug): string =>
  `${rangeOf(variants)}${releases === undefined ? '' : ` (${releases})`}`;

/** The bugs of Go that its newest preset still has. */
const stillThere = (): string[] =>
  byId(known.filter((bug) => isGo(bug) && bug.variants.includes(newest))).map((bug) =>
    row([bug.id, bug.sentence, whereOf(bug)]),
  );

/** The releases on which `reproduce` has seen a bug happen. */
const seenOn = ({ id }: KnownBug): string =>
  [...new Set(readRows().flatMap(({ bug, verdict, go }) => (bug === id && verdict === 'happened' ? [go] : [])))]
    .sort(naturally)
    .join(', ');

function bugs(): string {
  const entries = entryFiles(path.join(ROOT, 'corpus')).map((file) => ({
    name: path.basename(file, '.json'),
    entry: readEntry(project, file),
  }));
  const storiesOf = ({ id }: KnownBug) =>
    entries
      .filter(({ entry: { variant, property, cause } }) => {
        const it = findVariant(model, variant);
        return it.isPreset && knownBug(project, it, property, cause)?.id === id;
      })
      .map(({ name }) => `[${name}](../corpus/stories/${name}.txt)`);
  const rows = byId(known).map((bug) => {
    const properties = [...new Set(bug.signs.map(({ property }) => property))].sort(naturally);
    const seen = seenOn(bug);
    return row([bug.id, bug.sentence, whereOf(bug), seen, properties.join(', '), storiesOf(bug).join(', ')]);
  });
  return [
    '# Known bugs',
    '',
    'What `corpus/known.json` holds against each version of Go, as the model shows it. L: bugs that later versions of',
    'Go fixed or still have; N: first seen in this model; H: what the commit itself repaired; FN and FP: what the',
    'debug check of stack ownership misses, and its false alarms. A bug breaks properties by the signs listed there,',
    "each with its races. This page is made from that file (`npm run refresh`). Its versions are the model's presets,",
    'each of which follows the source of one patch release; "seen on" are releases on which it [happened](real.md):',
    '',
    ...model.variants.filter(({ isPreset }) => isPreset).map(({ name, source }) => `- ${name}: ${source}`),
    '',
    row(['bug', 'what happens', 'in', 'seen on', 'breaks', 'stories']),
    row(['---', '---', '---', '---', '---', '---']),
    ...rows,
    '',
  ].join('\n');
}

/** Lines of at most 120 characters. */
const wrapped = (text: string): string[] => text.match(/.{1,120}(?= |$)/g)!.map((it) => it.trimStart());

function commands(): string {
  const told = ({ flags, description }: Option) => row([`\`${flags}\``, description]);
  const page = (command: Command, name: string): string[] => [
    `## ${name}`,
    '',
    ...wrapped(command.description()),
    '',
    row(['flag', 'what it does']),
    row(['---', '---']),
    ...command.options.map(told),
    '',
  ];
  const { commands } = commandsOf(project, '', '');
  return [
    '# Commands and flags',
    '',
    'Made from the commands themselves (`npm run refresh`). `--help` of each has its defaults and exit codes as well.',
    '',
    ...commands.flatMap((command) =>
      command.commands.length === 0
        ? page(command, command.name())
        : command.commands.flatMap((it) => page(it, `${command.name()} ${it.name()}`)),
    ),
  ].join('\n');
}

/** Which functions each routine of the newest preset tells, and where Go has them. */
function routines(): string {
  const [digest] = digestsOf(model, newest);
  const rows = resolvePreset(model, newest).map(({ scope, functions, lines }) => {
    const places = [...new Set(functions.map((it) => it.replace(/\{.*/, '')))].flatMap((name) => {
      const fn = digest!.functions.get(name);
      if (fn === undefined) return [];
      return `[${name}](https://github.com/golang/go/blob/${digest!.name}/src/${fn.file}#L${fn.line})`;
    });
    const told = lines.filter(({ nowhere }) => nowhere === undefined).length;
    return row([scope.name, places.join(', '), String(told), String(lines.length - told)]);
  });
  return [
    '# Routines and functions',
    '',
    `What the routines of ${newest} tell of ${digest!.name}: how many of their lines stand for statements of these`,
    'functions, and how many for nothing. `sources show` has each line, with the reason. Made by `npm run refresh`.',
    '',
    row(['routine', 'functions', 'stand', 'do not']),
    row(['---', '---', '---', '---']),
    ...rows.sort(),
    '',
  ].join('\n');
}

const readme = (text: string): string =>
  text
    .replace(/```text\n.*?```/s, () => `\`\`\`text\n${story(readmeEntry())}\n\`\`\``)
    .replace(/(\| bug \|.*\n\| --- .*\n)(\|.*\n)*/, (_, head: string) => `${head}${stillThere().join('\n')}\n`);
const findings = (text: string): string =>
  text.replace(/replay -- pr1:\S+ +#/, () => `replay -- ${toToken(model, readmeEntry())} #`);

/** Each generated file, with what it should hold. */
export function generated(): ReadonlyMap<string, string> {
  const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
  return new Map([
    ['README.md', readme(read('README.md'))],
    ['docs/findings.md', findings(read('docs/findings.md'))],
    ['docs/bugs.md', bugs()],
    ['docs/real.md', realText(readRows(), cases(project))],
    ['docs/commands.md', commands()],
    ['docs/routines.md', routines()],
    ['harness/report/summary.schema.json', schemaText()],
  ]);
}

if (require.main === module) for (const [file, text] of generated()) fs.writeFileSync(path.join(ROOT, file), text);
