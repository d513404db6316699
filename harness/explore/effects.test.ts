import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Journal } from '../language/journal';
import { Effects, Prospects } from './effects';

const CELLS = 70;
const IGNORED = 69;
const writes = fc.array(fc.tuple(fc.nat(CELLS - 1), fc.nat(300)), { maxLength: 8 });
const block = fc.array(fc.nat(300), { minLength: CELLS, maxLength: CELLS }).map((cells) => Int16Array.from(cells));

/** Makes a move in `s`. */
function move(journal: Journal, s: Int16Array, made: readonly (readonly [number, number])[]): void {
  journal.begin();
  for (const [cell, value] of made) {
    journal.note(cell, s[cell]!);
    s[cell] = value;
  }
}

it('an effect adds to the fingerprint what the move changes, and is kept once', () => {
  fc.assert(
    fc.property(block, writes, (s, made) => {
      const effects = new Effects(CELLS, [IGNORED]);
      const journal = new Journal(CELLS);
      const before = s.slice();
      const [low, high] = effects.fingerprint(s);
      move(journal, s, made);
      const effect = effects.intern(journal, s);
      const { pool, starts } = effects.kept;
      const at = starts[effect]!;
      expect([(low + pool[at]!) | 0, (high + pool[at + 1]!) | 0]).toEqual(effects.fingerprint(s));
      const expected = before.slice();
      for (let i = at + 2; i < starts[effect + 1]!; i++) expected[pool[i]! >>> 16] = pool[i]! & 0xffff;
      expected[IGNORED] = s[IGNORED]!;
      expect(expected).toEqual(s);
      journal.takeBack(s);
      expect(s).toEqual(before);
      move(journal, s, made);
      expect(effects.intern(journal, s)).toBe(effect);
      expect(effects.kept.count).toBe(1);
    }),
  );
});

it('a prospect outlives the moves that write none of its cells, and no others', () => {
  fc.assert(
    fc.property(block, writes, fc.uniqueArray(fc.nat(CELLS - 1)), (s, made, cells) => {
      const effects = new Effects(CELLS, []);
      const prospects = new Prospects(effects, 1);
      const journal = new Journal(CELLS);
      for (const cell of cells) journal.mark(cell);
      const prospect = prospects.intern(new Int32Array(1), 1, journal.touched);
      const before = s.slice();
      move(journal, s, made);
      const effect = effects.intern(journal, s);
      expect(prospects.outlives(prospect, effect)).toBe(cells.every((cell) => s[cell] === before[cell]));
    }),
  );
});
