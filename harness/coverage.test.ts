import { expect, it } from 'vitest';
import { Coverage } from './coverage';
import { type ToyWorld, toy } from './toy';

/** Shows runs that pass through these values of the counter. */
function cover(...runs: number[][]): Coverage<ToyWorld> {
  const coverage = new Coverage(toy.abstraction);
  const world = toy.createWorld(1);
  for (const values of runs) {
    coverage.beginRun();
    for (const value of values) {
      world.counter.value = value;
      expect(coverage.claim.check(world)).toBe(false);
    }
  }
  return coverage;
}

it('counts states once, and what a run has seen first', () => {
  const coverage = cover([0, 1, 0], [1, 2, 3]);
  expect(coverage.size).toBe(4);
  expect(coverage.fresh).toBe(2);
  expect(cover([0, 1], [1, 0]).fresh).toBe(0);
});

it('estimates the chance of a new state from those that one run alone has seen', () => {
  expect(cover().chanceOfNew(1)).toBe(1);
  // 2 and 3 are single, in 4 runs.
  expect(cover([0, 1], [0, 1], [2, 0], [3, 1]).chanceOfNew(1)).toBeCloseTo(2 / 4);
  expect(cover([0, 1], [0, 1]).chanceOfNew(1000)).toBe(0);
  expect(cover([0], [0], [0], [1]).chanceOfNew(2)).toBeCloseTo(1 - (3 / 4) ** 2);
});
