import { campaign } from '../campaign/campaign';
import { isInherited, knownBug } from '../find/known';
import { build } from '../language/build';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import type { Strategy } from '../strategies/strategy';

/** How long a campaign took to its first finding. */
export interface First {
  readonly runs: number;
  readonly steps: number;
  /** Of searching alone. */
  readonly seconds: number;
  /** Of the program that hit it. */
  readonly movers: number;
}

export interface CompareOptions {
  readonly seeds: readonly string[];
  /** Runs for each seed. */
  readonly runs: number;
  readonly maxSteps: number;
  /** The known bug to look for; missing: whatever a planted bug breaks that the baseline does not. */
  readonly bug?: string | undefined;
  isStopped(): boolean;
}

/**
 * What each seed took, with these strategies, until a variant's bug was hit; a seed that did not hit it has no number.
 */
export async function firstFindings<W extends World, P>(
  project: Project<W, P>,
  variant: Variant<W>,
  strategies: readonly Strategy[],
  { seeds, runs, maxSteps, bug, isStopped }: CompareOptions,
): Promise<(First | undefined)[]> {
  const built = build(project.model, variant);
  const firsts: (First | undefined)[] = [];
  for (const seed of seeds) {
    if (isStopped()) break;
    let first: First | undefined;
    const started = performance.now();
    const options = {
      seed,
      budget: { runs },
      maxSteps,
      strategies,
      stopAtFirst: true,
      shrinks: false,
      isIgnored: (property: string, cause: string) =>
        bug === undefined
          ? isInherited(project, variant, property, cause)
          : knownBug(project, variant, property, cause)?.id !== bug,
    };
    await campaign({ ...project, known: [] }, built, options, {
      finding: ({ entry, after }) => {
        first ??= {
          runs: entry.found.run + 1,
          steps: after,
          seconds: (performance.now() - started) / 1000,
          movers: project.model.createWorld(entry.program).moverCount,
        };
      },
      progress: () => {},
      isStopped,
    });
    firsts.push(first);
  }
  return firsts;
}
