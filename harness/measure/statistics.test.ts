import { describe, expect, it } from 'vitest';
import { FastRandom } from '../base/random';
import { chanceOfLuck, mannWhitney, medianOf, runsWanted } from './statistics';

describe('the median', () => {
  it('counts seeds without a finding as the latest', () => {
    expect(medianOf([30, 10, 20], 3)).toBe(20);
    expect(medianOf([10, 20], 4)).toBe(20);
    expect(medianOf([10], 4)).toBeUndefined();
    expect(medianOf([], 1)).toBeUndefined();
  });
});

describe('the test of Mann and Whitney', () => {
  // The expected values are those of SciPy's mannwhitneyu(a, b, method='asymptotic').
  it('agrees with SciPy without ties', () => {
    const a = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const b = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.061, 3.14, 1.2905];
    expect(mannWhitney(a, b).p).toBeCloseTo(0.13332, 5);
    expect(mannWhitney([1, 4, 2, 8, 5, 7], [9, 3, 10, 12, 11, 14]).p).toBeCloseTo(0.030639, 5);
  });

  it('agrees with SciPy with ties', () => {
    expect(mannWhitney([1, 1, 2, 3, 3, 4, 5, 5], [3, 4, 5, 5, 6, 6, 7, 8]).p).toBeCloseTo(0.014435, 5);
  });

  it('says nothing of equal samples, and is symmetric', () => {
    expect(mannWhitney([1, 2, 3], [1, 2, 3])).toEqual({ p: expect.closeTo(1, 5), less: 0.5 });
    expect(mannWhitney([5, 5], [5, 5])).toEqual({ p: 1, less: 0.5 });
    const [a, b] = [
      [1, 4, 2, 8, 5, 7],
      [9, 3, 10, 12, 11, 14],
    ];
    expect(mannWhitney(a!, b!).p).toBeCloseTo(mannWhitney(b!, a!).p, 10);
    expect(mannWhitney(a!, b!).less).toBeCloseTo(1 - mannWhitney(b!, a!).less, 10);
  });

  it('takes who found nothing for the last', () => {
    const never = Array<number>(10).fill(Number.POSITIVE_INFINITY);
    const { p, less } = mannWhitney([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], never);
    expect(p).toBeCloseTo(0.0000638644, 7);
    expect(less).toBe(1);
  });
});

describe('a sign-off', () => {
  it('is the chance that all hits fall before the fix', () => {
    expect(chanceOfLuck(1, 100, 100)).toBe(1 / 2);
    expect(chanceOfLuck(3, 100, 300)).toBe(1 / 64);
    expect(chanceOfLuck(5, 1000, 0)).toBe(1);
  });

  it('agrees with throwing hits into runs at random', () => {
    const random = new FastRandom();
    random.seed(1);
    let lucky = 0;
    const TRIES = 20_000;
    for (let i = 0; i < TRIES; i++) if ([0, 1, 2, 3].every(() => random.next() % 500 < 300)) lucky++;
    expect(lucky / TRIES).toBeCloseTo(chanceOfLuck(4, 300, 200), 2);
  });

  it('says how many clean runs are enough, and no more', () => {
    const wanted = runsWanted(3, 1000, 0.01);
    expect(chanceOfLuck(3, 1000, wanted)).toBeLessThanOrEqual(0.01);
    expect(chanceOfLuck(3, 1000, wanted - 1)).toBeGreaterThan(0.01);
  });
});
