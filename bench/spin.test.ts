import { describe, expect, it } from 'vitest';
import { hasSpin, ours, spins } from './spin';

describe('the cast that SPIN visits, too', () => {
  it.each([
    [1, 632, 1144],
    [2, 21248, 58066],
    [3, 570752, 2091668],
  ])(
    'has the same states and transitions with %i sleepers',
    async (count, states, transitions) => {
      expect(await ours(count)).toMatchObject({ states, transitions });
      if (hasSpin()) expect(spins(count)).toMatchObject({ states, transitions });
    },
    60_000,
  );
});
