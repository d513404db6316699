import { plural } from '../base/format';
import type { Budget } from '../campaign/executor';
import { budgetOf, type Settings } from '../campaign/settings';
import type { WorkerPool } from '../campaign/threads/pool';
import type { Tool } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import type { Calibration, RunSummary } from '../report/summary';
import { catchPlanted, earlierNights, runsBefore } from './calibration';

/** Whether the net has its mesh. */
export interface Proof {
  readonly canary: RunSummary['canary'];
  readonly calibration: readonly Calibration[];
  readonly isInterrupted: boolean;
}

/** Catches the canary and, in a night, every planted bug: what is not caught says that silence means nothing. */
export async function prove<W extends World, P>(
  tool: Tool<W, P>,
  settings: Settings,
  pool: WorkerPool<P>,
  isStopped: () => boolean,
  say: (sentence: string) => void,
): Promise<Proof> {
  const canary = await proveByCanary(tool, settings, pool, isStopped);
  if (canary === 'interrupted') return { canary: null, calibration: [], isInterrupted: true };
  if (settings.mode !== 'nightly') return { canary, calibration: [], isInterrupted: false };
  const { seed, maxSteps, shard } = settings;
  const all = tool.model.variants.filter(({ isPreset, breaks }) => !isPreset && breaks.length > 0);
  const planted = all.filter((_, i) => shard === null || i % shard.of === shard.index - 1);
  const nights = settings.cache === null ? [] : earlierNights(settings.cache);
  const budget = calibrationBudget(budgetOf(settings.for), all.length, planted.length);
  const calibration: Calibration[] = [];
  say(`Looking for ${planted.length} planted bugs.`);
  for (const it of planted) {
    const night = await catchPlanted(tool, it, pool, { seed, maxSteps, budget, isStopped });
    if (night === undefined) return { canary, calibration, isInterrupted: true };
    calibration.push({ ...night, before: runsBefore(nights, it.name) });
  }
  return { canary, calibration, isInterrupted: false };
}

/** Null where a project has no canary. */
async function proveByCanary<W extends World, P>(
  tool: Tool<W, P>,
  { seed, maxSteps }: Settings,
  pool: WorkerPool<P>,
  isStopped: () => boolean,
): Promise<RunSummary['canary'] | 'interrupted'> {
  if (tool.canary === undefined) return null;
  const variant = findVariant(tool.model, tool.canary.variant);
  const options = { seed, maxSteps, budget: { runs: tool.canary.runs }, isStopped };
  const caught = await catchPlanted(tool, variant, pool, options);
  if (caught === undefined) return 'interrupted';
  const { name, sentence } = variant;
  const { found, runs, property } = caught;
  const told = found
    ? `planted bug ${name} (${sentence}) found after ${plural(runs, 'run')} by ${property}`
    : `planted bug ${name} was NOT found in ${plural(runs, 'run')}: the campaign above proves nothing`;
  return { variant: name, found, runs, sentence: told };
}

/**
 * A quarter of the campaign's budget again, shared among the planted bugs: runs among all of them, time among this
 * part's.
 */
const calibrationBudget = ({ runs, ms }: Budget, all: number, own: number) =>
  ms === undefined
    ? { runs: Math.max(MIN_CALIBRATION, Math.ceil((runs ?? 0) / 4 / all)) }
    : { runs: MAX_CALIBRATION, ms: Math.max(1000, ms / 4 / own) };

/** Runs that each planted bug gets at least, and at most. */
const MIN_CALIBRATION = 2000;
const MAX_CALIBRATION = 1_000_000;
