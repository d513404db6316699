import { naturally } from '../base/format';
import { campaign } from '../campaign/campaign';
import { isInherited } from '../find/known';
import { build } from '../language/build';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import type { World } from '../language/world';

/** One property on one variant, over several seeds. */
export interface Cell {
  readonly property: string;
  readonly strength: string;
  /** Of the runs up to and including the first finding, one number per seed that had one, ascending. */
  readonly firstRuns: readonly number[];
  /** The known bugs among its findings; empty where the finding is the variant's own. */
  readonly known: readonly string[];
}

export interface PowerOptions {
  readonly seeds: readonly string[];
  /** Runs for each seed. */
  readonly runs: number;
  readonly maxSteps: number;
  isStopped(): boolean;
}

/**
 * What finds a variant, and how fast. On a planted bug, what the baseline breaks by itself does not count; on a preset
 * everything does.
 */
export async function measure<W extends World, P>(
  project: Project<W, P>,
  variant: Variant<W>,
  { seeds, runs, maxSteps, isStopped }: PowerOptions,
): Promise<Cell[]> {
  const built = build(project.model, variant);
  const cells = new Map<string, { strength: string; firstRuns: number[]; known: Set<string> }>();
  for (const seed of seeds) {
    if (isStopped()) break;
    const seen = new Set<string>();
    const options = {
      seed,
      budget: { runs },
      maxSteps,
      stopAtFirst: false,
      shrinks: false,
      isIgnored: (property: string, cause: string) => isInherited(project, variant, property, cause),
    };
    await campaign(project, built, options, {
      finding: ({ entry: { property, found }, strength, known }) => {
        const cell = cells.get(property) ?? { strength, firstRuns: [], known: new Set() };
        cells.set(property, cell);
        if (known !== null && variant.isPreset) cell.known.add(known.id);
        if (seen.has(property)) return;
        seen.add(property);
        cell.firstRuns.push(found.run + 1);
      },
      progress: () => {},
      isStopped,
    });
  }
  return [...cells]
    .map(([property, { strength, firstRuns, known }]) => ({
      property,
      strength,
      firstRuns: firstRuns.toSorted((a, b) => a - b),
      known: [...known].sort(),
    }))
    .sort((a, b) => naturally(a.property, b.property));
}
