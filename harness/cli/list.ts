import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Variant } from '../language/model';
import type { Project, Tool } from '../language/project';
import { baselineOf, findVariant } from '../language/variants';
import type { World } from '../language/world';
import { portfolio } from '../strategies';
import { EXIT_HELP } from './exit';
import { type Output, output } from './output';

interface Row {
  kind: string;
  name: string;
  sentence: string;
  [more: string]: unknown;
}

const kinds = ['operations', 'mixes', 'variants', 'properties', 'goals', 'known', 'casts', 'strategies'] as const;

export function addList<W extends World, P>(program: Command, project: Tool<W, P>): void {
  const command = program
    .command('list')
    .summary('what there is: operations, variants, properties, goals, known bugs, casts, strategies')
    .description('Shows what there is, each with its one sentence. Without a flag, everything but the listing.');
  for (const kind of kinds) command.option(`--${kind}`, `only ${kind === 'known' ? 'known bugs' : kind}`);
  command
    .option('--listing', 'only the routines, line by line, with what each line touches')
    .option('--sources', 'beside each line of the listing, where the system under test has it')
    .option('--variant <name>', 'whose listing; PRESET+BUG plants a bug in a preset (default: the first)')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action((flags: Record<string, boolean> & { variant?: never }) => {
      const out = output(flags.json === true);
      const variant = flags.variant as string | undefined;
      if (variant !== undefined && !flags.listing)
        throw new UsageError('--variant says whose listing to show', 'Add --listing.');
      if (flags.sources && !flags.listing)
        throw new UsageError('--sources says where the lines of a listing stand', 'Add --listing.');
      const chosen = kinds.filter((kind) => flags[kind]);
      if (flags.listing) showListing(project, variant ?? baselineOf(project.model).name, flags.sources === true, out);
      const shown = chosen.length > 0 || flags.listing ? chosen : kinds;
      const rows = rowsOf(project);
      for (const kind of shown) {
        show(kind, rows[kind], out);
        if (kind === 'variants') for (const line of presetTable(project)) out.text(line);
      }
    });
}

function show(kind: string, rows: readonly Row[], out: Output): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  out.text(`${kind}:`);
  for (const row of rows) {
    out.text(`  ${row.name.padEnd(width)}  ${row.sentence}${row.note === undefined ? '' : ` (${row.note})`}`);
    out.json({ type: 'item', ...row });
  }
  out.text('');
}

function showListing<W extends World, P>(tool: Tool<W, P>, name: string, hasSources: boolean, out: Output): void {
  const { model } = tool;
  const { code, fingerprint, variant } = build(model, findVariant(model, name));
  let routine = '';
  const shown = (line: string): string => {
    if (!line.startsWith(' ')) routine = line.replace(/ {2}.*/, '');
    const place = tool.sourceOf?.(variant.name, routine, line.trim().replace(/ {2}[rw] .*/, ''));
    return place === undefined ? line : `${line}  @ ${place.text}`;
  };
  out.text(hasSources ? code.listing.split('\n').map(shown).join('\n') : code.listing);
  out.json({ type: 'listing', variant: variant.name, fingerprint, lines: code.listing.split('\n') });
}

/** What an edit does; one that is made in many routines is one thing. */
function differencesOf<W>({ edits }: Variant<W>): string[] {
  const MANY = 3;
  const counts = new Map<string, number>();
  for (const { sentence } of edits) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  const all = edits.map(({ routine, sentence }) =>
    counts.get(sentence)! >= MANY ? `everywhere: ${sentence}` : `${routine}: ${sentence}`,
  );
  return [...new Set(all)];
}

/** A row for each difference from the baseline, a column for each preset. */
function presetTable<W extends World, P>({ model }: Project<W, P>): string[] {
  const presets = model.variants.filter(({ isPreset }) => isPreset);
  const rows = [...new Set(presets.flatMap(differencesOf))];
  if (rows.length === 0) return [];
  const has = new Map(presets.map((it) => [it.name, new Set(differencesOf(it))]));
  const line = (cells: readonly string[], text: string) =>
    `  ${cells.map((cell, i) => cell.padEnd(presets[i]!.name.length)).join('  ')}  ${text}`;
  const names = presets.map(({ name }) => name);
  const marks = (row: string) => presets.map(({ name }) => (has.get(name)!.has(row) ? 'x' : ''));
  return [
    `what the presets change in ${baselineOf(model).name}:`,
    line(names, ''),
    ...rows.map((row) => line(marks(row), row)),
    '',
  ];
}

function rowsOf<W extends World, P>({ model, claims, known }: Project<W, P>): Record<(typeof kinds)[number], Row[]> {
  return {
    operations: model.operations.map(({ name, sentence, weight }) => ({
      kind: 'operation',
      name,
      sentence,
      weight,
      note: `weight ${weight}`,
    })),
    mixes: model.mixes.map(({ name, weight, operations }) => ({
      kind: 'mix',
      name,
      sentence: [...new Set(operations)].join(', '),
      weight,
      operations: [...operations],
      note: `weight ${weight}`,
    })),
    variants: model.variants.map((variant) => {
      const { name, sentence, source, base, breaks, isPreset, equivalent } = variant;
      const differences = differencesOf(variant);
      const whence = base === undefined ? source : `${source}; planted in ${base}`;
      const note = equivalent === undefined ? whence : `${whence}; changes nothing: ${equivalent}`;
      const more = { base: base ?? null, breaks, isPreset, equivalent: equivalent ?? null, differences };
      return { kind: 'variant', name, sentence, source, ...more, note };
    }),
    properties: claims.filter(isProperty).map(({ name, sentence, strength }) => ({
      kind: 'property',
      name,
      sentence,
      strength,
      note: strength,
    })),
    goals: claims.filter((claim) => !isProperty(claim)).map(({ name, sentence }) => ({ kind: 'goal', name, sentence })),
    known: known.map(({ id, sentence, variants, releases, signs }) => ({
      kind: 'known',
      name: id,
      sentence,
      variants,
      ...(releases !== undefined && { releases }),
      signs,
      note: `${[...new Set(signs.map(({ property }) => property))].join(', ')}; in ${inText(variants, releases)}`,
    })),
    casts: model.casts.map(({ name, sentence, program, variants, edits }) => ({
      kind: 'cast',
      name,
      sentence,
      program: model.programText(program),
      variants,
      cuts: edits.map(({ routine }) => routine),
      note: `for ${variants.join(', ')}`,
    })),
    strategies: portfolio.map(({ name, sentence, paper }) => ({
      kind: 'strategy',
      name,
      sentence,
      paper,
      note: paper,
    })),
  };
}

const inText = (variants: readonly string[], releases?: string): string =>
  `${variants.join(', ')}${releases === undefined ? '' : `; ${releases}`}`;
