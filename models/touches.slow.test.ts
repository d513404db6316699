import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FastRandom } from '../harness/base/random';
import { build } from '../harness/language/build';
import type { Column, View } from '../harness/language/columns';
import type { Touch } from '../harness/language/line';
import { type Code, link } from '../harness/language/link';
import { Machine } from '../harness/run/machine';
import { cellAt, instrumented } from '../harness/testing/instrument';
import { gKind, mKind, pKind, schedKind, semaKind, traceKind, workKind } from './cells';
import { goRuntime } from './model';
import { type Program, programs } from './program';
import { routines } from './routines';
import type { Runtime } from './runtime';

const kinds = [gKind, mKind, pKind, schedKind, traceKind, workKind, semaKind];

/** Programs in which somebody may take a P from a system call. */
const isStealing = ({ gs }: Program): boolean => {
  const all = gs.flatMap(({ ops }) => ops);
  return all.filter((op) => op === 'syscall').length > 2 && all.filter((op) => op === 'stopTheWorld').length > 1;
};

/** Programs in which somebody stops a world that others idle or loop in. */
const isStopping = ({ ms, gs }: Program): boolean => {
  const all = gs.flatMap(({ ops }) => ops);
  return ms > 2 && all.includes('stopTheWorld') && all.includes('busyLoop');
};

interface Observed {
  readonly column: Column;
  readonly actor: View;
  readonly writes: boolean;
}

/** Runs programs line by line in a block that reports every access, and collects what the declarations got wrong. */
function watch(code: Code<Runtime>, seed: number, programCount: number) {
  const undeclared = new Set<string>();
  const outOfRange = new Set<string>();
  const exercised = new Set<string>();
  const executed = new Set<number>();
  const random = new FastRandom();
  for (const [at, program] of [
    ...fc.sample(programs, { seed, numRuns: programCount }),
    ...fc.sample(programs.filter(isStealing), { seed, numRuns: programCount }),
    ...fc.sample(programs.filter(isStopping), { seed, numRuns: programCount / 2 }),
  ].entries()) {
    let seen: { index: number; writes: boolean }[] | undefined;
    const world = goRuntime.createWorld(
      program,
      instrumented((index, writes) => seen?.push({ index, writes })),
    ) as Runtime;
    const machine = new Machine(code, world, [], 1);
    world.reset(code);
    random.seed(seed + at);
    /** What a line may touch, with the actors as they are before it runs. */
    const declared = (touches: readonly Touch<Runtime>[]) =>
      touches.map((touch) => ({
        column: touch.column,
        writes: touch.writes,
        actor: touch.actor?.(world),
        any: !touch.actor,
      }));
    const judge = (pc: number, mover: number, allowed: ReturnType<typeof declared>) => {
      const position = code.describe(pc);
      const name = `${position.routine}: ${position.line}`;
      const me = world.ms[mover]!;
      const accesses = (seen ?? []).flatMap(({ index, writes }): Observed[] => {
        const cell = cellAt(world, kinds, index);
        return cell ? [{ ...cell, writes }] : [];
      });
      seen = undefined;
      for (const { column, actor, writes } of accesses) {
        const isMine = actor === me;
        if (column.sharing === 'own' && (column.kind !== 'M' || isMine)) continue;
        if (column.sharing === 'published' && isMine && !writes) continue;
        if ((column.sharing === 'ghost' || column.sharing === 'note') && !writes) continue;
        const match = allowed.find(
          (it) => it.column === column && (it.writes || !writes) && (it.any || it.actor === actor),
        );
        if (match === undefined) undeclared.add(`${name}  ${writes ? 'w' : 'r'} ${column.kind}.${column.name}`);
        else exercised.add(`${pc} ${column.kind}.${column.name}`);
        const value = world.s[actor.at + column.offset]!;
        if (value < 0 || value > column.max) outOfRange.add(`${name}  ${column.kind}.${column.name} = ${value}`);
      }
    };
    let mover = 0;
    for (let step = 0; step < 3000; step++) {
      const isMovable = (index: number): boolean => {
        const touches = declared(code.lines[machine.look(index)]!.touches);
        seen = [];
        const can = machine.canMove(index);
        judge(world.s[world.strand]!, index, touches);
        return can;
      };
      const first = random.next() % world.ms.length;
      const others = world.ms.map((_, i) => (first + i) % world.ms.length);
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
      seen = undefined;
    }
  }
  /** The three slots of statusTraced, and the two buffers, are one thing under several names. */
  const plain = (column: string) => column.replace(/\d$/, '');
  const used = new Set([...exercised].map(plain));
  const idle = code.lines.flatMap((line, pc) =>
    executed.has(pc)
      ? line.touches
          .filter(
            ({ column: { kind, name, sharing } }) => sharing === 'shared' && !used.has(plain(`${pc} ${kind}.${name}`)),
          )
          .map(({ column }) => `${code.describe(pc).routine}: ${line.text}  ${column.kind}.${column.name}`)
      : [],
  );
  return { undeclared: [...undeclared].sort(), outOfRange: [...outOfRange].sort(), idle };
}

describe('the declared touches', () => {
  const result = watch(link(routines), 3, 200);

  it('cover every access to a shared cell', () => {
    expect(result.undeclared).toEqual([]);
  });

  it.each(goRuntime.variants.filter(({ isPreset }) => isPreset).map((it) => [it.name, it] as const))(
    'cover every access in %s, too',
    (_, preset) => {
      const { undeclared, outOfRange } = watch(build(goRuntime, preset).code, 2, 24);
      expect({ undeclared, outOfRange }).toEqual({ undeclared: [], outOfRange: [] });
    },
  );

  it('keep every cell in its declared range', () => {
    expect(result.outOfRange).toEqual([]);
  });

  it('claim nothing that never happens', () => {
    // The right-hand side of an && whose left-hand side decides in all of these programs.
    expect(result.idle).toEqual([
      'forEachPInternal: if allp[i] is idle && CompareAndSwap(&allp[i].runSafePointFn, 1, 0)  P.runSafePointFn',
    ]);
  });

  it('are missed when they are left out', () => {
    const forgetful = routines.map((routine) => ({
      ...routine,
      nodes: routine.nodes.map((node) =>
        routine.name === 'resetForSleep' && node.kind === 'line' ? { ...node, touches: [] } : node,
      ),
    }));
    expect(watch(link(forgetful), 1, 40).undeclared).toEqual([
      'resetForSleep: resetTimer(gp.timer)  r sched.timers',
      'resetForSleep: resetTimer(gp.timer)  w G.wakeable',
      'resetForSleep: resetTimer(gp.timer)  w sched.timers',
    ]);
  });
});
