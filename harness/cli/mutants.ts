import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { count, plural } from '../base/format';
import { hash } from '../base/hash';
import { isLike } from '../base/pick';
import { build } from '../language/build';
import type { Tool } from '../language/project';
import { baselineOf, edited, findVariant, layersOf } from '../language/variants';
import type { World } from '../language/world';
import { type Mutant, mutantsOf } from '../mutate/grammar';
import { Judge, variantOf } from '../mutate/judge';
import { appendRow, type Row, readRows, rewriteRows, scores } from '../mutate/rows';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { EXIT, EXIT_HELP } from './exit';
import { listenForInterrupt } from './interrupt';
import { parseCount } from './options';
import { output } from './output';

interface Flags {
  readonly variant: string;
  readonly routine: string;
  readonly sample?: number;
  readonly runs: number;
  readonly maxStates: number;
  readonly seed: string;
  readonly shard: string;
  readonly out?: string;
  readonly json: boolean;
}

export function addMutants<W extends World, P>(program: Command, tool: Tool<W, P>): void {
  program
    .command('mutants')
    .summary('which mistakes of one edit the properties notice')
    .description(
      'Edits one line of a routine after the other (left out, swapped with its neighbour, out of a section or lock, ' +
        'a branch that always goes one way, a wait that does not wait) and runs each mutant until a property breaks ' +
        'that does not break that way without it. Exits with 0, whatever is alive.',
    )
    .option('--variant <preset>', 'the preset that is edited', baselineOf(tool.model).name)
    .option('--routine <glob>', 'only these routines; * stands for anything', '*')
    .option('--sample <n>', 'only so many, drawn by the seed', parseCount(1, 1_000_000))
    .option('--runs <n>', 'runs of each of two campaigns for each mutant', parseCount(32, 10_000_000), 1500)
    .option('--max-states <n>', 'states of each small cast', parseCount(1, 100_000_000), 200_000)
    .option('--seed <text>', 'the seed of runs and samples', '1')
    .option('--shard <i/n>', 'only a part: the i-th of n', '1/1')
    .option('--out <file>', 'keep what came of each here (JSON lines), and go on where that ends')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: Flags) => {
      process.exitCode = await mutants(tool, flags);
    });
}

/** Those of a preset that are asked for, each of another model. */
function chosen<W extends World, P>(tool: Tool<W, P>, { variant, routine, sample, seed, shard }: Flags): Mutant<W>[] {
  const { model, mutation } = tool;
  if (mutation === undefined) throw new UsageError('the model does not say what is mutated', 'See docs/mutants.md.');
  const [, i, n] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(shard) ?? [];
  if (i === undefined || Number(i) > Number(n))
    throw new UsageError(`--shard "${shard}" is no i/n`, 'Such as 2/3: the second part of three.');
  const preset = findVariant(model, variant);
  if (!preset.isPreset)
    throw new UsageError(`${variant} is no preset`, 'Mutants are planted in presets: see list --variants.');
  const named = edited(model.routines, layersOf(model, preset)).filter(
    ({ name }) => mutation.routines.includes(name) && isLike(routine, name),
  );
  if (named.length === 0)
    throw new UsageError(`no routine is like "${routine}"`, `There are ${mutation.routines.join(', ')}.`);
  const all = named.flatMap((it) => mutantsOf(it, mutation));
  const order = (it: Mutant<W>): string => hash(`${seed}/${it.id}`);
  const some = sample === undefined ? all : all.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, sample);
  return some.filter((_, at) => at % Number(n) === Number(i) - 1);
}

async function mutants<W extends World, P>(tool: Tool<W, P>, flags: Flags): Promise<number> {
  const out = output(flags.json);
  const { variant, seed, runs, maxStates } = flags;
  const all = chosen(tool, flags);
  const rows = flags.out === undefined ? [] : readRows(flags.out);
  if (flags.out !== undefined) rewriteRows(flags.out, rows);
  const done = new Map(rows.map((it) => [`${it.id}/${it.variant}/${it.seed}`, it]));
  const seen = new Set([build(tool.model, findVariant(tool.model, variant)).fingerprint]);
  const judge = new Judge<W, P>(tool);
  const interrupt = listenForInterrupt(out);
  out.text(`${plural(all.length, 'mutant')} of ${variant}`);
  const came: Row[] = [];
  for (const it of all) {
    if (interrupt.isSet()) break;
    const fingerprint = fingerprintOf(tool, variant, it);
    if (fingerprint !== undefined && seen.has(fingerprint)) continue;
    if (fingerprint !== undefined) seen.add(fingerprint);
    const before = done.get(`${it.id}/${variant}/${seed}`);
    if (before !== undefined) {
      came.push(before);
      continue;
    }
    const { programs, casts } = tool.mutation!.focusOn(it.routine);
    const verdict = await judge.judge(it, {
      ...{ preset: variant, seed, runs, maxSteps: DEFAULT_MAX_STEPS, maxStates, programs, casts },
      isStopped: interrupt.isSet,
    });
    if (interrupt.isSet()) break;
    const { id, routine, operator, what } = it;
    const row: Row = { type: 'mutant', id, routine, operator, what, variant, seed, ...verdict };
    if (flags.out !== undefined) appendRow(flags.out, row);
    came.push(row);
    out.json(row);
    out.text(rowText(row));
  }
  interrupt.off();
  out.text(['', 'By routine:', ...scores(came, 'routine'), '', 'By operator:', ...scores(came, 'operator')].join('\n'));
  out.text(['', 'Seen first by:', ...scores(came, 'by')].join('\n'));
  return interrupt.isSet() ? EXIT.interrupted : EXIT.ok;
}

function fingerprintOf<W extends World, P>(tool: Tool<W, P>, variant: string, it: Mutant<W>): string | undefined {
  try {
    return build(tool.model, variantOf(variant, it)).fingerprint;
  } catch {
    return undefined;
  }
}

const rowText = ({ id, routine, operator, what, verdict, by, cause, where, runs }: Row): string => {
  const how = by === null ? `in ${count(runs)} runs` : `by ${by} (${where}, ${count(runs)} runs): ${cause}`;
  return `${id}  ${verdict.padEnd(8)}  ${routine}: ${what} ${operator}\n${' '.repeat(10)}${how}`;
};
