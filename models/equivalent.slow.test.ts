import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Build, build } from '../harness/language/build';
import { Machine } from '../harness/run/machine';
import { RandomWalk } from '../harness/strategies/walk';
import { goRuntime } from './model';
import type { Runtime } from './runtime';

const commit = build(goRuntime, goRuntime.variants[0]!);
const sample = fc.sample(goRuntime.programs, { seed: 3, numRuns: 400 });
const listener = { broken: () => false, met: () => {} };

/** What a departure does in the runs of one program: the choices that it was given, and how each run ends. */
function runs({ code }: Build<Runtime>, at: number): { tapes: string[]; ends: string[] } {
  const program = sample[at]!;
  const world = goRuntime.createWorld(program);
  const machine = new Machine(code, world, [], 3000);
  const walk = new RandomWalk<Runtime>();
  const tapes: string[] = [];
  const ends: string[] = [];
  for (let i = 0; i < 4; i++) {
    goRuntime.reset(world, code);
    walk.newRun(4 * at + i);
    const verdict = machine.run(walk, listener);
    tapes.push(machine.tape.subarray(0, machine.tapeLength).join('.'));
    // Program counters differ where a line is left out; everything else must not. A run that is cut short ends
    // elsewhere.
    ends.push(verdict === 'cut short' ? verdict : world.s.subarray(world.ms[0]!.at).join('.'));
  }
  return { tapes, ends };
}

const expected = sample.map((_, at) => runs(commit, at));

describe('a departure that changes nothing', () => {
  const equivalents = goRuntime.variants.filter(({ equivalent }) => equivalent !== undefined);
  it.each(equivalents.map((it) => [it.name, it] as const))('%s gives the same runs, choice by choice', (_, variant) => {
    const built = build(goRuntime, variant);
    expect(built.fingerprint).not.toBe(commit.fingerprint);
    sample.forEach((_, at) => {
      const { tapes, ends } = runs(built, at);
      ends.forEach((end, i) => {
        if (end === 'cut short' || expected[at]!.ends[i] === 'cut short') return;
        expect(tapes[i]).toBe(expected[at]!.tapes[i]);
        expect(end).toBe(expected[at]!.ends[i]);
      });
    });
  });

  it('is told from one that changes something', () => {
    const other = build(goRuntime, goRuntime.variants.find(({ name }) => name === 'H18')!);
    const differs = sample.some((_, at) => runs(other, at).ends.join() !== expected[at]!.ends.join());
    expect(differs).toBe(true);
  });
});
