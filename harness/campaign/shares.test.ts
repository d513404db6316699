import { expect, it } from 'vitest';
import { Shares } from './shares';

const nothing = { runs: 1, steps: 1_000_000, states: 0, bugs: 0 };

/** How often each of two strategies is chosen in a round, when the first earns so much in every batch. */
function chosen(states: number, bugs: number): number[] {
  const shares = new Shares(['first', 'second']);
  const counts = [0, 0];
  for (let batch = 0; batch < 640; batch++) {
    const index = shares.next(Math.imul(batch, 0x9e3779b1));
    if (batch >= 576) counts[index]!++;
    shares.earn(index, index === 0 ? { ...nothing, states, bugs } : nothing);
  }
  return counts;
}

it('gives more to what earns more, and something to everybody', () => {
  const [first, second] = chosen(100, 0);
  expect(first).toBeGreaterThan(52);
  expect(second).toBeGreaterThan(0);
  expect(chosen(0, 5)[0]).toBeGreaterThan(52);
});

it('gives the same to those that earn the same', () => {
  for (const count of chosen(0, 0)) expect(Math.abs(count - 32)).toBeLessThan(12);
});

it('adds up what each has earned', () => {
  const shares = new Shares(['only']);
  shares.earn(0, { runs: 2, steps: 30, states: 4, bugs: 1 });
  shares.earn(0, { runs: 1, steps: 5, states: 0, bugs: 0 });
  expect(shares.total).toEqual({ only: { runs: 3, steps: 35, states: 4, bugs: 1 } });
});
