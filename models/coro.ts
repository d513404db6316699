import { startNumber } from './newproc';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { actorLocal, arg, call, casgstatus, curg, dropM, event, type G, Grunnable, Grunning, Gwaiting, gKind, gogo,
  gp, group, iff, leave, line, loop, mcall, mKind, mp, newCaller, numberLocal, operand, prologue, reads, reason, ret,
  routine, setStatus, setWaitreason, statusTouches, systemstack, tl, traceAcquire, traceRelease, userCode,
  writes } from './words';

/**
 * Coroutines, which pass an M from one goroutine straight to another. Source: newcoro, corostart, coroexit,
 * coroswitch_m in runtime/coro.go.
 *
 * Left out: thread locking, the check that no coroutine switches to itself. A coroutine's record is known by the
 * goroutine that made it; the program of each resumes its coroutine until that has ended, as a loop over an iterator
 * does.
 */

const g = gKind.col;
export const gnext = actorLocal<G>('gnext', 3, 'G');

/** The coroutine, by its maker. */
const c = actorLocal<G>('c', 4, 'G');
const isExit = numberLocal('exit', 5);
const maker = operand('c', (w: Runtime): G => c(w));

/** Makes a coroutine and resumes it to its end. */
export const coroutine = routine(
  'coroutine',
  'user code, iter/iter.go',
  [c],
  [
    prologue,
    systemstack('newcoro.func1'),
    iff('no goroutine is free', (w) => curg(w).schedlink === undefined, [], [ret]),
    line('c = newcoro(f)', { run: (w) => c.set(w, curg(w)) }),
    line('c.gp = gp', {
      run: (w) => {
        curg(w).corogp = curg(w).schedlink;
        curg(w).schedlink = undefined;
      },
      touches: [writes(g.corogp, curg)],
    }),
    loop(
      'for x := range seq',
      prologue,
      iff('c.gp == 0', (w) => curg(w).corogp === undefined, [reads(g.corogp, curg)], [leave]),
      call('coroswitch', arg(c, c)),
      userCode('loop body'),
    ),
  ],
);

export const newcoro_func1 = routine(
  'newcoro.func1',
  'runtime/coro.go',
  [gp],
  [call('newproc1', arg(newCaller, startNumber('corostart')))],
);

export const coroswitch = routine(
  'coroswitch',
  'runtime/coro.go',
  [c],
  [
    line('gp.coroarg = c', {
      run: (w) => {
        curg(w).coroarg = c(w);
      },
    }),
    mcall('coroswitch_m'),
  ],
);

/** The coroutine's body: it yields as often as it likes, and ends. */
export const corostart = routine(
  'corostart',
  'runtime/coro.go',
  [c],
  [
    line('c = gp.coroarg', {
      run: (w) => {
        c.set(w, curg(w).schedlink!);
        curg(w).schedlink = undefined;
      },
    }),
    loop(
      'c.f(c)',
      userCode('coroutine body'),
      iff(
        'it ends',
        (w) => w.way === 0,
        [],
        [leave],
        [],
        () => 2,
      ),
      prologue,
      call('coroswitch', arg(c, c)),
    ),
    line('gp.coroarg, gp.coroexit = c, true', {
      run: (w) => {
        curg(w).coroarg = c(w);
        curg(w).coroexit = true;
      },
    }),
    mcall('coroswitch_m'),
  ],
);

/** A CAS of a status without the spinning, and casgstatus where it fails. */
export const swapStatus = (
  it: typeof gp,
  from: number,
  to: number,
  text: string,
  ...slow: Parameters<typeof group>[1][]
) =>
  iff(
    `!${text}`,
    (w) => {
      const target = it(w);
      w.m.wrote = undefined;
      w.m.ordering = 0;
      if (target.scan || target.status !== from) return true;
      setStatus(w, target, to);
      return false;
    },
    statusTouches(it, from),
    slow,
  );

export const coroswitch_m = routine(
  'coroswitch_m',
  'runtime/coro.go',
  [gp, tl, gnext, c, isExit],
  [
    line('c = gp.coroarg; exit = gp.coroexit', {
      run: (w) => {
        const it = gp(w);
        c.set(w, it.coroarg!);
        isExit.set(w, Number(it.coroexit));
        it.coroarg = undefined;
        it.coroexit = false;
      },
    }),
    traceAcquire(),
    iff(
      'exit',
      (w) => isExit(w) === 1,
      [],
      [call('gdestroy', arg(gp, gp))],
      [
        setWaitreason(gp, reason('Coroutine')),
        swapStatus(
          gp,
          Grunning,
          Gwaiting,
          'gp.atomicstatus.CompareAndSwap(Grunning, Gwaiting)',
          casgstatus(gp, Grunning, Gwaiting),
        ),
        dropM,
      ],
    ),
    line('gnext = c.gp; c.gp.cas(gnext, self)', {
      run: (w) => {
        gnext.set(w, c(w).corogp!);
        c(w).corogp = isExit(w) === 1 ? undefined : gp(w);
      },
      touches: [writes(g.corogp, maker)],
    }),
    group(
      'the event',
      iff(
        'exit, still',
        (w) => isExit(w) === 1,
        [],
        [event('GoSwitchDestroy', { target: gnext, about: gp })],
        [event('GoSwitch', { target: gnext })],
      ),
    ),
    line('mp.curg = gnext', {
      run: (w) => {
        w.m.curg = gnext(w);
      },
      touches: [writes(mKind.col.curg, mp)],
    }),
    line('gnext.m = mp', {
      run: (w) => {
        gnext(w).m = w.m;
      },
      touches: [writes(g.m, gnext)],
      fragile: 2,
    }),
    swapStatus(
      gnext,
      Gwaiting,
      Grunning,
      'gnext.atomicstatus.CompareAndSwap(Gwaiting, Grunning)',
      casgstatus(gnext, Gwaiting, Grunnable),
      casgstatus(gnext, Grunnable, Grunning),
    ),
    traceRelease(),
    gogo(gnext),
  ],
);
