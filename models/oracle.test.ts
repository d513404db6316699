import { describe, expect, it } from 'vitest';
import { link } from '../harness/language/link';
import { reach } from '../harness/testing/reach';
import { type OracleState, reachable } from './oracle';
import { routines } from './routines';
import { Runtime } from './runtime';
import { Gwaiting, reasonNumber } from './status';
import { arg, call, gp, line, operand, routine } from './words';

const g0 = operand('G0', (w: Runtime) => w.gs[0]!);
const halts = (name: string) => routine(name, 'a test', [gp], [line('halt', { when: () => false })]);
const suspender = routine(
  'suspender',
  'a test',
  [gp],
  [
    call('suspendG', arg(gp, g0)),
    call('scanstack', arg(gp, g0)),
    call('resumeG', arg(gp, g0)),
    line('halt', { when: () => false }),
  ],
);
const replaced = [halts('schedule'), halts('newstack')];
const code = link<Runtime>([
  ...routines.filter(({ name }) => !replaced.some((it) => it.name === name)),
  ...replaced,
  suspender,
]);

/** What both sides have, without where they are in their code. */
type Shared = Omit<OracleState, 'm0' | 'm1' | 'asked'>;
const sharedOf = ({ m0: _, m1: __, asked: ___, ...shared }: OracleState): string => JSON.stringify(shared);
function project(w: Runtime): string {
  const g = w.gs[0]!;
  const m = w.ms[0]!;
  const shared: Shared = {
    status: g.status === Gwaiting ? 'Gwaiting' : 'Grunning',
    scan: g.scan,
    reason: g.waitreason === reasonNumber('Sleep') ? 'Sleep' : 'Zero',
    preempt: g.preempt,
    preemptStop: g.preemptStop,
    stackguard0: g.stackPreempt ? 'stackPreempt' : 'stackGuard',
    bp: g.sched,
    stack: 1 + g.epoch,
    size: g.stack,
    copying: g.copiedBy !== 0,
    m: g.m !== undefined,
    curg: m.curg !== undefined,
    signal: m.signal,
    timer: g.wakeable,
    traced: [g.traced.get(0), g.traced.get(1), g.traced.get(2)],
    seqlock: m.seqlock,
    buffer: m.buf.get(1),
    walk: m.walkEpoch,
    reads: m.walkReads,
  };
  return JSON.stringify(shared);
}

describe('park, suspendG and shrinkstack, written twice', () => {
  it.each([
    [0, false, 60],
    [1, false, 96],
    [0, true, 118],
    [1, true, 163],
    [2, true, 163],
  ])('reach the same states with a stack of size %i, tracing %s', (size, tracing, count) => {
    const world = new Runtime({
      ms: 2,
      workers: 1,
      tracing,
      marking: false,
      profiled: false,
      sysmon: false,
      idle: false,
      gs: [
        { stack: size, ops: [] },
        { stack: 0, ops: [] },
      ],
    });
    world.reset(code);
    world.start(world.stackOf(world.gs[0]!), code.entryOf('timeSleep'));
    const m1 = world.ms[1]!;
    m1.curg = undefined;
    world.s[1] = 1;
    world.start(1, code.entryOf('suspender'));
    const ours = new Set<string>();
    reach(code, world, 200_000, (w) => ours.add(project(w)));
    const theirs = new Set(reachable(size, tracing).map(sharedOf));
    expect([...ours].filter((it) => !theirs.has(it))).toEqual([]);
    expect([...theirs].filter((it) => !ours.has(it))).toEqual([]);
    expect(ours.size).toBe(count);
  });
});
