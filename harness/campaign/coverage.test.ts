import { expect, it } from 'vitest';
import { type ToyWorld, toy } from '../testing/counter';
import { Coverage, Sightings } from './coverage';

/** Shows runs that pass through these values of the counter. */
function sight(before: number[], ...runs: number[][]): Sightings<ToyWorld> {
  const sightings = new Sightings(toy.abstraction, new Set(before));
  const world = toy.createWorld(1);
  for (const values of runs) {
    sightings.beginRun();
    for (const value of values) {
      world.counter.value = value;
      expect(sightings.claim.check(world)).toBe(false);
    }
  }
  return sightings;
}

const cover = (...runs: number[][]): Coverage => {
  const coverage = new Coverage();
  coverage.add(0, runs.length, sight([], ...runs).count());
  return coverage;
};

it('tells what a run has seen first, here and as far as it was told', () => {
  expect(sight([], [0, 1, 0], [1, 2, 3]).fresh).toEqual([2, 3]);
  expect(sight([], [0, 1], [1, 0]).fresh).toEqual([]);
  expect(sight([3], [0, 1, 0], [1, 2, 3]).fresh).toEqual([2]);
});

it('tells what one run has seen from what several have', () => {
  expect(sight([9], [0, 1, 0], [1, 2, 9]).count()).toEqual({ once: [0, 2, 9], often: [1] });
});

it('adds up what batches have seen, in any parts', () => {
  const whole = cover([0, 1], [1, 2], [2, 3], [4]);
  const parts = cover([0, 1], [1, 2]);
  expect(parts.add(0, 2, sight([], [2, 3], [4]).count())).toBe(2);
  expect(parts.toJSON()).toEqual(whole.toJSON());
  const joined = cover([2, 3], [4]);
  joined.join(cover([0, 1], [1, 2]));
  expect(joined.toJSON()).toEqual(whole.toJSON());
  expect(Coverage.fromJSON(JSON.parse(JSON.stringify(parts))).toJSON()).toEqual(whole.toJSON());
  expect(parts.size).toBe(5);
});

it('estimates the chance of a new state from those that one run alone has seen', () => {
  expect(cover().newPerRun()).toEqual({ estimate: 1, low: 0, high: 1 });
  // 2 and 3 are single, in 4 runs.
  expect(cover([0, 1], [0, 1], [2, 0], [3, 1]).newPerRun().estimate).toBeCloseTo(2 / 4);
  expect(cover([0, 1], [0, 1]).newPerRun()).toMatchObject({ estimate: 0, low: 0 });
  // As tables of Wilson's interval have it for one in four.
  const { low, high } = cover([0], [0], [0], [1]).newPerRun();
  expect([low, high].map((it) => it.toFixed(3))).toEqual(['0.046', '0.699']);
});

it('tells how it came to that, whoever wrote it down first', () => {
  const batches = [
    [
      [0, 1],
      [1, 2],
    ],
    [[2]],
    [[3, 0]],
    [[3]],
  ];
  const parts = [new Coverage(), new Coverage()] as const;
  const whole = new Coverage();
  for (const [i, runs] of batches.entries())
    for (const it of [whole, parts[i % 2]!]) it.add(i, runs.length, sight([], ...runs).count());
  const growth = [
    { runs: 1, states: 3 },
    { runs: 3, states: 3 },
    { runs: 4, states: 4 },
    { runs: 5, states: 4 },
  ];
  expect(whole.growth()).toEqual(growth);
  parts[1].join(parts[0]);
  expect(parts[1].growth()).toEqual(growth);
  expect(new Coverage().growth()).toEqual([]);
});
