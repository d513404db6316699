import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Machine } from '../harness/machine';
import { build } from '../harness/model';
import { RandomWalk } from '../harness/schedulers';
import { goRuntime } from './model';
import type { Runtime } from './runtime';

/** A line that nothing reaches is either impossible, and here is the list of those, or a fault of the generator. */
it('every line but these is reached by random runs', () => {
  const { code } = build(goRuntime, goRuntime.variants[0]!);
  const reached = new Set<number>();
  const walk = new RandomWalk<Runtime>();
  const listener = { broken: () => false, met: () => {}, step: (_: number, pc: number) => void reached.add(pc) };
  for (const [at, program] of fc.sample(goRuntime.programs, { seed: 2, numRuns: 2500 }).entries()) {
    const world = goRuntime.createWorld(program);
    const machine = new Machine(code, world, [], 6000);
    for (let i = 0; i < 4; i++) {
      goRuntime.reset(world, code);
      walk.newRun(4 * at + i);
      machine.run(walk, listener);
    }
  }
  const never = code.lines.flatMap((line, pc) => {
    const isPlumbing = pc === 0 || ['return', 'go on'].includes(line.text) || line.text.startsWith('throw(');
    return isPlumbing || reached.has(pc) ? [] : [`${code.describe(pc).routine}: ${line.text}`];
  });
  expect([...new Set(never)].sort()).toMatchInlineSnapshot(`
    [
      "StartTrace: curg.stackguard0 = stackPreempt",
      "StartTrace: curg.trace.readyNextGen(gen)",
      "StartTrace: mp.trace.seqlock.Add(1)",
      "StartTrace: releasem",
      "debugCallWrap1.func1: curg.trace.readyNextGen(gen)",
      "debugCallWrap1.func1: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "debugCallWrap1.func1: traceStack(curg)",
      "gcMarkTermination: curg.stackguard0 = stackPreempt",
      "gcMarkTermination: curg.trace.readyNextGen(gen)",
      "gcMarkTermination: if gp.preempt",
      "gcMarkTermination: mp.trace.seqlock.Add(1)",
      "gcMarkTermination: releasem",
      "gcStart: mp.trace.seqlock.Add(1)",
      "gcStart: releasem",
      "injectglist: curg.stackguard0 = stackPreempt",
      "injectglist: curg.trace.readyNextGen(gen)",
      "injectglist: if gp.preempt",
      "injectglist: mp.trace.seqlock.Add(1)",
      "injectglist: releasem",
      "isShrinkStackSafe: result = false",
      "markroot: casgstatus(curg, Grunning, Gwaiting)",
      "markroot: casgstatus(curg, Gwaiting, Grunning)",
      "markroot: curg.waitreason = GarbageCollectionScan",
      "markroot: if !GarbageCollectionScan.isWaitingForGC()",
      "markroot: selfScan = true",
      "park_m: curg.trace.readyNextGen(gen)",
      "park_m: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "park_m: traceStack(curg)",
      "preemptPark: curg.trace.readyNextGen(gen)",
      "preemptPark: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "preemptPark: traceStack(curg)",
      "safePointFn: mp.trace.seqlock.Add(1)",
      "safePointFn: releasem",
      "schedule: curg.trace.readyNextGen(gen)",
      "schedule: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "schedule: traceStack(curg)",
      "startTheWorldWithSema: curg.trace.readyNextGen(gen)",
      "startTheWorldWithSema: mp.trace.seqlock.Add(1)",
      "startTheWorldWithSema: releasem",
      "stopTheWorldWithSema: mp.trace.seqlock.Add(1)",
      "stopTheWorldWithSema: releasem",
      "traceAdvance: curg.stackguard0 = stackPreempt",
      "traceAdvance: if gp.preempt",
      "traceAdvance: mp.trace.seqlock.Add(1)",
      "traceAdvance: releasem",
    ]
  `);
});
