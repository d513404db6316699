import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../language/build';
import type { Claim } from '../language/property';
import { findVariant } from '../language/variants';
import { RandomWalk } from '../strategies/walk';
import { noHang, noLoss, reachesTwo, small, type ToyWorld, toy } from '../testing/counter';
import { Machine } from './machine';
import { TapePlayer } from './players';

function run(variantName: string, rounds: number, tape: readonly number[], claims: readonly Claim<ToyWorld>[]) {
  const { code } = build(toy, findVariant(toy, variantName));
  const world = toy.createWorld(rounds);
  const machine = new Machine(code, world, claims, 1000);
  toy.reset(world, code);
  const broken: string[] = [];
  const met: string[] = [];
  const trace: string[] = [];
  const verdict = machine.run(new TapePlayer(tape), {
    broken: (property, cause) => {
      broken.push(`${property.name}: ${cause}`);
      return property.strength === 'discipline';
    },
    met: (goal) => met.push(goal.name),
    step: (mover, pc) => {
      if (code.isLocal[pc] === 0) trace.push(`M${mover} ${code.describe(pc).line}`);
    },
  });
  return { verdict, broken, met, trace, value: world.counter.value, machine };
}

describe('a run', () => {
  it('lets the same mover go on for 0 and switches for 1', () => {
    expect(run('plain', 1, [0, 1], []).trace).toEqual([
      'M0 seen = value',
      'M1 seen = value',
      'M1 value = seen + 1',
      'M0 value = seen + 1',
    ]);
  });

  it('loses an addition between read and write, and calls that stuck', () => {
    const { verdict, broken, value } = run('plain', 1, [0, 1], [noLoss, noHang]);
    expect({ verdict, broken, value }).toEqual({ verdict: 'stuck', broken: ['noLoss: an addition is lost'], value: 1 });
  });

  it('holds under the empty tape', () => {
    const { verdict, broken, value } = run('plain', 1, [], [noLoss, noHang]);
    expect({ verdict, broken, value }).toEqual({ verdict: 'holds', broken: [], value: 2 });
  });

  it('is stuck where nobody can move and somebody is not done', () => {
    const { verdict, broken } = run('hung', 1, [], [noHang]);
    expect({ verdict, broken }).toEqual({ verdict: 'stuck', broken: ['noHang: somebody waits'] });
  });

  it('ends where the listener says so', () => {
    const { verdict, broken, machine } = run('plain', 2, [], [small]);
    expect(verdict).toBe('broken');
    expect(broken).toEqual(['small: it is 3 or more']);
    expect(machine.tapeLength).toBe(7);
  });

  it('is cut short at its limit', () => {
    const { code } = build(toy, findVariant(toy, 'plain'));
    const world = toy.createWorld(3);
    const machine = new Machine(code, world, [small], 5);
    toy.reset(world, code);
    expect(machine.run(new TapePlayer([]), { broken: () => false, met: () => {} })).toBe('cut short');
    expect(machine.steps).toBe(5);
  });

  it('goes on in fair turns behind its limit, if somebody asks where it comes to rest', () => {
    const { code } = build(toy, findVariant(toy, 'plain'));
    const world = toy.createWorld(3);
    const machine = new Machine(code, world, [small, noLoss], 5);
    toy.reset(world, code);
    const broken: string[] = [];
    const listener = { broken: (it: { name: string }) => broken.push(it.name) < 0, met: () => {} };
    expect(machine.run(new TapePlayer([]), listener)).toBe('holds');
    expect(world.counter.value).toBe(6);
    // The counter went above 3 on the way, which is not told: no tape would repeat it.
    expect(broken).toEqual([]);
  });

  it('ends behind the limit that it is given, and asks nobody for rest', () => {
    const { code } = build(toy, findVariant(toy, 'hung'));
    const world = toy.createWorld(3);
    const machine = new Machine(code, world, [noLoss], 1000);
    const runTo = (limit: number) => {
      toy.reset(world, code);
      return machine.run(new TapePlayer([]), { broken: () => expect.unreachable(), met: () => {} }, limit);
    };
    expect(runTo(7)).toBe('cut short');
    expect(machine.steps).toBe(7);
  });

  it('meets goals, and stops asking about the forgotten ones', () => {
    expect(run('plain', 1, [], [reachesTwo]).met).toEqual(['two']);
    const { code } = build(toy, findVariant(toy, 'plain'));
    const world = toy.createWorld(1);
    const machine = new Machine(code, world, [reachesTwo], 1000);
    machine.forget(reachesTwo);
    toy.reset(world, code);
    machine.run(new TapePlayer([]), { broken: () => false, met: () => expect.unreachable() });
    expect(machine.judged[0]).toBe(0);
  });

  it('judges a property only at the lines that write what it watches', () => {
    const { machine } = run('locked', 1, [], [small]);
    expect(machine.judged[0]).toBe(4);
  });

  it('is repeated exactly by its own tape', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('plain', 'locked', 'hung'), (seed, name) => {
        const { code } = build(toy, findVariant(toy, name));
        const once = (scheduler: RandomWalk<ToyWorld> | TapePlayer<ToyWorld>) => {
          const world = toy.createWorld(2);
          const machine = new Machine(code, world, [], 1000);
          toy.reset(world, code);
          const trace: number[] = [];
          machine.run(scheduler, { broken: () => false, met: () => {}, step: (mover, pc) => trace.push(mover, pc) });
          return { trace, tape: [...machine.tape.subarray(0, machine.tapeLength)], state: [...world.s] };
        };
        const walk = new RandomWalk<ToyWorld>();
        walk.newRun(seed);
        const first = once(walk);
        expect(once(new TapePlayer(first.tape))).toEqual(first);
      }),
    );
  });

  it('finds every way the two movers can interleave', () => {
    const { code } = build(toy, findVariant(toy, 'plain'));
    const ends = new Set<string>();
    const walk = new RandomWalk<ToyWorld>();
    for (let seed = 0; seed < 500; seed++) {
      const world = toy.createWorld(1);
      const machine = new Machine(code, world, [], 1000);
      toy.reset(world, code);
      walk.newRun(seed);
      const order: number[] = [];
      machine.run(walk, {
        broken: () => false,
        met: () => {},
        step: (mover, pc) => {
          if (code.isLocal[pc] === 0) order.push(mover);
        },
      });
      ends.add(order.join(''));
    }
    expect([...ends].sort()).toEqual(['0011', '0101', '0110', '1001', '1010', '1100']);
  });
});
