import { describe, expect, it } from 'vitest';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { type ToyWorld, toy } from '../testing/counter';
import { Machine, type Scheduler } from './machine';
import { TapePlayer, TurnPlayer } from './players';

/** What any scheduler must do; a new one goes into this table. */
const schedulers: Record<string, (seed: number) => Scheduler<ToyWorld>> = {
  'tape player': (seed) => new TapePlayer([seed % 3, 0, 7, 200, seed % 2, 1]),
  'turn player': (seed) =>
    new TurnPlayer([
      { mover: seed % 2, pc: 1, times: seed % 3, ways: [] },
      { mover: 9, pc: 1, times: 0, ways: [] },
    ]),
};

describe.each(Object.keys(schedulers))('%s', (name) => {
  const { code } = build(toy, findVariant(toy, 'locked'));
  const play = (seed: number) => {
    const world = toy.createWorld(3);
    const machine = new Machine(code, world, [], 500);
    toy.reset(world, code);
    const steps: [number, number][] = [];
    const scheduler = schedulers[name]!(seed);
    const verdict = machine.run(scheduler, {
      broken: () => false,
      met: () => {},
      step: (mover, pc) => steps.push([mover, pc]),
    });
    return { verdict, steps };
  };

  it('makes the same schedule of the same seed', () => {
    for (let seed = 0; seed < 20; seed++) expect(play(seed)).toEqual(play(seed));
  });

  it('only moves movers that can move, and ends', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { verdict, steps } = play(seed);
      expect(verdict).toBe('holds');
      const world = toy.createWorld(3);
      const machine = new Machine(code, world, [], 500);
      toy.reset(world, code);
      for (const [mover, pc] of steps) {
        expect(machine.canMove(mover)).toBe(true);
        expect(machine.step(mover, 0)).toBe(pc);
      }
    }
  });
});
