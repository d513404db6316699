import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sequences } from './sequences';

it('names each sequence once, however many there are', () => {
  const sequence = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 400 }), (all) => {
      const sequences = new Sequences();
      const names = new Map<string, number>();
      for (const numbers of all) {
        const key = numbers.join(' ');
        const name = names.get(key) ?? names.size;
        names.set(key, name);
        expect(sequences.intern(Int32Array.from(numbers), numbers.length)).toBe(name);
      }
      for (const [key, name] of names) {
        const { pool, starts } = sequences;
        expect([...pool.subarray(starts[name], starts[name + 1])].join(' ')).toBe(key);
      }
    }),
    { numRuns: 50 },
  );
});

it('grows', () => {
  const sequences = new Sequences();
  const numbers = new Int32Array(3);
  for (let i = 0; i < 20_000; i++) {
    numbers[0] = i;
    expect(sequences.intern(numbers, 3)).toBe(i);
  }
  numbers[0] = 77;
  expect(sequences.intern(numbers, 3)).toBe(77);
  expect(sequences.count).toBe(20_000);
});
