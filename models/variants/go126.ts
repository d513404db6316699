// biome-ignore format: words, not a wall
import { type Edit, insertAfter, moveAfter, replace, rewriteRoutine, unwrap, without } from '../../harness/language';
import { forEachP } from '../foreachp';
import { askToStop } from '../preemptall';
import type { Runtime } from '../runtime';
// biome-ignore format: words, not a wall
import { arg, curg, fatal, Grunning, Gsyscall, gKind, gp, iff, mcall, reads, routine, setFlag, tail } from '../words';
import { GO123WALKS } from './go123';
import { edited, nesting, nestingIn } from './go124';
import { recorded, SINCE_125 } from './go125';
import { preset } from './kinds';
import { syscallEdits, syscallRoutines } from './syscall126';

/** Go 1.26. Its system calls have a file of their own (syscall126.ts). */

const g = gKind.col;

const assertNotRunning = [
  iff(
    'readgstatus(gp) == Grunning && gp.syscallsp == 0',
    (w: Runtime) => gp(w).status === Grunning && !gp(w).syscallsp,
    [reads(g.status, gp), reads(g.syscallsp, gp)],
    [fatal('cannot read stack of running goroutine')],
  ),
];

/** What system calls no longer have. */
const GONE = ['exitsyscallfast', 'exitsyscallfast_pidle', 'exitsyscallfast_reacquired.func1'];

/** What a nested section takes for its generation. */
const ENTRY_GEN = 'mp.trace.entryGen';
const entryGen = (w: Runtime): number => w.m.entryGen;

const GO126: readonly Edit<Runtime>[] = [
  ...GO123WALKS,
  ...syscallEdits,
  ...nesting([...GO123WALKS, ...syscallEdits], ENTRY_GEN, entryGen),
  // L1, L2, L29: the guard no longer asks for tracing.
  unwrap<Runtime>('isShrinkStackSafe', 'if traceEnabled()'),
  ...SINCE_125,
  // L4: the event comes before the goroutine is dropped.
  moveAfter<Runtime>('preemptPark', 'dropg', 'trace.GoPark'),
  // L16c: whoever leaves a system call is Running before it has a P.
  ...recorded(assertNotRunning),
  // A goroutine in a system call is not asked to stop.
  replace<Runtime>(
    'preemptall',
    'if mp = allp[i].m; mp != nil',
    askToStop((nodes) => [
      iff('readgstatus(gp)&^Gscan != Gsyscall', (w) => gp(w).status !== Gsyscall, [reads(g.status, gp)], nodes),
    ]),
  ),
  // L25: statuses of Ps belong to the generation that ends.
  without<Runtime>('StartTrace', 'P statuses'),
  without<Runtime>('traceAdvance', 'P statuses'),
  insertAfter<Runtime>('traceAdvance', 'B: semacquire', forEachP('TraceProcStatus')),
  // L22: on g0 before anything else.
  rewriteRoutine<Runtime>(
    routine(
      'asyncPreempt2',
      'runtime/preempt.go, Go 1.26',
      [],
      [mcall('asyncPreempt2.func1'), setFlag(curg, 'asyncSafePoint', false)],
    ),
    'switches to g0 first',
  ),
];

const asyncPreempt2_func1 = routine(
  'asyncPreempt2.func1',
  'runtime/preempt.go, Go 1.26',
  [gp],
  [
    setFlag(gp, 'asyncSafePoint', true),
    iff('gp.preemptStop', (w) => gp(w).preemptStop, [reads(g.preemptStop, gp)], [tail('preemptPark', arg(gp, gp))]),
    tail('goschedImpl', arg(gp, gp)),
  ],
);

const more = [...syscallRoutines, asyncPreempt2_func1];

/** What the preset is made of, which the next release's is as well. */
export const GO126PARTS = {
  edits: GO126.filter(({ routine: name }) => !GONE.includes(name)),
  more: edited(nestingIn(more, ENTRY_GEN, entryGen), more),
  gone: GONE,
};

export const go126 = preset({
  name: 'go1.26',
  sentence: 'the guard asks for no tracing, every stopper lends itself, system calls keep their P',
  source: 'Go 1.26.8: stack.go, proc.go, preempt.go, trace.go, traceruntime.go',
  ...GO126PARTS,
});
