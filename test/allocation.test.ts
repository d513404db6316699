import { PerformanceObserver } from 'node:perf_hooks';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { build } from '../harness/language/build';
import { isProperty } from '../harness/language/judging';
import { findVariant } from '../harness/language/variants';
import { Machine } from '../harness/run/machine';
import { RandomWalk } from '../harness/strategies/walk';
import { project } from '../main';
import type { Runtime } from '../models/runtime';

/** A scavenge comes every few megabytes of garbage, so that even a few bytes a step would show. */
it('the step loop allocates nothing: no garbage is collected in millions of steps', async () => {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const { code } = build(project.model, findVariant(project.model, 'commit'));
  const claims = project.claims.filter(isProperty);
  const machines = fc.sample(project.model.programs, { seed: 1, numRuns: 10 }).map((program) => {
    const world = project.model.createWorld(program);
    const machine = new Machine(code, world, claims, 6000);
    project.model.reset(world, code);
    return { machine, world, initial: world.s.slice() };
  });
  const walk = new RandomWalk<Runtime>();
  const listener = { broken: () => false, met: () => {} };
  const pass = (): number => {
    let steps = 0;
    for (let seed = 0; seed < 3000; seed++) {
      const { machine, world, initial } = machines[seed % machines.length]!;
      world.s.set(initial);
      walk.newRun(seed);
      machine.run(walk, listener);
      steps += machine.steps;
    }
    return steps;
  };
  /** Collections in a pass; other parts of the process allocate a little, too. */
  const measure = async () => {
    collections = 0;
    const steps = pass();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { steps, collections };
  };
  await measure();
  await measure();
  const passes = [await measure(), await measure(), await measure()];
  observer.disconnect();
  expect(passes[0]!.steps).toBeGreaterThan(1_000_000);
  expect(Math.min(...passes.map((it) => it.collections))).toBe(0);
});
