import { FastRandom } from '../base/random';
import type { Column, View } from '../language/columns';
import type { Touch } from '../language/line';
import type { Code } from '../language/link';
import type { Model } from '../language/model';
import { STRAND_HEADER, STRAND_SIZE, type World } from '../language/world';
import { Machine } from '../run/machine';
import { cellAt, instrumented } from './instrument';

export interface Watching<W extends World, P> {
  readonly model: Pick<Model<W, P>, 'createWorld' | 'reset'>;
  readonly code: Code<W>;
  /** The kinds of actors that the world lays. */
  readonly kinds: readonly { readonly kind: string; readonly columns: readonly Column[]; readonly size: number }[];
  readonly programs: readonly P[];
  readonly seed: number;
  /** Whether an actor's own cells are those of the mover, which need no declaration. */
  isOwn(world: W, mover: number, actor: View, column: Column): boolean;
}

/** What the declarations of lines got wrong, a sentence each, sorted. */
export interface Watched {
  /** Accesses of cells that others can see, which the line does not declare. */
  readonly undeclared: readonly string[];
  /** Cells that were given a value beyond their column's range. */
  readonly outOfRange: readonly string[];
  /** Accesses of locals that the routine does not have. */
  readonly strayLocals: readonly string[];
  /** Declarations that no execution of their line has made use of. */
  readonly idle: readonly string[];
}

const STEPS = 3000;

/**
 * Runs programs line by line in a block that reports every access, and holds what each line does against what it
 * declares. Races, elision and reduction go by the declarations, so that they must not rot.
 */
export function watchTouches<W extends World, P>(watching: Watching<W, P>): Watched {
  const { model, code, kinds, programs, seed, isOwn } = watching;
  const undeclared = new Set<string>();
  const outOfRange = new Set<string>();
  const strayLocals = new Set<string>();
  const exercised = new Set<string>();
  const executed = new Set<number>();
  const random = new FastRandom();
  for (const [at, program] of programs.entries()) {
    let seen: { index: number; writes: boolean }[] | undefined;
    const memory = instrumented((index, writes) => seen?.push({ index, writes }));
    const world = model.createWorld(program, memory);
    const machine = new Machine(code, world, [], 1);
    model.reset(world, code);
    random.seed(seed + at);
    /** What a line may touch, with the actors as they are before it runs. */
    const declared = (touches: readonly Touch<W>[]) =>
      touches.map(({ column, writes, actor }) => ({ column, writes, actor: actor?.(world), any: !actor }));
    const judge = (pc: number, mover: number, allowed: ReturnType<typeof declared>) => {
      const { routine, line } = code.describe(pc);
      const all = seen ?? [];
      seen = undefined;
      for (const { index, writes } of all) {
        const cell = cellAt(world, kinds, index);
        if (cell === undefined) continue;
        const { column, actor } = cell;
        const isMine = isOwn(world, mover, actor, column);
        if (column.sharing === 'own' && isMine) continue;
        if (column.sharing === 'published' && isMine && !writes) continue;
        if ((column.sharing === 'ghost' || column.sharing === 'note') && !writes) continue;
        const match = allowed.find(
          (it) => it.column === column && (it.writes || !writes) && (it.any || it.actor === actor),
        );
        const what = `${routine}: ${line}  `;
        if (match === undefined) undeclared.add(`${what}${writes ? 'w' : 'r'} ${column.kind}.${column.name}`);
        else exercised.add(`${pc} ${column.kind}.${column.name}`);
        const value = world.s[actor.at + column.offset]!;
        if (value < 0 || value > column.max) outOfRange.add(`${what}${column.kind}.${column.name} = ${value}`);
      }
      // Who calls, returns or changes stacks writes frames that are not its own.
      if (code.lines[pc]!.calls === undefined && world.s[world.strand] !== 0 && line !== 'return')
        for (const { index } of all) {
          const isOfStrand = index >= world.strand + STRAND_HEADER && index < world.strand + STRAND_SIZE;
          if (isOfStrand && index >= world.frame + code.frameSizeAt[pc]!)
            strayLocals.add(`${routine}: ${line}  local ${index - world.frame}`);
        }
    };
    let mover = 0;
    for (let step = 0; step < STEPS; step++) {
      const isMovable = (index: number): boolean => {
        const pc = machine.look(index);
        const touches = declared(code.lines[pc]!.touches);
        seen = [];
        const can = machine.canMove(index);
        judge(pc, index, touches);
        return can;
      };
      const first = random.next() % world.moverCount;
      const others = Array.from({ length: world.moverCount }, (_, i) => (first + i) % world.moverCount);
      const next = (random.next() % 4 === 0 ? others : [mover, ...others]).find(isMovable);
      if (next === undefined) break;
      mover = next;
      const pc = machine.look(mover);
      const line = code.lines[pc]!;
      const allowed = declared(line.touches);
      const ways = line.ways?.(world) ?? 1;
      seen = [];
      machine.step(mover, ways > 1 ? random.next() % ways : 0);
      executed.add(pc);
      judge(pc, mover, allowed);
    }
  }
  return {
    undeclared: [...undeclared].sort(),
    outOfRange: [...outOfRange].sort(),
    strayLocals: [...strayLocals].sort(),
    idle: idleIn(code, executed, exercised),
  };
}

/** The slots of an array of columns are one thing. */
const plain = (column: string): string => column.replace(/\d$/, '');

function idleIn<W>(code: Code<W>, executed: ReadonlySet<number>, exercised: ReadonlySet<string>): string[] {
  const used = new Set([...exercised].map(plain));
  return code.lines.flatMap(({ touches, text }, pc) =>
    touches
      .filter(({ column }) => column.sharing === 'shared' && executed.has(pc))
      .filter(({ column: { kind, name } }) => !used.has(plain(`${pc} ${kind}.${name}`)))
      .map(({ column: { kind, name } }) => `${code.describe(pc).routine}: ${text}  ${kind}.${name}`),
  );
}
