import { describe, expect, it } from 'vitest';
import { build } from '../harness/language/build';
import { findVariant, presetOf } from '../harness/language/variants';
import { goRuntime } from './model';
import { operations } from './operations';
import { routines } from './routines';

describe('the listing', () => {
  it('of the commit: every routine, line by line, with what each line touches', async () => {
    const { code } = build(goRuntime, goRuntime.variants[0]!);
    await expect(`${code.listing}\n`).toMatchFileSnapshot('listing.txt');
  });

  it.each(goRuntime.variants.slice(1).map((variant) => [variant.name, variant] as const))(
    'of %s differs from what it departs from where it says',
    (_, variant) => {
      const edited = new Set(variant.edits.map(({ routine }) => routine));
      const listing = (name: string, it: ReturnType<typeof build>['code']) =>
        it.listing.split(/\n(?=\S)/).find((part) => part.startsWith(`${name}  `));
      const base = findVariant(goRuntime, variant.isPreset ? 'commit' : presetOf(goRuntime, variant));
      const commit = build(goRuntime, base).code;
      const { code } = build(goRuntime, variant);
      const changed = routines
        .map(({ name }) => name)
        .filter((name) => listing(name, code as never) !== listing(name, commit as never));
      expect(new Set(changed)).toEqual(new Set([...edited, ...(variant.gone ?? [])]));
    },
  );

  it('has a line for every operation', () => {
    const names = routines.map(({ name }) => name);
    for (const { routine } of operations) expect(names).toContain(routine);
  });
});
