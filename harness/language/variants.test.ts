import { describe, expect, it } from 'vitest';
import { UsageError } from '../base/errors';
import { toy } from '../testing/counter';
import { build } from './build';
import { insertAfter, replace, rewriteRoutine, without } from './edit';
import { wordsFor } from './line';
import type { Variant } from './model';
import { findVariant, presetOf, variantsLike } from './variants';
import type { World } from './world';

const { line, routine } = wordsFor<World>();
const f = routine('f', 'test', [], [line('a'), line('b'), line('c')]);
const g = routine('g', 'test', [], [line('x')]);

const variant = (name: string, parts: Partial<Variant<World>> = {}): Variant<World> => ({
  ...{ name, sentence: `${name} happens`, source: 'test', edits: [], isPreset: false, breaks: [name.toUpperCase()] },
  ...parts,
});
const preset = (name: string, parts: Partial<Variant<World>> = {}) =>
  variant(name, { isPreset: true, breaks: [], ...parts });

const model = {
  ...(toy as unknown as import('./model').Model<World, number>),
  routines: [f, g],
  variants: [
    preset('first'),
    preset('next', { edits: [replace<World>('f', 'a', line('a2'))], more: [routine('h', 'test', [], [line('y')])] }),
    variant('noB', { edits: [without<World>('f', 'b')] }),
    variant('afterA', { edits: [insertAfter<World>('f', 'a', line('d'))] }),
    variant('newF', { edits: [rewriteRoutine<World>({ ...f, nodes: [line('e')] }, 'anew')] }),
    variant('noY', { base: 'next', edits: [without<World>('h', 'y')], unreachable: ['goal'] }),
    variant('nowhere', { edits: [without<World>('none', 'y')] }),
  ],
};
const listing = (name: string) =>
  build(model, findVariant(model, name))
    .code.listing.split('\n')
    .map((it) => it.trim())
    .join(' ');

describe('a variant', () => {
  it('goes by a pattern, too, if that names no other', () => {
    expect(findVariant(model, 'after*').name).toBe('afterA');
    expect(() => findVariant(model, 'no*')).toThrow('"no*" names 3 variants, and one is wanted here');
    expect(() => findVariant(model, 'x*')).toThrow(UsageError);
  });

  it('is planted in the first one, or in the preset that it names', () => {
    expect(listing('noB')).toBe('f  test a c g  test x');
    expect(listing('noY')).toBe('f  test a2 b c g  test x h  test');
    expect(presetOf(model, findVariant(model, 'noB'))).toBe('first');
    expect(presetOf(model, findVariant(model, 'noY'))).toBe('next');
    expect(presetOf(model, findVariant(model, 'next'))).toBe('next');
  });

  it('is composed of a preset and bugs, or of bugs alone', () => {
    expect(listing('next+noB')).toBe('f  test a2 c g  test x h  test y');
    expect(listing('noB+afterA')).toBe('f  test a d c g  test x');
    expect(listing('noY+noB')).toBe('f  test a2 c g  test x h  test');
    expect(findVariant(model, 'next+noB+noY')).toMatchObject({
      name: 'next+noB+noY',
      sentence: 'next happens; noB happens; noY happens',
      base: 'next',
      isPreset: false,
      breaks: ['NOB', 'NOY'],
      unreachable: ['goal'],
    });
  });

  it('that does not go together with another says so, and names both', () => {
    expect(() => listing('next+afterA')).toThrow(
      'next and afterA do not go together: both change f, of which afterA wants "d after a"',
    );
    expect(() => listing('noB+newF')).toThrow('noB and newF do not go together: both change f, of which newF wants');
    expect(() => listing('noB+noY')).toThrow('noY edits h, which does not exist');
    expect(() => listing('nowhere')).toThrow('nowhere edits none, which does not exist');
  });

  it('is refused where its name makes no sense', () => {
    expect(() => findVariant(model, 'noB+next')).toThrow('noB+next: next is a preset, and comes first');
    expect(() => findVariant(model, 'noB+noB')).toThrow('noB+noB: noB is there twice');
    expect(() => findVariant(model, 'next+none')).toThrow('no variant is called "none"');
    expect(() => findVariant(model, 'none')).toThrow('no variant is called "none"');
    expect(() => findVariant(model, '+')).toThrow('no variant is called ""');
  });

  it('is meant by its name or a pattern', () => {
    expect(variantsLike(model, 'no*').map(({ name }) => name)).toEqual(['noB', 'noY', 'nowhere']);
    expect(variantsLike(model, 'next+noB').map(({ name }) => name)).toEqual(['next+noB']);
    expect(() => variantsLike(model, 'z*')).toThrow('no variant is called "z*"');
  });
});
