import { forEachP } from './foreachp';
import { park } from './park';
import type { Runtime } from './runtime';
import { semacquire, semrelease } from './sema';
import { setPreemptoff } from './stw';
// biome-ignore format: words, not a wall
import { acquirem, again, arg, call, casGToWaitingForGC, casgstatusBack, curg, event, forEachG, gKind, gp, i,
  iff, leave, line, loop, type Node, numberLocal, operand, prologue, reads, reason, releasem, ret, returns, routine,
  setFlag, systemstack, tl, traceAcquire, traceReleaseOnG, userCode, workKind, writes } from './words';

/**
 * A collection from start to end. Source: gcStart, gcMarkDone, gcMarkTermination in runtime/mgc.go. At the commit the
 * two stops for the GC leave the stopper Running.
 *
 * Left out: what is swept, write barriers.
 */

const work = workKind.col;
const sweeperG = operand('sweep.g', (w: Runtime) => w.sweeper);

const setPhase = (text: string, phase: number) =>
  line(`setGCPhase(${text})`, {
    run: (w: Runtime) => {
      w.work.phase = phase;
    },
    touches: [writes<Runtime>(work.phase)],
  });

const setBlacken = (to: boolean) =>
  line(`gcBlackenEnabled = ${Number(to)}`, {
    run: (w: Runtime) => {
      w.work.gcBlackenEnabled = to;
    },
    touches: [writes<Runtime>(work.gcBlackenEnabled)],
  });

export const gcStart = routine(
  'gcStart',
  'runtime/mgc.go',
  [tl],
  [
    prologue,
    iff('!trigger.test()', (w) => w.work.phase !== 0, [reads(work.phase)], [ret]),
    semacquire('startSema'),
    iff('!trigger.test(), once more', (w) => w.work.phase !== 0, [reads(work.phase)], [semrelease('startSema'), ret]),
    semacquire('gcsema'),
    semacquire('worldsema'),
    traceAcquire(),
    event('GCStart', { stack: true }),
    traceReleaseOnG(),
    systemstack('gcResetMarkState'),
    systemstack('stopTheWorldWithSema'),
    setPhase('GCmark', 1),
    line('gcMarkRootPrepare', {
      run: (w) => {
        w.work.markrootNext = 0;
        w.work.markrootJobs = w.gs.length;
      },
      touches: [writes(work.markrootNext), writes(work.markrootJobs)],
    }),
    setBlacken(true),
    acquirem,
    systemstack('startTheWorldWithSema'),
    semrelease('worldsema'),
    releasem,
    semrelease('startSema'),
  ],
);

/** Before the world is stopped: nobody marks, so that nobody looks. Left out: allglock. */
export const gcResetMarkState = routine(
  'gcResetMarkState',
  'runtime/mgc.go',
  [gp, i],
  [forEachG('forEachG', setFlag(gp, 'gcscandone', false))],
);

const restarted = numberLocal('restarted', 1);

/** More was found to mark: back to the top. Once is enough here. */
const mayRestart = (text: string, ...before: Node<Runtime>[]): Node<Runtime> =>
  iff(
    text,
    (w) => {
      if (restarted(w) === 1 || w.way === 0) return false;
      restarted.set(w, 1);
      return true;
    },
    [],
    [...before, again],
    [],
    (w) => 2 - restarted(w),
  );

/** By the last worker or assist: marking is over unless somebody found more to mark. */
export const gcMarkDone = routine(
  'gcMarkDone',
  'runtime/mgc.go',
  [restarted],
  [
    prologue,
    semacquire('markDoneSema'),
    loop(
      'top',
      iff(
        '!(gcphase == GCmark && work.nwait == work.nproc && !gcMarkWorkAvailable())',
        (w) => !(w.work.phase === 1 && w.work.marking === 0 && w.work.markrootNext >= w.work.markrootJobs),
        [reads(work.phase), reads(work.marking), reads(work.markrootNext), reads(work.markrootJobs)],
        [semrelease('markDoneSema'), ret],
      ),
      semacquire('worldsema'),
      forEachP('GCMarkTermination'),
      mayRestart('gcMarkDoneFlushed != 0', semrelease('worldsema')),
      setPreemptoff(true),
      systemstack('stopTheWorldWithSema'),
      mayRestart('restart', setPreemptoff(false), systemstack('startTheWorldWithSema'), semrelease('worldsema')),
      leave,
    ),
    setBlacken(false),
    call('gcWakeAllAssists'),
    semrelease('markDoneSema'),
    call('gcMarkTermination'),
  ],
);

export const gcMarkTermination = routine(
  'gcMarkTermination',
  'runtime/mgc.go',
  [tl],
  [
    setPhase('GCmarktermination', 2),
    acquirem,
    casGToWaitingForGC(curg, reason('GarbageCollection')),
    systemstack('gcMark'),
    systemstack('gcSweep'),
    casgstatusBack(curg),
    traceAcquire(),
    event('GCDone'),
    traceReleaseOnG(),
    setPreemptoff(false),
    systemstack('startTheWorldWithSema'),
    forEachP('FlushProcCaches'),
    semrelease('worldsema'),
    semrelease('gcsema'),
    releasem,
  ],
);

export const gcMark = routine('gcMark', 'runtime/mgc.go', [], [line('gcMark', {})]);

/** The background sweeper is woken while the world is stopped and the M's goroutine still waits for the GC. */
export const gcSweep = routine(
  'gcSweep',
  'runtime/mgc.go',
  [gp],
  [
    setPhase('GCoff', 0),
    iff(
      'sweep.parked',
      (w) => {
        const it = w.sweeper;
        if (!it.wakeable) return false;
        it.wakeable = false;
        gp.set(w, it);
        return true;
      },
      [writes(gKind.col.wakeable, sweeperG)],
      [call('ready', arg(gp, gp))],
    ),
  ],
);

/** What it sweeps is left out. */
export const bgsweep = routine(
  'bgsweep',
  'runtime/mgcsweep.go',
  [],
  [loop('for', userCode('sweepone'), park('GCSweepWait', 'bgsweep.func1'))],
);

export const bgsweep_func1 = routine(
  'bgsweep.func1',
  'runtime/mgcsweep.go',
  [gp],
  [
    line('sweep.parked = true', {
      run: (w) => {
        gp(w).wakeable = true;
      },
      touches: [writes(gKind.col.wakeable, gp)],
    }),
    returns('true', () => 1),
  ],
);
