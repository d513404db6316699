import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../harness/language/build';
import { type Code, link } from '../harness/language/link';
import { watchTouches } from '../harness/testing';
import { gKind, mKind, pKind, schedKind, semaKind, traceKind, workKind } from './cells';
import { goRuntime } from './model';
import { type Program, parseProgramText, programs } from './program';
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

/** Programs in which a world is stopped while a P that a system call has lost is idle, and others are being asked. */
const RARE = [
  'M3.W1/0.syscall.syscall.syscall.syscall/0.stopTheWorld.stopTheWorld.stopTheWorld/0.syscall.syscall.syscall',
  'M3.W1/0.go.busyLoop.go.busyLoop/0.stopTheWorld.stopTheWorld.gcStart.stopTheWorld/0.busyLoop.go.busyLoop',
].map(parseProgramText);

/** Holds what lines do in so many programs against what they declare. */
const watch = (code: Code<Runtime>, seed: number, programCount: number) =>
  watchTouches({
    model: goRuntime,
    code,
    kinds,
    programs: [
      ...fc.sample(programs, { seed, numRuns: programCount }),
      ...fc.sample(programs.filter(isStealing), { seed, numRuns: programCount }),
      ...fc.sample(programs.filter(isStopping), { seed, numRuns: programCount / 2 }),
      ...Array.from({ length: programCount / 2 }, (_, i) => RARE[i % RARE.length]!),
    ],
    seed,
    // Of goroutines and the like, whoever executes on their behalf uses them.
    isOwn: (w, mover, actor, { kind, sharing }) => (kind === 'M' ? actor === w.ms[mover] : sharing === 'own'),
  });

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

  it('use no local that their routine does not have', () => {
    expect(result.strayLocals).toEqual([]);
  });

  it('keep every cell in its declared range', () => {
    expect(result.outOfRange).toEqual([]);
  });

  it('claim nothing that never happens', () => {
    // The right-hand side of an && whose left-hand side decides in all of these programs.
    expect(result.idle.filter((it) => !it.startsWith('injectglist, on g0: if pp.statusTraced'))).toEqual([
      'suspendG: if the request is pending  G.m',
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
