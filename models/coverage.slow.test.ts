import fc from 'fast-check';
import { expect, it } from 'vitest';
import { build } from '../harness/language/build';
import { Machine } from '../harness/run/machine';
import { RandomWalk } from '../harness/strategies/walk';
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
      "StartTrace: buf.GoStatus(curg, Running)",
      "StartTrace: curg.stackguard0 = stackPreempt",
      "StartTrace: curg.trace.readyNextGen(gen)",
      "StartTrace: mp.trace.seqlock.Add(1)",
      "StartTrace: releasem",
      "StartTrace: result = err",
      "StartTrace: traceStack(nil): id 0",
      "coroswitch_m: buf.GoStatus(curg, Running)",
      "coroswitch_m: curg.trace.readyNextGen(gen)",
      "coroswitch_m: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "debugCallWrap.func2: mp.trace.seqlock.Add(1)",
      "debugCallWrap.func2: releasem",
      "debugCallWrap.func2: traceStack(nil): id 0",
      "debugCallWrap1.func1: buf.GoStatus(curg, Running)",
      "debugCallWrap1.func1: curg.trace.readyNextGen(gen)",
      "debugCallWrap1.func1: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "debugCallWrap1.func1: mp.trace.seqlock.Add(1)",
      "debugCallWrap1.func1: releasem",
      "debugCallWrap1.func1: traceStack(curg)",
      "debugCallWrap1.func1: traceStack(nil): id 0",
      "entersyscall_gcwait: buf.GoStatus(curg, Syscall)",
      "entersyscall_gcwait: curg.trace.readyNextGen(gen)",
      "exitsyscall.func2: buf.GoStatus(curg, Runnable)",
      "exitsyscall.func2: buf.GoStatus(curg, Syscall)",
      "exitsyscall.func2: curg.trace.readyNextGen(gen)",
      "exitsyscall0: buf.GoStatus(curg, Syscall)",
      "exitsyscall0: curg.trace.readyNextGen(gen)",
      "exitsyscall0: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "exitsyscall0: mp.trace.seqlock.Add(1)",
      "exitsyscall0: releasem",
      "exitsyscallfast: if trace.ok()",
      "exitsyscallfast: pp.syscalltick++",
      "exitsyscallfast: systemstack(exitsyscallfast_reacquired.func1, tl)",
      "exitsyscallfast_pidle: mp.trace.seqlock.Add(1)",
      "exitsyscallfast_pidle: releasem",
      "exitsyscallfast_reacquired.func1: buf.GoStatus(curg, Syscall)",
      "exitsyscallfast_reacquired.func1: buf.event",
      "exitsyscallfast_reacquired.func1: curg.trace.readyNextGen(gen)",
      "exitsyscallfast_reacquired.func1: if mp.curg != nil",
      "exitsyscallfast_reacquired.func1: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "exitsyscallfast_reacquired.func1: if trace.ok()",
      "forEachPInternal: buf.GoStatus(curg, Running)",
      "forEachPInternal: curg.trace.readyNextGen(gen)",
      "forEachPInternal: mp.trace.seqlock.Add(1)",
      "forEachPInternal: releasem",
      "forEachPInternal: traceStack(nil): id 0",
      "gcAssistAlloc: traceStack(nil): id 0",
      "gcMarkTermination: buf.GoStatus(curg, Running)",
      "gcMarkTermination: curg.stackguard0 = stackPreempt",
      "gcMarkTermination: curg.trace.readyNextGen(gen)",
      "gcMarkTermination: if gp.preempt",
      "gcMarkTermination: mp.trace.seqlock.Add(1)",
      "gcMarkTermination: releasem",
      "gcStart: mp.trace.seqlock.Add(1)",
      "gcStart: releasem",
      "gcStart: traceStack(nil): id 0",
      "goschedImpl: traceStack(nil): id 0",
      "goyield_m: traceStack(nil): id 0",
      "injectglist: buf.GoStatus(curg, Running)",
      "injectglist: curg.stackguard0 = stackPreempt",
      "injectglist: curg.trace.readyNextGen(gen)",
      "injectglist: if gp.preempt",
      "injectglist: mp.trace.seqlock.Add(1)",
      "injectglist: releasem",
      "injectglist: traceStack(nil): id 0",
      "markroot: casgstatus(curg, Grunning, Gwaiting)",
      "markroot: casgstatus(curg, Gwaiting, Grunning)",
      "markroot: curg.waitreason = GarbageCollectionScan",
      "markroot: if !GarbageCollectionScan.isWaitingForGC()",
      "markroot: selfScan = true",
      "newproc1: traceStack(nil): id 0",
      "park_m: buf.GoStatus(curg, Running)",
      "park_m: curg.trace.readyNextGen(gen)",
      "park_m: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "park_m: traceStack(curg)",
      "park_m: traceStack(nil): id 0",
      "preemptPark: buf.GoStatus(curg, Running)",
      "preemptPark: curg.trace.readyNextGen(gen)",
      "preemptPark: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "preemptPark: traceStack(curg)",
      "reentersyscall.func3: traceStack(nil): id 0",
      "safePointFn: mp.trace.seqlock.Add(1)",
      "safePointFn: releasem",
      "schedule: buf.GoStatus(curg, Running)",
      "schedule: curg.trace.readyNextGen(gen)",
      "schedule: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "schedule: traceStack(curg)",
      "startTheWorldWithSema: buf.GoStatus(curg, Running)",
      "startTheWorldWithSema: curg.trace.readyNextGen(gen)",
      "startTheWorldWithSema: mp.trace.seqlock.Add(1)",
      "startTheWorldWithSema: releasem",
      "startTheWorldWithSema: traceStack(nil): id 0",
      "stopTheWorldWithSema: buf.GoStatus(curg, Running)",
      "stopTheWorldWithSema: curg.trace.readyNextGen(gen)",
      "stopTheWorldWithSema: mp.trace.seqlock.Add(1)",
      "stopTheWorldWithSema: releasem",
      "stopTheWorldWithSema: traceStack(nil): id 0",
      "stopm: buf.GoStatus(curg, Syscall)",
      "stopm: curg.trace.readyNextGen(gen)",
      "stopm: if mp.curg.statusTraced.CompareAndSwap(gen)",
      "stopm: mp.trace.seqlock.Add(1)",
      "stopm: releasem",
      "traceAdvance: buf.GoStatus(curg, Running)",
      "traceAdvance: curg.stackguard0 = stackPreempt",
      "traceAdvance: curg.trace.readyNextGen(gen)",
      "traceAdvance: if gp.preempt",
      "traceAdvance: mp.trace.seqlock.Add(1)",
      "traceAdvance: releasem",
      "traceAdvance: traceStack(nil): id 0",
    ]
  `);
});
