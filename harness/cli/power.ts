import type { Command } from 'commander';
import { UsageError } from '../errors';
import { isLike, type Project, type Variant } from '../model';
import { type Cell, measure, medianOf } from '../power';
import type { World } from '../world';
import { EXIT, EXIT_HELP } from './exit';
import { DEFAULT_MAX_STEPS, listenForInterrupt } from './fuzz';
import { parseCount } from './options';
import { output } from './output';

interface PowerFlags {
  variant: string;
  seeds: number;
  runs: number;
  json: boolean;
}

export function addPower<W extends World, P>(program: Command, project: Project<W, P>): void {
  program
    .command('power')
    .summary('which property finds which planted bug, and after how many runs')
    .description(
      'Runs every variant with several seeds and shows, for each property that breaks, the median number of runs up to ' +
        'its first finding. Exits with 1 when a variant that should be found is not, or one that changes nothing is.',
    )
    .option('--variant <glob>', 'only these variants, such as H*', '*')
    .option('--seeds <n>', 'seeds for each variant', parseCount(1, 1000), 20)
    .option('--runs <n>', 'runs for each seed', parseCount(32, 10_000_000), 6000)
    .option('--json', 'one JSON object per line on stdout', false)
    .addHelpText('after', EXIT_HELP)
    .action(async (flags: PowerFlags) => {
      process.exitCode = await power(project, flags);
    });
}

async function power<W extends World, P>(project: Project<W, P>, flags: PowerFlags): Promise<number> {
  const out = output(flags.json);
  const selects = (name: string) => isLike(flags.variant, name);
  const variants = project.model.variants.filter(({ name }) => selects(name));
  if (variants.length === 0)
    throw new UsageError(
      `no variant is called "${flags.variant}"`,
      `There are: ${project.model.variants.map(({ name }) => name).join(', ')}.`,
    );
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
    out.text(
      `  ${variant.name.padEnd(width)}  ${verdict.padEnd(10)}  ${cells.map((cell) => cellText(cell, seeds.length)).join('  ')}`,
    );
  }
  interrupt.off();
  return exitCode;
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
