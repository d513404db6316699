import { rewriteRoutine } from '../harness/language';
import { beginMarking, endMarking, jobs, nextJob, queued, sigprofHere } from './mark';
import { park } from './park';
import type { Runtime } from './runtime';
import { semaNumber } from './sema';
// biome-ignore format: words, not a wall
import { again, arg, call, casGToWaitingForGC, casgstatus, casgstatusBack, curg, event, Grunnable, Gwaiting, gKind,
  gp, group, iff, leave, line, lock, loop, type Node, numberLocal, operand, prologue, reads, reason, result, ret,
  returns, routine, runqput, semaKind, setFlag, systemstack, tl, traceAcquire, traceRelease, traceReleaseOnG, unlock,
  unlockOnG0, workKind, writes } from './words';

/**
 * Assists: goroutines that allocate while the GC marks, and mark themselves. Source: gcAssistAlloc, gcAssistAlloc1,
 * gcParkAssist, gcFlushBgCredit, gcWakeAllAssists in runtime/mgcmark.go; injectglist in runtime/proc.go.
 *
 * Left out: credit and pacing: how much an assist marks, and whether it must wait for credit, is a choice.
 */

const g = gKind.col;
const work = workKind.col;
const assistQueue = operand('work.assistQueue', (w: Runtime) => w.sema('assistQueue'));
/** The first of a list that is a bit each. */
export const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);
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

export const list = numberLocal('list', 3);

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

const copyOfList = line('qsize = len(list)', { run: (w: Runtime) => queued.set(w, list(w)) });

/** Goes over a list, which is empty afterwards. */
const forEachOf = (of: typeof list, name: string, ...nodes: Node<Runtime>[]): Node<Runtime> =>
  loop(
    `for gp in ${name}`,
    iff(`${name} is empty`, (w) => of(w) === 0, [], [leave]),
    line(`gp = ${name}.pop()`, {
      run: (w) => {
        gp.set(w, w.gs[lowest(of(w))]!);
        of.set(w, of(w) & (of(w) - 1));
      },
    }),
    ...nodes,
  );

const unpark = event('GoUnpark', { stack: true, target: gp });

/**
 * Makes a list of goroutines runnable and queues them after that. The events come first, in a section that ends before
 * the transitions (L31).
 */
const injects = (name: string, release: Node<Runtime>) =>
  routine(
    name,
    'runtime/proc.go',
    [gp, tl, list, queued],
    [
      traceAcquire(),
      group(
        'the events',
        iff('trace.ok()', (w) => tl(w) !== 0, [], [copyOfList, forEachOf(queued, 'glist', unpark)]),
      ),
      release,
      copyOfList,
      forEachOf(list, 'list', casgstatus(gp, Gwaiting, Grunnable)),
      forEachOf(queued, 'q', runqput(gp)),
    ],
  );

export const injectglist = injects('injectglist', traceReleaseOnG());

/** The same by an M that has no goroutine, and perhaps no P. */
export const injectglistOnG0 = injects('injectglist, on g0', traceRelease());

/** Later patch releases make them runnable in the section of their events. */
export const injectglistInOneSection = [
  { it: injectglist, release: traceReleaseOnG(), move: casgstatus(gp, Gwaiting, Grunnable) },
  // Without a P it may be left here for as long as it takes to start the tracer.
  {
    it: injectglistOnG0,
    release: traceRelease(),
    move: { ...casgstatus(gp, Gwaiting, Grunnable), fragile: 1 as const },
  },
].map(({ it, release, move }) =>
  rewriteRoutine<Runtime>(
    {
      ...it,
      nodes: [
        traceAcquire(),
        copyOfList,
        forEachOf(list, 'list', move, unpark),
        release,
        forEachOf(queued, 'q', runqput(gp)),
      ],
    },
    'makes goroutines runnable in the section of their events',
  ),
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
    setFlag(curg, 'inMarkAssist', true),
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
    setFlag(curg, 'inMarkAssist', false),
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

/**
 * An assist that could not pay waits for credit, unless marking is over; it must try again where there is credit now.
 */
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
