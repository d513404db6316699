import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Frontier } from './frontier';

/** A state as its parent's number and its writes, each a cell and a value. */
const CELLS = 40;

const history = fc.array(
  fc.record({
    parent: fc.nat(),
    writes: fc.array(fc.tuple(fc.nat(CELLS - 1), fc.constantFrom(0, 1, 5, 255, 256, 300, 32767)), { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 60 },
);

it('gives every state back as it was pushed, in whatever bytes it differs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 7, 300), { minLength: CELLS, maxLength: CELLS }),
      history,
      (cells, steps) => {
        const initial = Int16Array.from(cells);
        const frontier = new Frontier(initial, 1);
        frontier.begin(1, 2);
        const states = [initial];
        const block = initial.slice();
        const bytes = new Uint8Array(block.buffer);
        let expanded = 0;
        for (const [at, { parent, writes }] of steps.entries()) {
          const from = expanded + (parent % (states.length - expanded));
          const state = states[from]!.slice();
          for (const [cell, value] of writes) state[cell] = value;
          const packed = Int32Array.from(writes, ([cell, value]) => (cell << 16) | value);
          frontier.push(from, at, -at, packed, 0, writes.length);
          expect(frontier.known[frontier.knownAt(states.length)]).toBe(0);
          frontier.known[frontier.knownAt(states.length)] = at + 1;
          states.push(state);
          if (at % 3 !== 0) continue;
          // Some states are never loaded.
          if (at % 2 === 0) {
            frontier.load(expanded, bytes);
            expect(block).toEqual(states[expanded]);
          }
          frontier.freeBefore(++expanded);
        }
        for (; expanded < states.length; expanded++) {
          frontier.load(expanded, bytes);
          expect(block).toEqual(states[expanded]);
          expect(frontier.lowOf(expanded)).toBe(expanded === 0 ? 1 : expanded - 1);
          expect(frontier.known[frontier.knownAt(expanded)]).toBe(expanded);
        }
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

it('grows beyond the room that it begins with, in states and in bytes', () => {
  const initial = new Int16Array(200);
  const frontier = new Frontier(initial, 2);
  frontier.begin(0, 0);
  for (let i = 0; i < 5000; i++) {
    frontier.push(i, i, 0, Int32Array.of(((i % 200) << 16) | i), 0, 1);
  }
  const block = initial.slice();
  const bytes = new Uint8Array(block.buffer);
  const state = initial.slice();
  for (let i = 0; i <= 5000; i++) {
    frontier.load(i, bytes);
    expect(block).toEqual(state);
    if (i > 0) frontier.freeBefore(i);
    state[i % 200] = i;
  }
});
