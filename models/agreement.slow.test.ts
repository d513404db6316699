import { describe, expect, it } from 'vitest';
import { campaign } from '../harness/campaign/campaign';
import { always } from '../harness/language';
import { build } from '../harness/language/build';
import { project } from '../main';
import type { Runtime } from './runtime';
import { mKind, verdict } from './words';

/**
 * What a runtime shows that has the debug check on and frees stacks at once: whether the check throws, and whether a
 * walk of the tracer's reads frames that were freed. A program on real Go can be held against each row.
 */
const throws = always<Runtime>({
  name: 'throws',
  strength: 'harm',
  sentence: 'the check does not throw',
  on: [mKind.col.check],
  check: (w) => (w.m.check === verdict('throws') ? 'it does' : undefined),
});

const freed = always<Runtime>({
  name: 'freed',
  strength: 'harm',
  sentence: 'no walk of the tracer reads freed frames',
  on: [mKind.col.walkReads],
  check: ({ m }) => {
    const isFreed = m.walked !== undefined && m.walkReads && m.reader === 0 && m.walkEpoch !== 1 + m.walked.epoch;
    return isFreed ? 'it does' : undefined;
  },
});

const RUNS = 5000;
const seen = async (name: string): Promise<string> => {
  const found = new Set<string>();
  const variant = project.model.variants.find((it) => it.name === name)!;
  await campaign(
    { ...project, claims: [throws, freed] },
    build(project.model, variant),
    {
      ...{ seed: '1', budget: { runs: RUNS }, maxSteps: 6000, stopAtFirst: false, shrinks: false },
      isIgnored: () => false,
    },
    {
      finding: ({ entry: { property } }) => void found.add(property),
      progress: () => {},
      isStopped: () => found.size === 2,
    },
  );
  return ['throws', 'freed'].map((it) => (found.has(it) ? it : '-')).join(' ');
};

/** Each hunk taken back, entries of the table, what the debug check would say of presets. */
const names = project.model.variants
  .filter(({ name, equivalent }) => /^(?:H\d|commit|parent|go1)/.test(name) && equivalent === undefined)
  .map(({ name }) => name);

describe('what a watching runtime shows', () => {
  it('is, for each variant, that the check throws, that freed frames are read, both or neither', async () => {
    const rows: Record<string, string> = {};
    for (const name of names) rows[name] = await seen(name);
    expect(rows).toMatchInlineSnapshot(`
      {
        "H0": "throws freed",
        "H12": "throws freed",
        "H13": "throws freed",
        "H14": "throws freed",
        "H17-FlushProcCaches": "throws -",
        "H17-GCAssistMarking": "throws freed",
        "H17-GCWorkerActive": "throws freed",
        "H17-GarbageCollection": "throws -",
        "H17-StoppingTheWorld": "throws freed",
        "H17-TraceGoroutineStatus": "throws freed",
        "H17-TraceProcStatus": "- -",
        "H17-asserted-GCAssistMarking": "throws freed",
        "H17-asserted-GCWorkerActive": "throws freed",
        "H17-asserted-GarbageCollection": "throws -",
        "H17-asserted-StoppingTheWorld": "throws freed",
        "H17-asserted-TraceGoroutineStatus": "throws freed",
        "H18": "- freed",
        "H2": "throws -",
        "H20": "- freed",
        "H21": "throws -",
        "H3": "throws freed",
        "commit": "- -",
        "go1.22": "- freed",
        "go1.23": "- -",
        "go1.24": "- -",
        "go1.25": "- -",
        "go1.26": "- -",
        "go1.27": "- -",
        "parent": "- freed",
      }
    `);
  });
});
