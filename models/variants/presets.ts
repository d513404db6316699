// biome-ignore format: words, not a wall
import { bracket, type Edit, everywhere, insertAfter, moveAfter, replace, rewriteRoutine, unwrap,
  without } from '../../harness/language';
import { gnext } from '../coro';
import { forEachP } from '../foreachp';
import { newg } from '../newproc';
import { askToStop } from '../preemptall';
import { traceReaderAvailable, wants } from '../reader';
import { routines } from '../routines';
import type { Runtime } from '../runtime';
import { IDLE_LINE, PICK_LINE, pickWork, waitForWork } from '../schedule';
import { beginWalk, walkTouches } from '../tracestack';
// biome-ignore format: words, not a wall
import { acquireEnabled, arg, call, casGToWaitingForGC, casgstatus, casgstatusBack, curg, enterSection, event, fatal,
  Gdead, Grunnable, Grunning, Gsyscall, Gwaiting, gKind, gp, group, iff, leaveSection, line, mcall, mKind, mp,
  type Node, reads, reason, returns, routine, schedKind, schedlink, setFlag, setWaitreason, tail, tl, traceAcquire,
  traceKind, traceRelease, unlockSection, writes } from '../words';
import { H2, H3, H12, H13, H14, H18, H20, H21withoutH20, UNGUARDED } from './hunks';
import { preset, type Variant } from './kinds';
import { saveBp, setSyscallbp, syscallEdits, syscallRoutines } from './syscall126';

/** Versions of Go before and after the commit, each as what differs from it. `list --variants` shows them side by side. */

const g = gKind.col;
const m = mKind.col;
const PARENT = [...H2, ...H3, ...H12, ...H13, ...H14, ...H18, ...H20, ...H21withoutH20];

/* Go 1.22: no flag beside the generation, no walk of silent goroutines, coroutines that the trace does not tell. */

const isTracing = (w: Runtime): boolean => {
  tl.set(w, 0);
  return w.trace.gen !== 0;
};

const GO122: readonly Edit<Runtime>[] = [
  ...PARENT,
  ...everywhere<Runtime>(
    routines.filter(({ name }) => name !== 'isShrinkStackSafe' && name !== 'StartTrace'),
    'if traceEnabled()',
    (node) =>
      node.kind === 'branch'
        ? [iff('traceEnabled(): trace.gen != 0', isTracing, [reads(traceKind.col.gen)], node.yes)]
        : [node],
    'asks for the generation',
  ),
  without<Runtime>('traceAdvance.func3', 'traceStack(gp, explicit)'),
  without<Runtime>('traceAdvance.func3', 'ug.stackID = stack'),
  ...['traceAcquire', 'the event', 'traceRelease'].map((text) => without<Runtime>('coroswitch_m', text)),
  replace<Runtime>('newproc1', 'if parked', casgstatus(newg, Gdead, Grunnable)),
  replace<Runtime>('newproc1', 'the event', event('GoCreate', { stack: true, target: newg, isNew: true })),
  insertAfter<Runtime>(
    'newcoro.func1',
    'newproc1(corostart)',
    iff(
      'newg != nil',
      (w) => curg(w).schedlink !== undefined,
      [],
      [setWaitreason(schedlink, reason('Coroutine')), casgstatus(schedlink, Grunnable, Gwaiting)],
    ),
  ),
  replace<Runtime>(
    'shrinkstack',
    'if newsize >= fixedStack && used < avail/4',
    iff('gp.startpc is gcBgMarkWorker', (w) => w.isWorker(gp(w)), [], [], shrinkBody()),
  ),
];

/** What shrinkstack does behind its checks. */
function shrinkBody(): readonly Node<Runtime>[] {
  const found = routines.find(({ name }) => name === 'shrinkstack')!.nodes;
  return found.filter(({ text }) => text === 'if newsize >= fixedStack && used < avail/4');
}

/* Go 1.23: walks of system calls begin at syscallbp; coroutines wait for the goroutine profile, which allocates. */

/** Where a walk begins. */
const beginAtSyscallbp = line('pc, bp = gp.syscallpc, gp.syscallbp or gp.sched', {
  run: (w: Runtime) => {
    const it = gp(w);
    if (!w.onG0 && w.m.curg === it) beginWalk(w, it, 1 + it.epoch, false);
    else if (it.syscallsp) beginWalk(w, it, it.syscallbp, false);
    else beginWalk(w, it, it.sched);
  },
  touches: [
    reads(g.syscallsp, gp),
    reads(g.syscallbp, gp),
    reads(g.sched, gp),
    ...walkTouches,
    writes(m.walkReads, mp),
  ],
});

/** An allocation by the M at hand may need a new span, and tell the trace about the heap. */
const allocate = iff(
  'mcache.refill: gcController.update',
  (w: Runtime) => w.way === 1,
  [],
  [
    traceAcquire('traceAcquire, in gcController.update'),
    event('HeapAlloc'),
    traceRelease('traceRelease, in gcController.update'),
  ],
  [],
  () => 2,
);

const recordNext = iff(
  'goroutineProfile.active',
  (w: Runtime) => w.sched.profileActive,
  [reads(schedKind.col.profileActive)],
  [call('tryRecordGoroutineProfile, on g0', arg(gp, gnext))],
);

const saveSyscallbp: readonly Edit<Runtime>[] = [
  ...everywhere<Runtime>(routines, 'save(pc, sp)', () => [saveBp], 'saves the frame pointer, too'),
  insertAfter<Runtime>('entersyscall', 'gp.syscallsp = sp', setSyscallbp),
];

const GO123WALKS: readonly Edit<Runtime>[] = [
  replace<Runtime>('traceStack', 'pc, bp = gp.sched', beginAtSyscallbp),
  insertAfter<Runtime>('coroswitch_m', 'gnext.m = mp', recordNext),
  insertAfter<Runtime>('saveg', 'the stack is saved', allocate),
];

const GO123: readonly Edit<Runtime>[] = [...saveSyscallbp, ...GO123WALKS];

/* Go 1.24: sections nest. */

const nested = (text: string, gen: (w: Runtime) => number): readonly Node<Runtime>[] => [
  iff(
    'mp.trace.seqlock.Load()%2 == 1',
    (w) => w.m.seqlock,
    [],
    [
      line(`mp.trace.reentered++; tl.gen = ${text}`, {
        run: (w) => {
          w.m.reentered++;
          tl.set(w, gen(w));
          if (tl(w) !== 0) enterSection(w);
        },
        touches: [reads(traceKind.col.gen), writes(m.depth, mp), writes(m.left, mp), writes(m.section, mp)],
      }),
    ],
    acquireEnabled,
  ),
];

const leaveNested: readonly Node<Runtime>[] = [
  iff(
    'mp.trace.reentered > 0',
    (w) => w.m.reentered > 0,
    [],
    [
      line('mp.trace.reentered--', {
        run: (w) => {
          w.m.reentered--;
          leaveSection(w);
        },
        touches: [writes(m.depth, mp), writes(m.left, mp), writes(m.section, mp)],
      }),
    ],
    [unlockSection],
  ),
];

/** The routines behind edits. */
const edited = (edits: readonly Edit<Runtime>[]) =>
  routines.map((it) =>
    edits.filter(({ routine: name }) => name === it.name).reduce((now, edit) => edit.apply(now), it),
  );

const nesting = (
  before: readonly Edit<Runtime>[],
  text: string,
  gen: (w: Runtime) => number,
): readonly Edit<Runtime>[] => [
  ...everywhere<Runtime>(
    edited(before),
    'traceAcquireEnabled',
    () => [group('traceAcquireEnabled', ...nested(text, gen))],
    'nests',
  ),
  ...everywhere<Runtime>(
    edited(before),
    'leave the section',
    () => [group('leave the section', ...leaveNested)],
    'nests',
  ),
];

const GO124: readonly Edit<Runtime>[] = [...GO123, ...nesting(GO123, 'trace.gen.Load()', (w) => w.trace.gen)];

/* Go 1.26. */

const assertNotRunning = [
  iff(
    'readgstatus(gp) == Grunning && gp.syscallsp == 0',
    (w: Runtime) => gp(w).status === Grunning && !gp(w).syscallsp,
    [reads(g.status, gp), reads(g.syscallsp, gp)],
    [fatal('cannot read stack of running goroutine')],
  ),
];

const GO126: readonly Edit<Runtime>[] = [
  ...GO123WALKS,
  ...syscallEdits,
  ...nesting([...GO123WALKS, ...syscallEdits], 'mp.trace.entryGen', (w) => w.m.entryGen),
  // L1, L2, L29: the guard no longer asks for tracing.
  unwrap<Runtime>('isShrinkStackSafe', 'if traceEnabled()'),
  // L3: every stopper lends itself.
  without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
  without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
  bracket<Runtime>(
    'stopTheWorldWithSema',
    [casGToWaitingForGC(curg, reason('StoppingTheWorld'))],
    [casgstatusBack(curg)],
  ),
  // L4: the event comes before the goroutine is dropped.
  moveAfter<Runtime>('preemptPark', 'dropg', 'trace.GoPark'),
  // L8: shutting down is no reason to wake the reader.
  rewriteRoutine<Runtime>(
    { ...traceReaderAvailable, nodes: [...wants.slice(0, 2), returns('nil', () => 0)] },
    'does not ask for trace.shutdown',
  ),
  // L16c: whoever leaves a system call is Running before it has a P.
  replace<Runtime>('tryRecordGoroutineProfile', 'if readgstatus(gp) == Grunning', ...assertNotRunning),
  replace<Runtime>('tryRecordGoroutineProfile, on g0', 'if readgstatus(gp) == Grunning', ...assertNotRunning),
  replace<Runtime>('schedule', IDLE_LINE, ...waitForWork(false)),
  replace<Runtime>('schedule', PICK_LINE, ...pickWork(false)),
  // A goroutine in a system call is not asked to stop.
  replace<Runtime>(
    'preemptall',
    'if mp = allp[i].m; mp != nil',
    askToStop((nodes) => [
      iff('readgstatus(gp)&^Gscan != Gsyscall', (w) => gp(w).status !== Gsyscall, [reads(g.status, gp)], nodes),
    ]),
  ),
  // L25: statuses of Ps belong to the generation that ends.
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

export const presets: readonly Variant[] = [
  preset('commit', 'the commit itself', 'd6a3d093c3', [], []),
  {
    ...preset(
      'go1.22',
      'before the commit and its parent: no walks of silent goroutines, coroutines not traced',
      'Go 1.22.12: proc.go, coro.go, stack.go, trace2*.go',
      [],
      GO122,
    ),
    unreachable: UNGUARDED,
  },
  {
    ...preset('parent', 'the parent of the commit: every hunk below reverted', 'the parent of d6a3d093c3', [], PARENT),
    unreachable: UNGUARDED,
  },
  preset(
    'go1.23',
    'walks of system calls begin at syscallbp; coroutines wait for the goroutine profile',
    'Go 1.23.5: proc.go, coro.go, mprof.go, tracestack.go',
    [],
    GO123,
  ),
  preset('go1.24', 'the same, and trace critical sections nest', 'Go 1.24.4: traceruntime.go', [], GO124),
  {
    ...preset(
      'go1.26',
      'the guard asks for no tracing, every stopper lends itself, system calls keep their P',
      'Go 1.26.10: stack.go, proc.go, preempt.go, trace.go, traceruntime.go',
      [],
      GO126,
    ),
    more: [...syscallRoutines, asyncPreempt2_func1],
  },
];
