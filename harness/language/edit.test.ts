import { describe, expect, it } from 'vitest';
import { UsageError } from '../base/errors';
import { insertAfter, moveAfter, replace, without } from './edit';
import { wordsFor } from './line';
import { link } from './link';
import type { World } from './world';

const { line, group, iff, loop, leave, call, routine, numberLocal } = wordsFor<World>();

const f = routine(
  'f',
  'test',
  [],
  [line('a'), group('g', line('b'), line('c')), iff('x', () => true, [], [line('d')], [line('e')]), line('h')],
);

const listing = (it: typeof f) =>
  link([it])
    .listing.split('\n')
    .slice(1)
    .map((text) => text.trim());

function faultOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}\n${error.hint}`;
    throw error;
  }
  return 'none';
}

describe('an edit', () => {
  it('moves a line, or a group whole, behind another one', () => {
    expect(listing(moveAfter<World>('f', 'g', 'h').apply(f))).toEqual([
      'a',
      'if x',
      'd',
      'else',
      'e',
      'h',
      'g',
      'b',
      'c',
    ]);
    expect(listing(moveAfter<World>('f', 'a', 'd').apply(f))).toEqual([
      'g',
      'b',
      'c',
      'if x',
      'd',
      'a',
      'else',
      'e',
      'h',
    ]);
  });

  it('leaves lines out, also inside groups and branches', () => {
    expect(listing(without<World>('f', 'b').apply(f))).toEqual(['a', 'g', 'c', 'if x', 'd', 'else', 'e', 'h']);
    expect(listing(without<World>('f', 'if x').apply(f))).toEqual(['a', 'g', 'b', 'c', 'h']);
  });

  it('replaces a line by others', () => {
    expect(listing(replace<World>('f', 'e', line('e1'), line('e2')).apply(f))).toContain('e2');
  });

  it('leaves the routine that it was given alone', () => {
    const before = listing(f);
    without<World>('f', 'b').apply(f);
    expect(listing(f)).toEqual(before);
  });

  it('that names no line, or two, shows the real ones', () => {
    expect(faultOf(() => without<World>('f', 'z').apply(f))).toMatchInlineSnapshot(`
      "f has 0 lines "z", wanted one
      Its lines are:
        a
        g
          b
          c
        if x
          d
          e
        h"
    `);
    const twice = routine('twice', 'test', [], [line('a'), line('a')]);
    expect(() => without<World>('twice', 'a').apply(twice)).toThrow(
      'twice has 2 lines "a", wanted one (say a#1 or a#2)',
    );
  });

  it('names one of several equal lines by its number from the top, as the error lists them', () => {
    const twice = routine('twice', 'test', [], [line('a'), group('g', line('a'), line('b')), line('c')]);
    expect(listing(without<World>('twice', 'a#2').apply(twice))).toEqual(['a', 'g', 'b', 'c']);
    expect(listing(moveAfter<World>('twice', 'a#1', 'a#2').apply(twice))).toEqual(['g', 'a', 'a', 'b', 'c']);
    expect(listing(insertAfter<World>('twice', 'a#1', line('d')).apply(twice))).toEqual(['a', 'd', 'g', 'a', 'b', 'c']);
    expect(faultOf(() => without<World>('twice', 'a').apply(twice))).toMatchInlineSnapshot(`
      "twice has 2 lines "a", wanted one (say a#1 or a#2)
      Its lines are:
        a#1
        g
          a#2
          b
        c"
    `);
    expect(() => without<World>('twice', 'a#3').apply(twice)).toThrow('twice has 0 lines "a#3"');
  });

  it('tells apart the places of one node that is used in several', () => {
    const same = line('a');
    const it = routine('same', 'test', [], [same, group('g', same), same]);
    expect(listing(replace<World>('same', 'a#3', line('z')).apply(it))).toEqual(['a', 'g', 'a', 'z']);
  });

  it('does not move a group behind a part of itself', () => {
    expect(() => moveAfter<World>('f', 'g', 'c').apply(f)).toThrow('f: "c" is a part of "g"');
  });
});

describe('a routine', () => {
  it('has a slot for each of its locals', () => {
    const [a, b] = [numberLocal('a', 1), numberLocal('b', 1)];
    expect(() => routine('f', 'test', [a, b], [])).toThrow('f: its locals "a" and "b" have one slot, 1');
  });
});

describe('linking', () => {
  it('fails on a call of a routine that is not there', () => {
    expect(() => link([routine('f', 'test', [], [call('nobody')])])).toThrow(
      'f: "nobody()": no routine is called "nobody"',
    );
  });

  it('fails on two routines of one name, a jump outside a loop, and a loop without a line', () => {
    expect(() => link([f, f])).toThrow('two routines are called f');
    expect(() => link([routine('g', 'test', [], [leave])])).toThrow('"leave" outside a loop');
    expect(() => link([routine('g', 'test', [], [loop('for')])])).toThrow('g has a loop without a line');
  });

  it('calls a line local only if it waits for nobody and touches nothing shared', () => {
    const { isLocal } = link([routine('g', 'test', [], [line('local'), line('waits', { when: () => true })])]);
    expect([...isLocal]).toEqual([1, 1, 0, 1]);
  });
});
