import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { acquirem, arg, call, casgstatus, constant, curg, dispatch, dropg, event, fatal, type G, Grunnable, Grunning,
  Gwaiting, gKind, gp, group, iff, line, mcall, mKind, mp, type Node, numberLocal, operand, prologue, reads, rearm,
  reason, releasem, releasemOnG0, result, ret, returns, routine, runqput, schedKind, setFlag, setWaitreason,
  systemstack, tail, tl, traceAcquire, traceRelease, unlockOnG0, type WaitReason, writes } from './words';

/**
 * Blocking and waking. Source: gopark, park_m, goready, ready in runtime/proc.go; chanparkcommit in runtime/chan.go.
 *
 * Left out: wakep (every M that has a P looks for work by itself), the skip counts of stacks, block profiling.
 */

const g = gKind.col;
const why = numberLocal('reason', 2);
const unlockf = numberLocal('unlockf', 3);
const lock = numberLocal('lock', 4);
export const found = numberLocal('found', 2);
const dst = numberLocal('dst', 3);

/** The functions that park_m runs once the goroutine is off its M; each returns whether it stays parked. */
export const unlockFunctions = [
  'resetForSleep',
  'parkunlock_c',
  'chanparkcommit',
  'gcBgMarkWorker.func1',
  'readTrace.func1',
  'bgsweep.func1',
  'netpollblockcommit',
] as const;

type UnlockFunction = (typeof unlockFunctions)[number];

/** Parks the goroutine; `sema` is the index of the semaphore whose queue lock `parkunlock_c` releases. */
export const park = (why_: WaitReason, unlock: UnlockFunction, sema = constant('nil', 0)): Node<Runtime> =>
  call(
    'gopark',
    arg(why, reason(why_)),
    arg(unlockf, constant(unlock, 1 + unlockFunctions.indexOf(unlock))),
    arg(lock, sema),
  );

export const gopark = routine(
  'gopark',
  'runtime/proc.go',
  [why, unlockf, lock],
  [
    prologue,
    acquirem,
    iff(
      'readgstatus(gp) != Grunning && != Gscanrunning',
      (w) => curg(w).status !== Grunning,
      [reads(g.status, curg)],
      [fatal('gopark: bad g status')],
    ),
    line('mp.waitlock, mp.waitunlockf = lock, unlockf', {
      run: (w) => {
        w.m.waitlock = lock(w);
        w.m.waitunlockf = unlockf(w);
      },
    }),
    setWaitreason(curg, why),
    releasem,
    mcall('park_m'),
    ret,
  ],
);

export const park_m = routine(
  'park_m',
  'runtime/proc.go',
  [gp, tl],
  [
    traceAcquire(),
    event('GoPark', { stack: true }),
    casgstatus(gp, Grunning, Gwaiting),
    traceRelease(),
    dropg,
    dispatch('mp.waitunlockf(gp, mp.waitlock)', unlockFunctions, (w) => w.m.waitunlockf),
    line('mp.waitunlockf, mp.waitlock = nil', {
      run: (w) => {
        w.m.waitunlockf = 0;
        w.m.waitlock = 0;
      },
    }),
    iff(
      '!ok',
      (w) => result(w) === 0,
      [],
      [
        traceAcquire('traceAcquire, to go on'),
        casgstatus(gp, Gwaiting, Grunnable),
        event('GoUnpark', { stack: true, target: gp }),
        traceRelease('traceRelease, to go on'),
        tail('execute', arg(gp, gp)),
      ],
    ),
    tail('schedule'),
  ],
);

const stays = returns('true', () => 1);

/** Arms the sleeper's timer: from now on any M that looks for work may fire it. Source: runtime/time.go. */
export const resetForSleep = routine(
  'resetForSleep',
  'runtime/time.go',
  [gp],
  [
    line('resetTimer(gp.timer)', {
      run: (w) => {
        gp(w).wakeable = true;
        w.sched.timers++;
      },
      touches: [writes(g.wakeable, gp), writes(schedKind.col.timers)],
    }),
    stays,
  ],
);

export const parkunlock_c = routine(
  'parkunlock_c',
  'runtime/proc.go',
  [gp],
  [
    unlockOnG0(
      'mp.waitlock',
      operand('mp.waitlock', (w: Runtime) => w.semas[w.m.waitlock]!),
    ),
    stays,
  ],
);

/** The lock of a receiver's channel; waits while somebody has it. Nobody is preempted who has one. */
export const lockChan = (it: typeof gp): Node<Runtime> =>
  line('lock(&c.lock)', {
    when: (w) => !it(w).chanLock,
    run: (w) => {
      it(w).chanLock = true;
      w.m.locks++;
    },
    touches: [writes(g.chanLock, it)],
  });

export const unlockChan = (it: typeof gp): Node<Runtime> =>
  line('unlock(&c.lock)', {
    run: (w) => {
      it(w).chanLock = false;
      w.m.locks--;
    },
    touches: [writes(g.chanLock, it)],
  });

export const chanparkcommit = routine(
  'chanparkcommit',
  'runtime/chan.go',
  [gp],
  [setFlag(gp, 'activeStackChans', true), setFlag(gp, 'parkingOnChan', false), unlockChan(gp), stays],
);

/** A GC worker goes into the pool, from which another M may take it at once. */
export const pushWorker = routine(
  'gcBgMarkWorker.func1',
  'runtime/mgc.go',
  [gp],
  [
    iff('node.m != nil', (w) => w.m.locks > 0, [], [releasemOnG0]),
    line('gcBgMarkWorkerPool.push(node)', {
      run: (w) => {
        gp(w).wakeable = true;
        w.sched.idleWorkers++;
      },
      touches: [writes(g.wakeable, gp), writes(schedKind.col.idleWorkers)],
    }),
    stays,
  ],
);

/** Wakes a goroutine that waits. The M's own goroutine, if any, is the one whose stack the event shows. */
export const ready = routine(
  'ready',
  'runtime/proc.go',
  [gp, tl],
  [
    acquirem,
    iff(
      'readgstatus(gp)&^Gscan != Gwaiting',
      (w) => {
        w.m.readied = gp(w);
        w.m.readiedWas = gp(w).status;
        return gp(w).status !== Gwaiting;
      },
      [reads(g.status, gp), writes(mKind.col.readied, mp), writes(mKind.col.readiedWas, mp)],
      [fatal('bad g->status in ready')],
    ),
    traceAcquire(),
    casgstatus(gp, Gwaiting, Grunnable),
    event('GoUnpark', { stack: true, target: gp }),
    traceRelease(),
    runqput(gp),
    releasemOnG0,
  ],
);

/** On a goroutine's stack. */
export const goready = (it: typeof gp): Node<Runtime> =>
  group(`goready(${it.text})`, systemstack('ready', arg(gp, it)));

/** A receiver finds nobody, and parks with the lock held; chanparkcommit releases it. */
export const chanrecv = routine(
  'chanrecv',
  'runtime/chan.go',
  [gp],
  [
    prologue,
    line('gp = getg()', { run: (w) => gp.set(w, curg(w)) }),
    lockChan(gp),
    line('mysg.elem = ep', {
      run: (w) => {
        const me = curg(w);
        me.elem = 1 + me.epoch;
        me.slot = me.elem;
      },
      touches: [writes(g.elem, curg), writes(g.slot, curg)],
    }),
    line('c.recvq.enqueue(mysg)', {
      run: (w) => {
        curg(w).inRecvq = true;
      },
      touches: [writes(g.inRecvq, curg)],
    }),
    setFlag(curg, 'parkingOnChan', true),
    park('ChanReceive', 'chanparkcommit'),
    setFlag(curg, 'activeStackChans', false),
    line('return what was sent', {
      run: (w) => {
        const me = curg(w);
        me.frames = 0;
        w.m.foundNothing = me.sent ? undefined : me;
        me.slot = 0;
        me.sent = false;
      },
      touches: [writes(g.frames, curg), writes(g.slot, curg), writes(g.sent, curg), writes(mKind.col.foundNothing, mp)],
    }),
  ],
);

export const timeSleep = routine('timeSleep', 'runtime/time.go', [], [park('Sleep', 'resetForSleep')]);
const isReceiver = (it: G): boolean => it.inRecvq;

/**
 * A sender picks a channel on which somebody receives, takes the receiver out of its queue under the lock, writes into
 * the receiver's stack, and wakes it.
 */
export const chansend = routine(
  'chansend',
  'runtime/chan.go',
  [gp, found, dst],
  [
    prologue,
    iff(
      'a channel with a receiver',
      (w) => {
        let left = w.way;
        for (const it of w.gs) {
          if (!isReceiver(it) || left-- > 0) continue;
          gp.set(w, it);
          return true;
        }
        return false;
      },
      [reads(g.inRecvq)],
      [
        lockChan(gp),
        line('sg = c.recvq.dequeue()', {
          run: (w) => {
            found.set(w, Number(isReceiver(gp(w))));
            if (found(w) === 1) gp(w).inRecvq = false;
          },
          touches: [writes(g.inRecvq, gp)],
        }),
        iff(
          'sg != nil',
          (w) => found(w) === 1,
          [],
          [
            line('dst = sg.elem', { run: (w) => dst.set(w, gp(w).elem), touches: [reads(g.elem, gp)] }),
            line('memmove(dst, src), into the frame of the receiver', {
              run: (w) => {
                const it = gp(w);
                it.frames = 0;
                const isLost = dst(w) !== it.slot;
                w.m.lostIn = isLost ? it : undefined;
                if (!isLost) it.sent = true;
              },
              touches: [writes(g.frames, gp), writes(g.sent, gp), reads(g.slot, gp), writes(mKind.col.lostIn, mp)],
            }),
            line('sg.elem = nil', {
              run: (w) => {
                gp(w).elem = 0;
              },
              touches: [writes(g.elem, gp)],
            }),
          ],
        ),
        unlockChan(gp),
        group('rearm', ...rearm),
        iff('sg != nil, still', (w) => found(w) === 1, [], [goready(gp)]),
      ],
      [],
      (w) => w.countGs(isReceiver),
    ),
  ],
);
