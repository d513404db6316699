import type { Code } from '../language/link';
import type { World } from '../language/world';
import { Machine } from '../run/machine';

/**
 * Visits every state that can be reached from the world's present one, each once, breadth first; returns how many there
 * are. Keeps whole states, so that it is exact and only good for small worlds: what tests compare other things with.
 * Lines that are `isElided` are executed together with the line before them. Throws a RangeError when there are more
 * states than `limit`.
 */
export function reach<W extends World>(
  code: Code<W>,
  world: W,
  limit: number,
  visit: (world: W) => void,
  isElided: Uint8Array = new Uint8Array(code.lines.length),
): number {
  const machine = new Machine(code, world, [], 1);
  const seen = new Set<string>();
  const queue: Int16Array[] = [];
  const add = () => {
    for (const index of world.notes) world.s[index] = 0;
    const key = Buffer.from(world.s.buffer, world.s.byteOffset, world.s.byteLength).toString('latin1');
    if (seen.has(key)) return;
    if (seen.size === limit) throw new RangeError(`more than ${limit} states`);
    seen.add(key);
    queue.push(world.s.slice());
    visit(world);
  };
  const settle = (mover: number) => {
    while (isElided[machine.look(mover)] === 1) machine.step(mover, 0);
  };
  for (let mover = 0; mover < world.moverCount; mover++) settle(mover);
  add();
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at]!;
    for (let mover = 0; mover < world.moverCount; mover++) {
      world.s.set(state);
      if (!machine.canMove(mover)) continue;
      const count = code.ways[machine.look(mover)]?.(world) ?? 1;
      for (let way = 0; way < Math.max(1, count); way++) {
        world.s.set(state);
        machine.step(mover, way);
        settle(mover);
        add();
      }
    }
  }
  return seen.size;
}
