import { describe, expect, it } from 'vitest';
import { budgetOf, settings, settingsSchema, settled, sharedNames, sharedOf, wholeNumber } from './settings';

describe('the settings of a campaign', () => {
  it('are all there once some were given, by the mode', () => {
    const once = settled({ seed: '1' });
    expect(once).toMatchObject({
      mode: 'once',
      for: '30s',
      variant: null,
      property: '*',
      keepGoing: true,
      cache: null,
    });
    expect(Object.keys(once).sort()).toEqual(Object.keys(settings).sort());
    expect(settingsSchema.parse(once)).toEqual(once);
    expect(settled({ mode: 'nightly' })).toMatchObject({
      for: '1h',
      seed: expect.stringMatching(/^nightly-\d{4}-\d\d-\d\d$/),
    });
    expect(settled({ mode: 'nightly', for: '5x' }).for).toBe('5x');
    expect(settled({ mode: 'change' }).seed).toMatch(/^change-[0-9a-f]{12}$/);
  });

  it('are refused where two exclude each other', () => {
    expect(() => settled({ shard: { index: 1, of: 2 }, keepGoing: false })).toThrow(
      'a part (--shard) does not hear of',
    );
  });

  it('that parts share are those that reports say', () => {
    const all = settled({ seed: '1', shard: { index: 1, of: 2 }, cache: 'c' });
    expect(Object.keys(sharedOf(all))).toEqual([...sharedNames]);
    expect(sharedOf(all)).not.toHaveProperty('shard');
    expect(sharedOf(all)).not.toHaveProperty('cache');
  });

  it('are read from what was typed', () => {
    expect(budgetOf('90s')).toEqual({ ms: 90_000 });
    expect(budgetOf('10m')).toEqual({ ms: 600_000 });
    expect(budgetOf('2h')).toEqual({ ms: 7_200_000 });
    expect(budgetOf('1000x')).toEqual({ runs: 1000 });
    for (const bad of ['0s', '', '5', 's', '1000000000x', '-1s', '1.5h', '5 s'])
      expect(() => settings.for.parse!(bad)).toThrow('it wants a time (30s, 10m, 2h)');
    expect(() => settings.seed.parse!('a\nb')).toThrow('without control characters');
    expect(settings.shard.parse!('2/4')).toEqual({ index: 2, of: 4 });
    for (const bad of ['0/2', '3/2', '1/9', '1', 'a/b'])
      expect(() => settings.shard.parse!(bad)).toThrow('such as 2/4');
    expect(() => settings.strategy.parse!('none')).toThrow('no strategy is called "none"');
    expect(wholeNumber(1, 9)('5')).toBe(5);
    for (const bad of ['0', '10', '1e0', '', '2.0']) expect(() => wholeNumber(1, 9)(bad)).toThrow('from 1 to 9');
  });
});
