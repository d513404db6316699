import type { Settings } from '../campaign/checkpoint';
import type { Budget } from '../campaign/executor';
import type { WorkerPool } from '../campaign/threads/pool';
import { findVariant } from '../language/build';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import type { Calibration, RunSummary } from '../report/summary';
import { catchPlanted, earlierNights, runsBefore } from './calibration';

/** The planted bug that ends a campaign without flags, and the most runs it may take. */
const CANARY = { variant: 'H12', runs: 20_000 };

/** Whether the net has its mesh. */
export interface Proof {
  readonly canary: RunSummary['canary'];
  readonly calibration: readonly Calibration[];
  readonly isInterrupted: boolean;
}

/** Catches the canary and, in a night, every planted bug: what is not caught says that silence means nothing. */
export async function prove<W extends World, P>(
  project: Project<W, P>,
  settings: Settings,
  pool: WorkerPool<P>,
  isStopped: () => boolean,
  say: (sentence: string) => void,
): Promise<Proof> {
  const { seed, maxSteps } = settings;
  const options = { seed, maxSteps, budget: { runs: CANARY.runs }, isStopped };
  const variant = findVariant(project.model, CANARY.variant);
  const caught = await catchPlanted(project, variant, pool, options);
  if (caught === undefined) return { canary: null, calibration: [], isInterrupted: true };
  const { name, sentence } = variant;
  const canary = {
    variant: name,
    found: caught.found,
    runs: caught.runs,
    sentence: caught.found
      ? `planted bug ${name} (${sentence}) found after ${caught.runs} runs by ${caught.property}`
      : `planted bug ${name} was NOT found in ${caught.runs} runs: the campaign above proves nothing`,
  };
  if (settings.mode !== 'nightly') return { canary, calibration: [], isInterrupted: false };
  const { shard } = settings;
  const all = project.model.variants.filter(({ isPreset, breaks }) => !isPreset && breaks.length > 0);
  const planted = all.filter((_, i) => shard === undefined || i % shard.of === shard.index - 1);
  const nights = settings.cache === undefined ? [] : earlierNights(settings.cache);
  const budget = calibrationBudget(settings.budget, all.length, planted.length);
  const calibration: Calibration[] = [];
  say(`Looking for ${planted.length} planted bugs.`);
  for (const it of planted) {
    const night = await catchPlanted(project, it, pool, { ...options, budget });
    if (night === undefined) return { canary, calibration, isInterrupted: true };
    calibration.push({ ...night, before: runsBefore(nights, it.name) });
  }
  return { canary, calibration, isInterrupted: false };
}

/** A quarter of the campaign's budget again, shared among the planted bugs: runs among all of them, time among this part's. */
const calibrationBudget = ({ runs, ms }: Budget, all: number, own: number) =>
  ms === undefined
    ? { runs: Math.max(MIN_CALIBRATION, Math.ceil((runs ?? 0) / 4 / all)) }
    : { runs: MAX_CALIBRATION, ms: Math.max(1000, ms / 4 / own) };

/** Runs that each planted bug gets at least, and at most. */
const MIN_CALIBRATION = 2000;

const MAX_CALIBRATION = 1_000_000;
