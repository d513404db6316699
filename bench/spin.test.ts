import { describe, expect, it } from 'vitest';
import { hasSpin, ours, spins } from './spin';

describe('the cast that SPIN visits, too', () => {
  it.each([
    [1, 598, 1080],
    [2, 18916, 51516],
    [3, 473752, 1728648],
  ])(
    'has the same states and transitions with %i sleepers',
    async (count, states, transitions) => {
      expect(await ours(count)).toMatchObject({ states, transitions });
      if (hasSpin()) expect(spins(count)).toMatchObject({ states, transitions });
    },
    60_000,
  );
});
