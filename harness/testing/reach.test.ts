import { expect, it } from 'vitest';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { toy } from './counter';
import { reach } from './reach';

const { code } = build(toy, findVariant(toy, 'plain'));

function start(rounds: number) {
  const world = toy.createWorld(rounds);
  toy.reset(world, code);
  return world;
}

it('visits every state once, and finds every value that the counter can have at rest', () => {
  const seen = new Set<string>();
  const values = new Set<number>();
  let visits = 0;
  const count = reach(code, start(1), 1000, (world) => {
    visits++;
    seen.add(world.s.join());
    values.add(world.counter.value);
  });
  expect(visits).toBe(count);
  expect(seen.size).toBe(count);
  expect([...values].sort()).toEqual([0, 1, 2]);
  expect(count).toBe(160);
});

it('gives up at its limit', () => {
  expect(() => reach(code, start(2), 10, () => {})).toThrow('more than 10 states');
});
