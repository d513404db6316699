import { describe, expect, it } from 'vitest';
import { FastRandom } from '../base/random';
import type { Finding } from '../find/finding';
import { build } from '../language/build';
import type { Project } from '../language/project';
import { findVariant } from '../language/variants';
import { portfolio } from '../strategies';
import { noHang, noLoss, reachesTwo, small, type ToyWorld, toy } from '../testing/counter';
import { type CampaignOptions, campaign, inPlace, type Summary } from './campaign';
import type { Executor } from './executor';
import { Ledger } from './ledger';

const project: Project<ToyWorld, number> = { model: toy, claims: [small, noLoss, noHang, reachesTwo], known: [] };
const built = build(toy, findVariant(toy, 'plain'));
const options: CampaignOptions<number> = { seed: 'a', budget: { runs: 10_000 }, maxSteps: 500, stopAtFirst: false };

interface Outcome {
  readonly findings: Finding<number>[];
  readonly summary: Summary;
}

async function outcome(
  changes: Partial<CampaignOptions<number>> = {},
  executor?: Executor<number>,
  written?: (ledger: Ledger<number>, seconds: number) => void,
  isStopped = () => false,
): Promise<Outcome> {
  const findings: Finding<number>[] = [];
  const hooks = {
    finding: (it: Finding<number>) => findings.push(it) > 0,
    progress: () => {},
    isStopped,
    ...(written && { written }),
  };
  const summary = await campaign(project, built, { ...options, ...changes }, hooks, executor);
  return { findings, summary: { ...summary, seconds: 0 } };
}

/** Several at once, who are done in any order. */
function scrambled(width: number, seed: number): Executor<number> {
  const { runBatch, finish } = inPlace(project, built, options, () => false);
  const random = new FastRandom();
  random.seed(seed);
  const wait = async () => {
    for (let turns = random.next() % 8; turns > 0; turns--) await new Promise(setImmediate);
  };
  return {
    width,
    runBatch: async (spec) => {
      // What it was told when it was sent, and not what is known by now.
      const copy = { ...spec, seen: new Set(spec.seen), told: new Set(spec.told), met: new Set(spec.met) };
      await wait();
      return runBatch(copy);
    },
    finish: async (hit) => {
      await wait();
      return finish(hit);
    },
  };
}

describe('a campaign', () => {
  it('finds what there is to find, and counts', async () => {
    const { findings, summary } = await outcome();
    expect(findings.map(({ entry }) => entry.property).sort()).toEqual(['noLoss', 'small']);
    expect(summary).toMatchObject({ runs: 10_000, goals: { met: ['two'], unmet: [] }, interrupted: false });
    expect(Object.values(summary.strategies).reduce((sum, { runs }) => sum + runs, 0)).toBe(10_000);
  });

  it.each([
    [1, 1],
    [3, 2],
    [16, 3],
    [500, 4],
  ])('comes to the same with %i at work, whoever is done first', async (width, seed) => {
    expect(await outcome({}, scrambled(width, seed))).toEqual(await outcome());
  });

  it('ends at the first finding, and comes to the same', async () => {
    const changes = { stopAtFirst: true };
    const first = await outcome(changes);
    expect(first.findings).toHaveLength(1);
    expect(await outcome(changes, scrambled(8, 5))).toEqual(first);
  });

  it('can be left at any batch, and gone on with as if nothing had been', async () => {
    const whole = await outcome();
    for (const at of [0, 1, 77, 200]) {
      let saved = new Ledger<number>('a', portfolio).save(toy);
      let batches = 0;
      const before = await outcome(
        {},
        scrambled(4, at),
        (ledger) => {
          if (++batches === at) saved = ledger.save(toy);
        },
        () => batches >= at + 3,
      );
      expect(before.summary.interrupted).toBe(true);
      const ledger = new Ledger<number>('a', portfolio);
      ledger.restore(toy, saved);
      expect(ledger.save(toy)).toBe(saved);
      const after = await outcome({ from: { ledger, seconds: 0 } }, scrambled(2, at));
      expect(after.summary).toEqual(whole.summary);
      const all = [...before.findings, ...after.findings].map(({ token }) => token);
      expect(new Set(all)).toEqual(new Set(whole.findings.map(({ token }) => token)));
    }
  });

  it('stops when it is told to, and says so', async () => {
    let asked = 0;
    const { summary } = await outcome({}, undefined, undefined, () => ++asked > 3);
    expect(summary).toMatchObject({ interrupted: true });
    expect(summary.runs).toBeLessThan(10_000);
  });

  it('runs exactly as many runs as it may', async () => {
    expect((await outcome({ budget: { runs: 1 } })).summary.runs).toBe(1);
    expect((await outcome({ budget: { runs: 33 } }, scrambled(4, 1))).summary.runs).toBe(33);
  });
});
