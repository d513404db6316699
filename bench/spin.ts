import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Exploration, explore } from '../harness/explore/search';
import { build } from '../harness/language/build';
import { findVariant } from '../harness/language/variants';
import { traced } from '../harness/language/world';
import { staged } from '../harness/run/stage';
import { sleepers } from '../models/casts';
import { goRuntime } from '../models/model';
import type { Runtime } from '../models/runtime';

/** The cast `sleepers`, visited by us and by SPIN: every line a state, no properties, no reduction on either side. */

export interface Visit {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly bytes: number;
}

export async function ours(count: number): Promise<Visit> {
  const cast = sleepers(count);
  const model = staged(goRuntime, cast);
  const { code } = build(model, findVariant(model, 'commit'));
  const world = model.createWorld(cast.program, traced);
  model.reset(world, code);
  const { states, transitions, seconds, bytes, end }: Exploration<Runtime> = await explore(code, world, [], {
    isReduced: false,
    maxStates: 1e8,
    maxBytes: 8e9,
    isStopped: () => false,
    progress: () => {},
  });
  if (end !== 'complete') throw new Error(`internal: the search ended with ${end}`);
  return { states, transitions, seconds, bytes };
}

export const hasSpin = (): boolean =>
  ['spin', 'gcc'].every((name) =>
    (process.env.PATH ?? '').split(path.delimiter).some((dir) => fs.existsSync(path.join(dir, name))),
  );

/** `pan` is built with -O3 and without its partial-order reduction, so that it visits the same states. */
export function spins(count: number): Visit {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-spin-'));
  const run = (name: string, ...args: string[]) => execFileSync(name, args, { cwd: dir, encoding: 'utf8' });
  try {
    fs.copyFileSync(path.join(__dirname, 'sleepers.pml'), path.join(dir, 'sleepers.pml'));
    run('spin', '-a', '-o1', '-o2', '-o3', `-DN=${count}`, 'sleepers.pml');
    run('gcc', '-w', '-O3', '-DNOREDUCE', '-DSAFETY', '-o', 'pan', 'pan.c');
    const out = run(path.join(dir, 'pan'), '-E', '-m1000000', '-w24');
    const number = (pattern: RegExp) => Number(pattern.exec(out)![1]);
    return {
      states: number(/([\d.e+]+) states, stored/),
      // It counts the way into the first state, too.
      transitions: number(/([\d.e+]+) transitions/) - 1,
      seconds: number(/elapsed time ([\d.]+)/),
      bytes: 2 ** 20 * number(/([\d.]+)\s+total actual memory usage/),
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
