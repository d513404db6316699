import { build, findVariant } from 'parkranger';
import { reach, watchTouches } from 'parkranger/testing';
import { expect, it } from 'vitest';
import { kinds, model } from './peterson';

const { code } = build(model, findVariant(model, 'peterson'));

it('declares what its lines touch', () => {
  const watched = watchTouches({ model, code, kinds, programs: [1, 2, 3], seed: 1, isOwn: () => false });
  expect(watched).toEqual({ undeclared: [], outOfRange: [], strayLocals: [], idle: [] });
});

it('has so many states, in which nobody is in the critical section beside the other', () => {
  const world = model.createWorld(2);
  model.reset(world, code);
  let together = 0;
  const states = reach(code, world, 10_000, (w) => {
    if (w.processes.every((it) => it.inside)) together++;
  });
  expect(states).toMatchInlineSnapshot(`912`);
  expect(together).toBe(0);
});
