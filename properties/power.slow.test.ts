import { describe, expect, it } from 'vitest';
import { naturally } from '../harness/base/format';
import { campaign } from '../harness/campaign/campaign';
import { isInherited, knownBug } from '../harness/find/known';
import { build } from '../harness/language/build';
import { isProperty } from '../harness/language/judging';
import { findVariant } from '../harness/language/variants';
import { project } from '../main';

const { model } = project;
const presets = model.variants.filter(({ isPreset }) => isPreset);
const planted = model.variants.filter(({ isPreset, equivalent }) => !isPreset && equivalent === undefined);
const equivalents = model.variants.filter(({ equivalent }) => equivalent !== undefined);

/** The longest campaign that a planted bug gets to show everything that it breaks. */
const RUNS = 60_000;

/** By property, the causes that a campaign finds; it ends early when it has found all that is `wanted`. */
async function brokenBy(name: string, runs: number, wanted: readonly string[] = []): Promise<Map<string, Set<string>>> {
  const variant = findVariant(model, name);
  const causes = new Map<string, Set<string>>();
  const missing = new Set(wanted);
  const isIgnored = (property: string, cause: string) => isInherited(project, variant, property, cause);
  const options = { seed: '1', budget: { runs }, maxSteps: 6000, stopAtFirst: false, shrinks: false, isIgnored };
  const { goals } = await campaign(project, build(model, variant), options, {
    finding: ({ entry: { property, cause } }) => {
      causes.set(property, (causes.get(property) ?? new Set()).add(cause));
      missing.delete(property);
    },
    progress: () => {},
    isStopped: () => wanted.length > 0 && missing.size === 0,
  });
  for (const name of variant.unreachable ?? []) expect(goals.met).not.toContain(name);
  if (variant.isPreset) expect(goals.unmet).toEqual([]);
  return causes;
}

describe('a preset', () => {
  const contained: Record<string, string> = {};

  it.each(presets.map(({ name }) => name))('%s breaks nothing but what is recorded for it', async (name) => {
    const strange: string[] = [];
    const ids = new Set<string>();
    for (const [property, causes] of await brokenBy(name, 9000))
      for (const cause of causes) {
        const bug = knownBug(project, findVariant(model, name), property, cause);
        if (bug === undefined) strange.push(`${property}: ${cause}`);
        else ids.add(bug.id);
      }
    expect(strange).toEqual([]);
    contained[name] = [...ids].sort(naturally).join(' ');
  });

  it('contains these bugs, and in a campaign this short no others', () => {
    expect(contained).toMatchInlineSnapshot(`
      {
        "commit": "FN1 FN5 FN6 L2 L3 L4 L8 L11 L12 L13 L14 L29 L31",
        "go1.22": "FN5 FN6 H12-H14 H18 H21 L2 L3 L4 L8 L11 L13 L14 L30",
        "go1.23": "FN1 FN5 FN6 L1 L2 L3 L4 L8 L12 L13 L14 L29",
        "go1.24": "FN1 FN5 FN6 L1 L2 L3 L4 L8 L12 L13 L14 L29",
        "go1.25": "FN1 FN5 FN6 L2 L4 L12 L13 L14 L29",
        "go1.26": "FN1 FN5 FN6 L13 L14 N2",
        "go1.27": "FN1 FN5 FN6 L12 L13 L14 N2",
        "parent": "FN5 FN6 H12-H14 H18 H21 L2 L3 L4 L6 L8 L11 L13 L14 L29 L30 L31",
      }
    `);
  });
});

describe('a planted bug', () => {
  it.each(planted.map(({ name, breaks }) => [name, breaks] as const))(
    '%s is found by exactly %j',
    async (name, breaks) => {
      const found = await brokenBy(name, RUNS, breaks);
      expect([...found.keys()].sort()).toEqual([...breaks].sort());
    },
  );

  it('is there for every property', () => {
    const killed = new Set(planted.flatMap(({ breaks }) => breaks));
    const alive = project.claims.filter(isProperty).filter(({ name }) => !killed.has(name));
    expect(alive.map(({ name }) => name)).toEqual([]);
  });
});

describe('an equivalent departure', () => {
  it.each(equivalents.map(({ name }) => name))('%s breaks nothing', async (name) => {
    expect([...(await brokenBy(name, 1500)).keys()]).toEqual([]);
  });
});
