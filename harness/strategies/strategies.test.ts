import { describe, expect, it } from 'vitest';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { Machine } from '../run/machine';
import { noHang, noLoss, type ToyWorld, toy } from '../testing/counter';
import { portfolio } from '.';
import { pctBound } from './pct';
import type { Searcher } from './strategy';

const sources = { programs: toy.programs, swarms: toy.swarms, corpus: [{ program: 2, tape: [0, 1, 0, 1, 1] }] };
const SEEDS = 200;

/** What any strategy must do; a new one is in the portfolio, and so in here. */
describe.each(portfolio)('$name', (strategy) => {
  /** Runs of one program, one after the other, as in a campaign. */
  function* runs(searcher: Searcher<ToyWorld, number>, variant: string, rounds: number, count = SEEDS) {
    const { code } = build(toy, findVariant(toy, variant));
    const world = toy.createWorld(rounds);
    const machine = new Machine(code, world, [noLoss, noHang], 500);
    for (let seed = 0; seed < count; seed++) {
      toy.reset(world, code);
      const steps: [number, number][] = [];
      const broken: string[] = [];
      searcher.scheduler.newRun(seed);
      const verdict = machine.run(searcher.scheduler, {
        broken: (property) => broken.push(property.name) > 0,
        met: () => {},
        step: (mover, pc) => steps.push([mover, pc]),
      });
      yield { verdict, steps, broken, tape: [...machine.tape.subarray(0, machine.tapeLength)] };
    }
  }
  const create = () => {
    const searcher = strategy.create<ToyWorld, number>();
    searcher.start(sources, 1);
    return searcher;
  };

  it('makes the same runs of the same seeds', () => {
    expect([...runs(create(), 'locked', 2)]).toEqual([...runs(create(), 'locked', 2)]);
  });

  it('only moves movers that can move, and comes to an end', () => {
    for (const { verdict, steps, broken } of runs(create(), 'locked', 3)) {
      expect({ verdict, broken }).toEqual({ verdict: 'holds', broken: [] });
      const { code } = build(toy, findVariant(toy, 'locked'));
      const world = toy.createWorld(3);
      const machine = new Machine(code, world, [], 500);
      toy.reset(world, code);
      for (const [mover, pc] of steps) {
        expect(machine.canMove(mover)).toBe(true);
        expect(machine.step(mover, 0)).toBe(pc);
      }
    }
  });

  it('takes one of the ways that there are', () => {
    const { scheduler } = create();
    for (let seed = 0; seed < 50; seed++) {
      scheduler.newRun(seed);
      for (const count of [2, 3, 7]) {
        const way = scheduler.way(count);
        expect(Number.isInteger(way) && way >= 0 && way < count).toBe(true);
      }
    }
  });

  it('ends where nobody can move', () => {
    for (const { broken } of runs(create(), 'hung', 1, 20)) expect(broken).toEqual(['noHang']);
  });

  it('finds the lost addition, and leaves no order out', () => {
    const all = [...runs(create(), 'plain', 1, 5 * SEEDS)];
    expect(all.some(({ broken }) => broken.includes('noLoss'))).toBe(true);
    // Who reads and writes first and last: 0 0 1 1, 0 1 0 1, 0 1 1 0 and their mirror images.
    expect(new Set(all.map(({ steps }) => orderOf(steps))).size).toBe(6);
  });

  it('starts from programs that there are, the same of the same seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { program } = strategy.create<ToyWorld, number>().start(sources, seed);
      expect([1, 2, 3]).toContain(program);
      expect(strategy.create<ToyWorld, number>().start(sources, seed).program).toBe(program);
    }
  });

  it('starts without a corpus, too', () => {
    const { program } = strategy.create<ToyWorld, number>().start({ ...sources, corpus: [] }, 5);
    expect([1, 2, 3]).toContain(program);
  });

  it('says what it is and where it is described', () => {
    expect(strategy.sentence).not.toBe('');
    expect(strategy.paper).not.toBe('');
  });
});

const { code: commit } = build(toy, findVariant(toy, 'plain'));

const orderOf = (steps: readonly [number, number][]): string =>
  steps
    .filter(([, pc]) => /value/.test(commit.describe(pc).line))
    .map(([mover]) => mover)
    .join('');

it('the bound of pct is the one of its paper', () => {
  expect(pctBound(4, 100, 3)).toBe(1 / 40_000);
});
