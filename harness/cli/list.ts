import type { Command } from 'commander';
import { isProperty, type Project } from '../model';
import type { World } from '../world';
import { output } from './output';

interface Row {
  kind: string;
  name: string;
  sentence: string;
  [more: string]: unknown;
}

const kinds = ['operations', 'mixes', 'variants', 'properties', 'goals', 'known', 'strategies'] as const;

export function addList<W extends World, P>(program: Command, project: Project<W, P>): void {
  const command = program
    .command('list')
    .summary('what there is: operations, variants, properties, goals, known bugs, strategies')
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
    }
  });
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
    variants: model.variants.map(({ name, sentence, source, breaks, isPreset }) => ({
      kind: 'variant',
      name,
      sentence,
      source,
      breaks,
      isPreset,
      note: source,
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
    strategies: [
      {
        kind: 'strategy',
        name: 'walk',
        sentence: 'random walk that likes to leave a mover in the middle of something',
      },
    ],
  };
}
