import { expect, it } from 'vitest';
import { campaign } from '../harness/campaign/campaign';
import { isInherited } from '../harness/find/known';
import { build } from '../harness/language/build';
import { findVariant } from '../harness/language/variants';
import { project } from '../main';

/** What planted bugs race in, as any seed comes to it. */
const SEEDS = ['1', '2'];
const RUNS = 500;

it.each(['H12', 'H13', 'H18', 'H17-StoppingTheWorld'])('%s races the same, whatever the seed', async (name) => {
  const built = build(project.model, findVariant(project.model, name));
  const races = new Map<string, Set<string>>();
  for (const seed of SEEDS) {
    const isIgnored = (property: string, cause: string) => isInherited(project, built.variant, property, cause);
    const options = { seed, budget: { runs: RUNS }, maxSteps: 6000, stopAtFirst: false, isIgnored };
    await campaign(project, built, options, {
      finding: ({ entry: { property, cause, race } }) => {
        const bug = `${property}: ${cause}`;
        races.set(bug, (races.get(bug) ?? new Set()).add(race.join('\n')));
      },
      progress: () => {},
      isStopped: () => false,
    });
  }
  expect(Object.fromEntries([...races].sort().map(([bug, all]) => [bug, [...all].sort()]))).toMatchSnapshot();
});
