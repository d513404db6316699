import { startNumber } from './newproc';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { actorLocal, arg, call, casgstatus, curg, dropg, event, type G, Grunnable, Grunning, Gwaiting, gKind, goOn,
  gp, iff, line, mcall, newCaller, prologue, reason, ret, routine, runqput, setFlag, setWaitreason, systemstack, tail,
  tl, traceAcquire, traceRelease, userCode, writes } from './words';

/**
 * A debugger injects a call: the goroutine is parked and a new one runs the function in its place.
 * Source: runtime/debugcall.go.
 *
 * Left out: thread locking (only the M at hand passes from one goroutine to the other), the injected function's frame,
 * panics inside it. Where the program has no spare goroutine left, no call is made.
 */

/** The goroutine that the present one passes the M to. */
const other = actorLocal<G>('other', 3, 'G');

export const debugCallWrap = routine(
  'debugCallWrap',
  'runtime/debugcall.go',
  [],
  [
    line('CALL, where the debugger has stopped it', {
      run: (w) => {
        curg(w).interrupted = true;
      },
      touches: [writes(gKind.col.interrupted, curg)],
    }),
    systemstack('debugCallWrap.func1'),
    iff('newg == nil', (w) => curg(w).schedlink === undefined, [], [goOn, ret]),
    mcall('debugCallWrap.func2'),
    setFlag(curg, 'asyncSafePoint', false),
    goOn,
  ],
);

export const debugCallWrap_func1 = routine(
  'debugCallWrap.func1',
  'runtime/debugcall.go',
  [gp],
  [
    call('newproc1', arg(newCaller, startNumber('debugCallWrap1'))),
    iff('newg != nil', (w) => curg(w).schedlink !== undefined, [], [setFlag(curg, 'asyncSafePoint', true)]),
  ],
);

/** Takes the goroutine that schedlink names, and clears it there. */
const takeOther = line('other = gp.schedlink; gp.schedlink = nil', {
  run: (w: Runtime) => {
    other.set(w, gp(w).schedlink!);
    gp(w).schedlink = undefined;
  },
});

export const debugCallWrap_func2 = routine(
  'debugCallWrap.func2',
  'runtime/debugcall.go',
  [gp, tl, other],
  [
    takeOther,
    traceAcquire(),
    event('GoPark', { stack: true }),
    setWaitreason(gp, reason('DebugCall')),
    casgstatus(gp, Grunning, Gwaiting),
    traceRelease(),
    dropg,
    tail('execute', arg(gp, other)),
  ],
);

/** The new goroutine's body. */
export const debugCallWrap1 = routine(
  'debugCallWrap1',
  'runtime/debugcall.go',
  [],
  [
    prologue,
    userCode('debugCallWrap2(dispatch)'),
    iff(
      'the function calls deeply',
      (w) => w.way === 1,
      [],
      [call('deepCall')],
      [],
      () => 2,
    ),
    prologue,
    mcall('debugCallWrap1.func1'),
    call('goexit1'),
  ],
);

export const debugCallWrap1_func1 = routine(
  'debugCallWrap1.func1',
  'runtime/debugcall.go',
  [gp, tl, other],
  [
    takeOther,
    traceAcquire(),
    event('GoSched', { stack: true }),
    casgstatus(gp, Grunning, Grunnable),
    traceRelease(),
    dropg,
    runqput(gp, 'globrunqput'),
    traceAcquire('traceAcquire, for the caller'),
    casgstatus(other, Gwaiting, Grunnable),
    event('GoUnpark', { stack: true, target: other }),
    traceRelease('traceRelease, for the caller'),
    tail('execute', arg(gp, other)),
  ],
);
