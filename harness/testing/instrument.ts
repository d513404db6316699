import type { Column, View } from '../language/columns';
import type { Memory, World } from '../language/world';

/**
 * Cells that report every access, for tests that hold declarations against what lines really do.
 */
export const instrumented = (report: (index: number, writes: boolean) => void): Memory => ({
  cells: (length) => {
    const cells = new Int16Array(length);
    return new Proxy(cells, {
      get: (target, key) => {
        const index = typeof key === 'string' ? Number(key) : Number.NaN;
        if (!Number.isInteger(index)) {
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        report(index, false);
        return target[index];
      },
      set: (target, key, value) => {
        report(Number(key), true);
        target[Number(key)] = value;
        return true;
      },
    });
  },
});

/** Which cell an index of the block is, or undefined for a mover's or a strand's own cells. */
export function cellAt(
  world: World,
  kinds: readonly { kind: string; columns: readonly Column[]; size: number }[],
  index: number,
): { column: Column; actor: View } | undefined {
  for (const { kind, columns, size } of kinds)
    for (const actor of world.actors[kind] ?? []) {
      const offset = index - actor.at;
      if (offset < 0 || offset >= size) continue;
      return { column: columns[offset]!, actor };
    }
  return undefined;
}
