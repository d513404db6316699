import { gKind, pKind, schedKind, semaKind, workKind } from './cells';
import { park } from './park';
import { DEAD, resume } from './preempt';
import type { Runtime } from './runtime';
import { semaNumber } from './sema';
import { Grunnable, Grunning, Gwaiting } from './status';
import { event, traceAcquire, traceReleaseOnG } from './traceevent';
import {
  acquirem,
  again,
  arg,
  call,
  casGToWaitingForGC,
  casgstatus,
  casgstatusBack,
  curg,
  fatal,
  gp,
  group,
  iff,
  leave,
  line,
  lock,
  loop,
  type Node,
  numberLocal,
  operand,
  pp,
  prologue,
  reads,
  reason,
  releasem,
  result,
  ret,
  returns,
  routine,
  runqput,
  setFlag,
  systemstack,
  tl,
  unlock,
  unlockOnG0,
  writes,
} from './words';

/**
 * Marking: roots, workers, assists. Source: markroot, scanstack, gcDrain, gcDrainN, gcAssistAlloc, gcParkAssist,
 * gcFlushBgCredit in runtime/mgcmark.go; gcBgMarkWorker in runtime/mgc.go.
 *
 * Left out: every root but stacks, objects, credit and pacing (how much an assist marks, and whether it must wait for
 * credit, is a choice), fractional workers, the worker's own start, size accounting, waitsince,
 * inMarkAssist, the later versions' scan of extended registers.
 */

const g = gKind.col;
const work = workKind.col;
const jobs = numberLocal('job', 2);
const state = numberLocal('state', 2);
const selfScan = numberLocal('selfScan', 3);
const isIdleMode = numberLocal('idle', 3);
const queued = numberLocal('q', 4);

/** Where the program is profiled, a signal may come at any time, of which these are the ones that matter. */
const sigprofHere: Node<Runtime> = iff(
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
    iff('isShrinkStackSafe(gp)', isSafe, [], [call('shrinkstack', arg(gp, gp))], [setFlag(gp, 'preemptShrink', true)]),
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
const nextJob = group(
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

const assistQueue = operand('work.assistQueue', (w: Runtime) => w.sema('assistQueue'));
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);
const QUEUE_LOCK = 'work.assistQueue.lock';
const lockAssistQueue = lock(QUEUE_LOCK, assistQueue);
/** Takes the first assist out of the queue. */
const popAssist = (yes: readonly Node<Runtime>[]): Node<Runtime> =>
  iff(
    'gp = work.assistQueue.q.pop(); gp != nil',
    (w) => {
      const queue = w.sema('assistQueue');
      if (queue.queue === 0) return false;
      const it = w.gs[lowest(queue.queue)]!;
      queue.queue &= ~(1 << it.index);
      gp.set(w, it);
      return true;
    },
    [writes(semaKind.col.queue, assistQueue)],
    yes,
    [leave],
  );

/** Wakes the assists that wait for credit; the queue's lock is held meanwhile. */
export const gcFlushBgCredit = routine(
  'gcFlushBgCredit',
  'runtime/mgcmark.go',
  [gp],
  [
    iff(
      'work.assistQueue.q.empty()',
      (w) => w.sema('assistQueue').queue === 0,
      [reads(semaKind.col.queue, assistQueue)],
      [ret],
    ),
    lockAssistQueue,
    loop(
      'for',
      popAssist([call('ready', arg(gp, gp))]),
      iff(
        'the credit is spent',
        (w) => w.way === 1,
        [],
        [leave],
        [],
        () => 2,
      ),
    ),
    unlockOnG0(QUEUE_LOCK, assistQueue),
    iff('the lock was contended, and is profiled', (w) => w.program.profiled, [], [call('mLockProfile.captureStack')]),
  ],
);

const list = numberLocal('list', 3);

/** At the end of marking nobody needs to wait for credit. */
export const gcWakeAllAssists = routine(
  'gcWakeAllAssists',
  'runtime/mgcmark.go',
  [list],
  [
    lock(QUEUE_LOCK, assistQueue),
    line('list = work.assistQueue.q.popList()', {
      run: (w) => {
        list.set(w, w.sema('assistQueue').queue);
        w.sema('assistQueue').queue = 0;
      },
      touches: [writes(semaKind.col.queue, assistQueue)],
    }),
    call('injectglist', arg(list, list)),
    unlock(QUEUE_LOCK, assistQueue),
  ],
);

/** Makes a list of goroutines runnable, all in one critical section, and queues them after that. */
export const injectglist = routine(
  'injectglist',
  'runtime/proc.go',
  [gp, tl, list, queued],
  [
    traceAcquire(),
    line('qsize = len(list)', { run: (w) => queued.set(w, list(w)) }),
    loop(
      'for gp in list',
      iff('list is empty', (w) => list(w) === 0, [], [leave]),
      line('gp = list.pop()', {
        run: (w) => {
          gp.set(w, w.gs[lowest(list(w))]!);
          list.set(w, list(w) & (list(w) - 1));
        },
      }),
      casgstatus(gp, Gwaiting, Grunnable),
      event('GoUnpark', { stack: true, target: gp }),
    ),
    traceReleaseOnG(),
    loop(
      'for gp in q',
      iff('q is empty', (w) => queued(w) === 0, [], [leave]),
      line('gp = q.pop()', {
        run: (w) => {
          gp.set(w, w.gs[lowest(queued(w))]!);
          queued.set(w, queued(w) & (queued(w) - 1));
        },
      }),
      runqput(gp),
    ),
  ],
);

const beginMarking = line('atomic.Xadd(&work.nwait, -1)', {
  run: (w: Runtime) => {
    w.work.marking++;
  },
  touches: [writes(work.marking)],
});
/** Leaves in gp.param whether this was the last one to mark. */
const endMarking = (it: typeof curg): Node<Runtime> =>
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

/** A goroutine that allocates while the GC marks has to mark, too. */
export const gcAssistAlloc = routine(
  'gcAssistAlloc',
  'runtime/mgcmark.go',
  [tl],
  [
    prologue,
    iff('gcBlackenEnabled == 0', (w) => !w.work.gcBlackenEnabled, [reads(work.gcBlackenEnabled)], [ret]),
    traceAcquire(),
    event('GCMarkAssistStart', { stack: true }),
    traceReleaseOnG(),
    loop(
      'retry',
      systemstack('gcAssistAlloc1'),
      iff('gp.param != nil', (w) => curg(w).param, [], [call('gcMarkDone')]),
      iff(
        'the debt is paid',
        (w) => w.way === 0,
        [],
        [leave],
        [],
        () => 2,
      ),
      iff('gp.preempt', (w) => curg(w).preempt, [reads(g.preempt, curg)], [call('Gosched'), again]),
      call('gcParkAssist'),
      iff('!gcParkAssist()', (w) => result(w) === 0, [], [again]),
      leave,
    ),
    traceAcquire('traceAcquire, at the end'),
    event('GCMarkAssistDone'),
    traceReleaseOnG('traceRelease, at the end'),
  ],
);

export const gcAssistAlloc1 = routine(
  'gcAssistAlloc1',
  'runtime/mgcmark.go',
  [jobs],
  [
    line('gp.param = nil', {
      run: (w) => {
        curg(w).param = false;
      },
    }),
    iff('gcBlackenEnabled == 0', (w) => !w.work.gcBlackenEnabled, [reads(work.gcBlackenEnabled)], [ret]),
    beginMarking,
    casGToWaitingForGC(curg, reason('GCAssistMarking')),
    loop(
      'gcDrainN',
      sigprofHere,
      iff('gp.preempt', (w) => curg(w).preempt, [reads(g.preempt, curg)], [leave]),
      nextJob,
      iff(
        'workDone >= scanWork',
        (w) => w.way === 0,
        [],
        [leave],
        [],
        () => 2,
      ),
    ),
    casgstatusBack(curg),
    endMarking(curg),
  ],
);

/** An assist that could not pay waits for credit, unless marking is over; it must try again where there is credit now. */
export const gcParkAssist = routine(
  'gcParkAssist',
  'runtime/mgcmark.go',
  [],
  [
    prologue,
    lock(QUEUE_LOCK, assistQueue),
    iff(
      'gcBlackenEnabled == 0',
      (w) => !w.work.gcBlackenEnabled,
      [reads(work.gcBlackenEnabled)],
      [unlock(QUEUE_LOCK, assistQueue), returns('true', () => 1)],
    ),
    line('oldList = q; q.pushBack(gp)', {
      run: (w) => {
        w.sema('assistQueue').queue |= 1 << curg(w).index;
      },
      touches: [writes(semaKind.col.queue, assistQueue)],
    }),
    iff(
      'bgScanCredit.Load() > 0',
      (w) => w.way === 1,
      [],
      [
        line('q = oldList', {
          run: (w) => {
            w.sema('assistQueue').queue &= ~(1 << curg(w).index);
          },
          touches: [writes(semaKind.col.queue, assistQueue)],
        }),
        unlock(QUEUE_LOCK, assistQueue),
        returns('false', () => 0),
      ],
      [],
      () => 2,
    ),
    park('GCAssistWait', 'parkunlock_c', semaNumber('assistQueue')),
    returns('true', () => 1),
  ],
);
