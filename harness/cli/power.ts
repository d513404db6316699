import type { Command } from 'commander';
import { UsageError } from '../base/errors';
import { chance, seconds as inSeconds } from '../base/format';
import { pick } from '../base/pick';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import { variantsLike } from '../language/variants';
import type { World } from '../language/world';
import { type First, firstFindings } from '../measure/compare';
import { type Cell, measure } from '../measure/killing';
import { type Comparison, mannWhitney, medianOf } from '../measure/statistics';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { portfolio } from '../strategies';
import { pctBound } from '../strategies/pct';
import { EXIT, EXIT_HELP } from './exit';
import { listenForInterrupt } from './interrupt';
import { parseCount } from './options';
import { output } from './output';

interface PowerFlags {
  variant: string;
  seeds: number;
  runs: number;
  strategies?: string;
  bug?: string;
  json: boolean;
}

export function addPower<W extends World, P>(program: Command, project: Project<W, P>): void {
  program
    .command('power')
    .summary('which property finds which planted bug, and after how many runs')
    .description(
      'Runs every variant with several seeds and shows, for each property that breaks, the median number of ' +
        'runs up to its first finding. Exits with 1 when a variant that should be found is not, or one that changes ' +
        'nothing is.',
    )
    .option('--variant <glob>', 'only these variants; * stands for anything', '*')
    .option('--seeds <n>', 'seeds for each variant', parseCount(1, 1000), 20)
    .option('--runs <n>', 'runs for each seed', parseCount(32, 10_000_000), 6000)
    .option(
      '--strategies <names>',
      'compare these, such as walk,pos, the whole portfolio, or all; each against the first',
    )
    .option('--bug <id>', 'compare by this known bug of a preset; see list --known')
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: PowerFlags) => {
      process.exitCode = await power(project, flags);
    });
}

async function power<W extends World, P>(project: Project<W, P>, flags: PowerFlags): Promise<number> {
  const out = output(flags.json);
  const variants = variantsLike(project.model, flags.variant);
  if (flags.bug !== undefined && flags.strategies === undefined)
    throw new UsageError('--bug wants --strategies', 'Such as --strategies all.');
  if (flags.strategies !== undefined) return compare(project, variants, flags, flags.strategies);
  const interrupt = listenForInterrupt(out);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => `${i + 1}`);
  const width = Math.max(...variants.map(({ name }) => name.length));
  let exitCode: number = EXIT.ok;
  out.text(`Median runs to the first finding over ${seeds.length} seeds of ${flags.runs} runs (seeds that found it).`);
  for (const variant of variants) {
    const cells = await measure(project, variant, {
      seeds,
      runs: flags.runs,
      maxSteps: DEFAULT_MAX_STEPS,
      isStopped: interrupt.isSet,
    });
    if (interrupt.isSet()) return EXIT.interrupted;
    const verdict = verdictOf(variant, cells);
    if (verdict === 'SURVIVES' || verdict === 'NOT EQUIVALENT') exitCode = EXIT.broken;
    for (const { property, strength, firstRuns, known } of cells) {
      out.json({
        type: 'cell',
        variant: variant.name,
        property,
        strength,
        seeds: seeds.length,
        found: firstRuns.length,
        medianRuns: medianOf(firstRuns, seeds.length) ?? null,
        fewestRuns: firstRuns[0],
        mostRuns: firstRuns.at(-1),
        known,
      });
    }
    out.json({
      type: 'variant',
      variant: variant.name,
      source: variant.source,
      isPreset: variant.isPreset,
      equivalent: variant.equivalent ?? null,
      verdict,
      breaks: cells.map(({ property }) => property),
      expected: variant.breaks,
    });
    const shown = cells.map((cell) => cellText(cell, seeds.length)).join('  ');
    out.text(`  ${variant.name.padEnd(width)}  ${verdict.padEnd(10)}  ${shown}`);
  }
  interrupt.off();
  return exitCode;
}

/**
 * How fast each strategy comes to the first finding, and whether the difference to the first strategy is more than
 * chance.
 */
async function compare<W extends World, P>(
  project: Project<W, P>,
  variants: readonly Variant<W>[],
  flags: PowerFlags,
  names: string,
): Promise<number> {
  const out = output(flags.json);
  const known = new Set(project.known.map(({ id }) => id));
  if (flags.bug !== undefined)
    pick(
      'known bug',
      flags.bug,
      [...known].map((name) => ({ name })),
    );
  const alone = portfolio.map((it) => ({ name: it.name, strategies: [it] }));
  const there = [...alone, { name: 'portfolio', strategies: [...portfolio] }];
  const chosen = names === 'all' ? there : names.split(',').map((name) => pick('strategy', name, there));
  const twice = chosen.find((it, i) => chosen.indexOf(it) < i);
  if (twice !== undefined)
    throw new UsageError(`--strategies names ${twice.name} twice`, 'Each is compared with the first once.');
  const compared = variants.filter(({ isPreset, equivalent }) =>
    flags.bug === undefined ? !isPreset && equivalent === undefined : isPreset,
  );
  if (compared.length === 0)
    throw new UsageError(
      `there is nothing to find in "${flags.variant}"`,
      'Planted bugs are compared without --bug, presets by one of their known bugs (--bug).',
    );
  const interrupt = listenForInterrupt(out);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => `${i + 1}`);
  out.text(
    `Runs to the first finding, median (range) over ${seeds.length} seeds of at most ${flags.runs} runs; p by Mann ` +
      `and Whitney against ${chosen[0]!.name}.`,
  );
  for (const variant of compared) {
    let reference: readonly number[] | undefined;
    for (const { name, strategies } of chosen) {
      const firsts = await firstFindings(project, variant, strategies, {
        seeds,
        runs: flags.runs,
        maxSteps: DEFAULT_MAX_STEPS,
        bug: flags.bug,
        isStopped: interrupt.isSet,
      });
      if (interrupt.isSet()) return EXIT.interrupted;
      const steps = firsts.map((it) => it?.steps ?? Number.POSITIVE_INFINITY);
      const found = firsts.filter((it) => it !== undefined);
      const runs = found.map((it) => it.runs).sort((a, b) => a - b);
      const versus = reference === undefined ? undefined : mannWhitney(steps, reference);
      reference ??= steps;
      const medianRuns = medianOf(runs, seeds.length) ?? null;
      const medianSteps =
        medianOf(
          found.map((it) => it.steps),
          seeds.length,
        ) ?? null;
      const medianSeconds =
        medianOf(
          found.map((it) => it.seconds),
          seeds.length,
        ) ?? null;
      out.json({
        type: 'comparison',
        variant: variant.name,
        bug: flags.bug ?? null,
        strategy: name,
        seeds: seeds.length,
        found: found.length,
        medianRuns,
        fewestRuns: runs[0] ?? null,
        mostRuns: runs.at(-1) ?? null,
        medianSteps,
        medianSeconds,
        p: versus?.p ?? null,
        less: versus?.less ?? null,
      });
      const range = runs.length === 0 ? '' : ` (${runs[0]} to ${runs.at(-1)})`;
      const figures = [`${medianRuns ?? '-'}${range} runs`, `${medianSteps ?? '-'} steps`, secondsText(medianSeconds)];
      out.text(
        `  ${variant.name.padEnd(24)}  ${name.padEnd(7)} ${found.length}/${seeds.length}  ${figures.join(', ')}` +
          versusText(versus),
      );
      if (name === 'pct' && found.length > 0) out.text(boundText(found));
    }
  }
  interrupt.off();
  return EXIT.ok;
}

/**
 * The bound that the paper of pct proves, beside what was seen; with the mean of the steps where the paper has their
 * limit.
 */
function boundText(found: readonly First[]): string {
  const movers = Math.max(...found.map((it) => it.movers));
  const steps = Math.round(found.reduce((sum, it) => sum + it.steps / it.runs, 0) / found.length);
  const bounds = [2, 3].map((depth) => `${depth}: ${chance(pctBound(movers, steps, depth), 0)}`).join(', depth ');
  const what = 'the chance that a run finds a bug of depth';
  return `    the bound of its paper for ${movers} movers and ${steps} steps: ${what} ${bounds}`;
}

const secondsText = (seconds: number | null): string => (seconds === null ? '- s' : inSeconds(seconds, 3));

function versusText(versus: Comparison | undefined): string {
  if (versus === undefined) return '';
  const what = versus.p >= 0.05 ? 'no clear difference' : versus.less > 0.5 ? 'FEWER steps' : 'MORE steps';
  return `; ${what}, p = ${chance(versus.p)}`;
}

/** A preset is not there to be found; what it breaks is what is known of it. */
function verdictOf<W>({ isPreset, equivalent }: Variant<W>, cells: readonly Cell[]): string {
  if (isPreset) return 'preset';
  if (equivalent !== undefined) return cells.length === 0 ? 'equivalent' : 'NOT EQUIVALENT';
  return cells.length > 0 ? 'killed' : 'SURVIVES';
}

function cellText({ property, firstRuns, known }: Cell, seedCount: number): string {
  const median = medianOf(firstRuns, seedCount);
  const ids = known.length === 0 ? '' : `[${known.join(' ')}]`;
  return `${property}${ids} ${median ?? '-'} (${firstRuns.length})`;
}
