import { describe, expect, it } from 'vitest';
import { campaign } from '../harness/campaign';
import { build, isProperty } from '../harness/model';
import { project } from '../main';

/** What each variant breaks, beyond what the commit breaks itself, in a campaign of this many runs. */
const RUNS = 12_000;

async function brokenBy(name: string): Promise<Map<string, Set<string>>> {
  const variant = project.model.variants.find((it) => it.name === name)!;
  const causes = new Map<string, Set<string>>();
  const options = { seed: 'power', budget: { runs: RUNS }, maxSteps: 6000, stopAtFirst: false, shrinks: false };
  await campaign(project, build(project.model, variant), options, {
    finding: ({ entry: { property, cause } }) => {
      causes.set(property, (causes.get(property) ?? new Set()).add(cause));
    },
    progress: () => {},
    isStopped: () => false,
  });
  return causes;
}

const known = (property: string, cause: string) =>
  project.known.some((bug) => bug.property === property && bug.cause === cause);

/** The properties that a variant breaks in a way that the commit does not. */
async function ownBreaks(name: string): Promise<string[]> {
  const causes = await brokenBy(name);
  return [...causes]
    .filter(([property, all]) => [...all].some((cause) => !known(property, cause)))
    .map(([property]) => property)
    .sort();
}

describe('the power table', () => {
  it('shows nothing for the commit but what is known', async () => {
    expect(await ownBreaks('commit')).toEqual([]);
  });

  it.each(
    project.model.variants.filter(({ name }) => name !== 'commit').map(({ name, breaks }) => [name, breaks] as const),
  )('%s is found by exactly %j', async (name, breaks) => {
    expect(await ownBreaks(name)).toEqual([...breaks].sort());
  });

  it.each(project.model.variants.filter(({ isPreset }) => isPreset).map(({ name }) => name))(
    'shows in %s no known bug that is not recorded for it',
    async (name) => {
      const own = (property: string, cause: string) =>
        project.known.some((bug) => bug.property === property && bug.cause === cause && bug.variants.includes(name));
      const strange: string[] = [];
      for (const [property, causes] of await brokenBy(name))
        for (const cause of causes)
          if (known(property, cause) && !own(property, cause)) strange.push(`${property}: ${cause}`);
      // The parent has no guard at all, so that what is L1 in the commit is its missing hunk H18 there.
      expect(strange.filter((it) => name !== 'parent' || !/^S(2|3weak): /.test(it))).toEqual([]);
    },
  );

  it('has a planted bug for every property', () => {
    const killed = new Set(project.model.variants.flatMap(({ breaks }) => breaks));
    expect(
      project.claims
        .filter(isProperty)
        .map(({ name }) => name)
        .filter((name) => !killed.has(name)),
    ).toEqual([]);
  });
});
