import type { Command } from 'commander';
import { isProperty } from '../language/judging';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { portfolio } from '../strategies';
import { output } from './output';

interface Row {
  kind: string;
  name: string;
  sentence: string;
  [more: string]: unknown;
}

const kinds = ['operations', 'mixes', 'variants', 'properties', 'goals', 'known', 'casts', 'strategies'] as const;

export function addList<W extends World, P>(program: Command, project: Project<W, P>): void {
  const command = program
    .command('list')
    .summary('what there is: operations, variants, properties, goals, known bugs, casts, strategies')
    .description('Shows what there is, each with its one sentence. Without a flag, everything.');
  for (const kind of kinds) command.option(`--${kind}`, `only ${kind === 'known' ? 'known bugs' : kind}`);
  command.option('--json', 'one JSON object per line on stdout', false).action((flags: Record<string, boolean>) => {
    const out = output(flags.json === true);
    const rows = rowsOf(project);
    const chosen = kinds.filter((kind) => flags[kind]);
    for (const kind of chosen.length > 0 ? chosen : kinds) {
      const width = Math.max(...rows[kind].map(({ name }) => name.length));
      out.text(`${kind}:`);
      for (const row of rows[kind]) {
        out.text(`  ${row.name.padEnd(width)}  ${row.sentence}${row.note === undefined ? '' : ` (${row.note})`}`);
        out.json({ type: 'item', ...row });
      }
      out.text('');
      if (kind === 'variants') for (const line of presetTable(project)) out.text(line);
    }
  });
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
  return [
    `what the presets change in ${model.variants[0]!.name}:`,
    line(
      presets.map(({ name }) => name),
      '',
    ),
    ...rows.map((row) =>
      line(
        presets.map(({ name }) => (has.get(name)!.has(row) ? 'x' : '')),
        row,
      ),
    ),
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
    variants: model.variants
      .map((variant) => ({ variant, ...variant }))
      .map(({ variant, name, sentence, source, breaks, isPreset, equivalent }) => ({
        kind: 'variant',
        name,
        sentence,
        source,
        breaks,
        isPreset,
        equivalent: equivalent ?? null,
        differences: differencesOf(variant),
        note: equivalent === undefined ? source : `${source}; changes nothing: ${equivalent}`,
      })),
    properties: claims.filter(isProperty).map(({ name, sentence, strength }) => ({
      kind: 'property',
      name,
      sentence,
      strength,
      note: strength,
    })),
    goals: claims.filter((claim) => !isProperty(claim)).map(({ name, sentence }) => ({ kind: 'goal', name, sentence })),
    known: known.map(({ id, property, cause, variants, sentence }) => ({
      kind: 'known',
      name: id,
      sentence,
      property,
      cause,
      variants,
      note: `${property}: ${cause}`,
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
