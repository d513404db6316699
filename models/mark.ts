import { park } from './park';
import { DEAD, resume } from './preempt';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { acquirem, arg, call, casGToWaitingForGC, casgstatusBack, curg, fatal, Grunning, gKind, gp, group, iff, leave,
  line, loop, type Node, numberLocal, pKind, pp, reads, reason, releasem, result, routine, schedKind, setFlag,
  systemstack, workKind, writes } from './words';

/**
 * Marking: roots and workers. Source: markroot, scanstack, gcDrain, gcDrainN in runtime/mgcmark.go; gcBgMarkWorker in
 * runtime/mgc.go.
 *
 * Left out: every root but stacks, objects, credit, fractional workers, the worker's own start, size accounting,
 * waitsince, inMarkAssist, the later versions' scan of extended registers.
 */

const g = gKind.col;
const work = workKind.col;
export const jobs = numberLocal('job', 2);
const state = numberLocal('state', 2);
const selfScan = numberLocal('selfScan', 3);
const isIdleMode = numberLocal('idle', 3);
export const queued = numberLocal('q', 4);

/** Where the program is profiled, a signal may come at any time, of which these are the ones that matter. */
export const sigprofHere: Node<Runtime> = iff(
  'SIGPROF',
  (w: Runtime) => w.way === 1,
  [],
  [call('sigprof')],
  [],
  (w) => (w.program.profiled ? 2 : 1),
);

const isSafe = (w: Runtime): boolean => result(w) === 1;

/** Reads a suspended stack, and shrinks it if that is safe; otherwise its goroutine will do so itself. */
export const scanstack = routine(
  'scanstack',
  'runtime/mgcmark.go',
  [gp],
  [
    call('isShrinkStackSafe', arg(gp, gp)),
    iff(
      'isShrinkStackSafe(gp)',
      (w) => {
        const safe = isSafe(w);
        gp(w).owesShrink = !safe;
        return safe;
      },
      [writes(g.owesShrink, gp)],
      [call('shrinkstack', arg(gp, gp))],
      [setFlag(gp, 'preemptShrink', true)],
    ),
    line('scanframe: first frame', { run: (w) => void gp(w).frames, touches: [reads(g.frames, gp)] }),
    line('scanframe: second frame', { run: (w) => void gp(w).frames, touches: [reads(g.frames, gp)] }),
  ],
);

/** One root job: the stack of goroutine number `i`. */
export const markroot = routine(
  'markroot',
  'runtime/mgcmark.go',
  [gp, state, selfScan],
  [
    line('gp = allgs[i]', { run: (w) => gp.set(w, w.gs[jobs(w)]!) }),
    iff(
      'gp == userG',
      (w) => gp(w) === w.m.curg,
      [],
      [
        iff(
          'readgstatus(userG) == Grunning',
          (w) => curg(w).status === Grunning,
          [reads(g.status, curg)],
          [
            line('selfScan = true', { run: (w) => selfScan.set(w, 1) }),
            casGToWaitingForGC(curg, reason('GarbageCollectionScan')),
          ],
        ),
      ],
    ),
    call('suspendG', arg(gp, gp)),
    line('state = result', { run: (w) => state.set(w, result(w)) }),
    iff(
      'state.dead',
      (w) => state(w) === DEAD,
      [],
      [setFlag(gp, 'gcscandone', true)],
      [
        iff('gp.gcscandone', (w) => gp(w).gcscandone, [reads(g.gcscandone, gp)], [fatal('g already scanned')]),
        call('scanstack', arg(gp, gp)),
        setFlag(gp, 'gcscandone', true),
        resume(state),
      ],
    ),
    iff('selfScan', (w) => selfScan(w) === 1, [], [casgstatusBack(curg)]),
  ],
);

/** Takes the next root job, or leaves the loop when there is none. */
export const nextJob = group(
  'next root job',
  iff(
    'job = work.markrootNext.Add(1) - 1; job >= work.markrootJobs',
    (w: Runtime) => {
      if (w.work.markrootNext >= w.work.markrootJobs) return true;
      jobs.set(w, w.work.markrootNext++);
      return false;
    },
    [writes(work.markrootNext), reads(work.markrootJobs)],
    [leave],
  ),
  call('markroot', arg(jobs, jobs)),
);

/** A worker marks until there is nothing left or somebody wants its P. */
export const gcDrain = routine(
  'gcDrain',
  'runtime/mgcmark.go',
  [jobs, isIdleMode],
  [
    loop(
      'for',
      sigprofHere,
      iff(
        'gp.preempt',
        (w) => curg(w).preempt,
        [reads(g.preempt, curg)],
        [
          iff('preemptible', (w) => isIdleMode(w) === 1, [], [leave]),
          iff('sched.gcwaiting', (w) => w.sched.gcwaiting, [reads(schedKind.col.gcwaiting)], [leave]),
          iff('pp.runSafePointFn != 0', (w) => pp(w).runSafePointFn, [reads(pKind.col.runSafePointFn, pp)], [leave]),
        ],
      ),
      nextJob,
      call('gcFlushBgCredit'),
      iff(
        'idle && pollWork()',
        (w) => isIdleMode(w) === 1 && w.way === 1,
        [],
        [leave],
        [],
        (w) => 1 + isIdleMode(w),
      ),
    ),
  ],
);

export const beginMarking = line('atomic.Xadd(&work.nwait, -1)', {
  run: (w: Runtime) => {
    w.work.marking++;
  },
  touches: [writes(work.marking)],
});

/** Leaves in gp.param whether this was the last one to mark. */
export const endMarking = (it: typeof curg): Node<Runtime> =>
  group(
    'incnwait',
    line('incnwait = atomic.Xadd(&work.nwait, +1)', {
      run: (w) => {
        w.work.marking--;
        it(w).param = w.work.marking === 0;
      },
      touches: [writes(work.marking)],
    }),
    iff(
      'incnwait == work.nproc && !gcMarkWorkAvailable()',
      (w) => it(w).param && w.work.markrootNext >= w.work.markrootJobs,
      [reads(work.markrootNext), reads(work.markrootJobs)],
      [],
      [
        line('not the last', {
          run: (w) => {
            it(w).param = false;
          },
        }),
      ],
    ),
  );

/** A worker's body, which begins where its gopark returns. The M may not be taken away until the next gopark. */
export const gcBgMarkWorker = routine(
  'gcBgMarkWorker',
  'runtime/mgc.go',
  [isIdleMode],
  [
    loop(
      'for',
      acquirem,
      line('switch pp.gcMarkWorkerMode', { run: (w) => isIdleMode.set(w, w.way), ways: () => 2 }),
      beginMarking,
      systemstack('gcBgMarkWorker.func2', arg(isIdleMode, isIdleMode)),
      endMarking(curg),
      iff('last', (w) => curg(w).param, [], [releasem, call('gcMarkDone')]),
      park('GCWorkerIdle', 'gcBgMarkWorker.func1'),
    ),
  ],
);

export const gcBgMarkWorker_func2 = routine(
  'gcBgMarkWorker.func2',
  'runtime/mgc.go',
  [isIdleMode],
  [
    casGToWaitingForGC(curg, reason('GCWorkerActive')),
    call('gcDrain', arg(isIdleMode, isIdleMode)),
    casgstatusBack(curg),
  ],
);
