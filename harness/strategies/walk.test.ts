import { expect, it } from 'vitest';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { Machine } from '../run/machine';
import { noLoss, type ToyWorld, toy } from '../testing/counter';
import { RandomWalk } from './walk';

/** In how many of a thousand runs an addition is lost, with these fragilities of its two lines. */
function lost(read: number, write: number): number {
  const { code } = build(toy, findVariant(toy, 'plain'));
  const fragilities = new Map([
    ['seen = value', read],
    ['value = seen + 1', write],
  ]);
  const fragility = Uint8Array.from(code.lines, ({ text }) => fragilities.get(text) ?? 0);
  const world = toy.createWorld(1);
  const fragile = { ...code, fragility };
  const machine = new Machine(fragile, world, [noLoss], 500);
  const walk = new RandomWalk<ToyWorld>();
  let count = 0;
  for (let seed = 0; seed < 1000; seed++) {
    toy.reset(world, fragile);
    walk.newRun(seed);
    machine.run(walk, { broken: () => ++count > 0, met: () => {} });
  }
  return count;
}

it('whoever is left at a 3 goes on when somebody else comes to a 2, in every run', () => {
  const [nowhere, given, waited] = [lost(0, 0), lost(1, 2), lost(3, 2)];
  expect(given).toBeGreaterThan(nowhere);
  expect(waited).toBeGreaterThan(1.2 * given);
});
