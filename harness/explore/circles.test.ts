import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Transitions } from './circles';

/** Transitions from lists of children, one list a state. */
function from(children: readonly (readonly number[])[]): Transitions {
  const transitions = new Transitions();
  children.forEach((all, parent) => {
    for (const child of all) transitions.add(parent, child);
  });
  return transitions;
}

/** The states from which a walk leads back to themselves, found by walking. */
const comingBack = (children: readonly (readonly number[])[]): number[] =>
  children.flatMap((_, state) => {
    const seen = new Set<number>();
    const open = [...children[state]!];
    for (let it = open.pop(); it !== undefined; it = open.pop()) {
      if (seen.has(it)) continue;
      seen.add(it);
      open.push(...children[it]!);
    }
    return seen.has(state) ? [state] : [];
  });

describe('states on cycles', () => {
  it('are none in a tree or where ways meet', () => {
    expect(from([[1, 2], [3], [3], []]).onCycles(4)).toEqual([]);
  });

  it('are those that lead to themselves, and those that lead to each other', () => {
    expect(from([[1], [1, 2], [3], [4], [2], []]).onCycles(6)).toEqual([1, 2, 3, 4]);
  });

  it('are not those between two cycles', () => {
    expect(from([[0, 1], [2], [2]]).onCycles(3)).toEqual([0, 2]);
  });

  it('are those that walking finds', () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 3 }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(graph, (children) => {
        expect(from(children).onCycles(children.length)).toEqual(comingBack(children));
      }),
      { numRuns: 500 },
    );
  });

  it('are found in a way longer than a stack is deep', () => {
    const n = 200_000;
    const transitions = new Transitions();
    for (let i = 0; i < n; i++) transitions.add(i, (i + 1) % n);
    expect(transitions.onCycles(n)).toHaveLength(n);
  });
});
