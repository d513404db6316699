import { describe, expect, it } from 'vitest';
import { build } from '../language/build';
import type { Claim } from '../language/property';
import { findVariant } from '../language/variants';
import { type Memory, traced } from '../language/world';
import { Machine } from '../run/machine';
import { StepPlayer, stepsOf } from '../run/players';
import { noHang, noLoss, reachesTwo, small, type ToyWorld, toy } from '../testing/counter';
import { reach } from '../testing/reach';
import { type ExploreOptions, explore } from './search';

const LIMITS: ExploreOptions = {
  isReduced: true,
  maxStates: 1e6,
  maxBytes: 1e9,
  isStopped: () => false,
  progress: () => {},
};

async function search(
  variant: string,
  rounds: number,
  claims: Claim<ToyWorld>[],
  options: Partial<ExploreOptions> = {},
  memory: Memory | undefined = traced,
) {
  const { code } = build(toy, findVariant(toy, variant));
  const world = toy.createWorld(rounds, memory);
  toy.reset(world, code);
  return { world, code, ...(await explore(code, world, claims, { ...LIMITS, ...options })) };
}

describe('a search of the toy', () => {
  it.each([
    ['plain', 1, 13],
    ['plain', 2, 75],
    ['plain', 3, 305],
    ['locked', 3, 181],
    ['hung', 3, 7],
  ])(
    'of %s with %i additions visits %i states, as many as one that keeps whole states',
    async (variant, rounds, states) => {
      const found = await search(variant, rounds, []);
      expect(found).toMatchObject({ states, end: 'complete' });
      expect(reach(found.code, found.world, 1000, () => {}, found.isElided)).toBe(states);
    },
  );

  it.each(['plain', 'locked', 'hung'])(
    'of %s is the same where moves are executed anew in every state',
    async (variant) => {
      const claims = [noLoss, noHang, small, reachesTwo];
      const [inherited, anew] = [await search(variant, 3, claims), await search(variant, 3, claims, {}, undefined)];
      const told = ({ states, transitions, depth, breaks, met }: typeof anew) => ({
        states,
        transitions,
        depth,
        breaks,
        met,
      });
      expect(told(inherited)).toEqual(told(anew));
    },
  );

  it('finds the lost addition in the fewest moves, and its path does so again', async () => {
    const { breaks, world, code, isElided } = await search('plain', 1, [noLoss]);
    expect(breaks).toHaveLength(1);
    // Each reads, then each writes; both are over then, which one more look finds out.
    expect(breaks[0]!.path.map(({ mover }) => mover)).toEqual([0, 1, 0, 1]);
    const machine = new Machine(code, world, [noLoss], 100);
    const broken: string[] = [];
    const steps = stepsOf(machine, breaks[0]!.path, isElided);
    toy.reset(world, code);
    machine.run(new StepPlayer(steps), {
      broken: (property) => broken.push(property.name) > 0,
      met: () => {},
    });
    expect(broken).toEqual(['noLoss']);
  });

  it('proves that the lock keeps them apart', async () => {
    expect((await search('locked', 3, [noLoss, noHang])).breaks).toEqual([]);
  });

  it('finds where nobody can move', async () => {
    const { breaks } = await search('hung', 1, [noHang]);
    expect(breaks.map(({ property, cause }) => [property.name, cause])).toEqual([['noHang', 'somebody waits']]);
  });

  it('judges every line, and says which goals were met', async () => {
    const { breaks, met } = await search('locked', 2, [small, reachesTwo]);
    expect(breaks.map(({ property }) => property.name)).toEqual(['small']);
    expect(met).toEqual([reachesTwo]);
  });

  it('ends at its limits, and says at which', async () => {
    expect(await search('plain', 3, [], { maxStates: 20 })).toMatchObject({ end: 'max-states' });
    expect(await search('plain', 3, [], { maxBytes: 1 })).toMatchObject({ end: 'memory' });
  });

  it('gives the world back as it was', async () => {
    const { code } = build(toy, findVariant(toy, 'plain'));
    const world = toy.createWorld(2);
    toy.reset(world, code);
    const before = world.s.slice();
    await explore(code, world, [], LIMITS);
    expect(world.s).toEqual(before);
    expect(world.journal).toBeUndefined();
  });

  it('can be stopped', async () => {
    let asked = 0;
    const { code } = build(toy, findVariant(toy, 'plain'));
    const world = toy.createWorld(3);
    toy.reset(world, code);
    const slow: Claim<ToyWorld> = {
      ...small,
      check: () => {
        const until = performance.now() + 10;
        while (performance.now() < until);
        return undefined;
      },
    };
    const { end } = await explore(code, world, [slow], {
      ...LIMITS,
      isStopped: () => {
        asked++;
        return true;
      },
    });
    expect(end).toBe(asked === 0 ? 'complete' : 'interrupted');
  });
});
