import { startNumber } from './newproc';
import type { Runtime } from './runtime';
import { semacquire, semrelease } from './sema';
import { beginGeneration } from './wire';
// biome-ignore format: words, not a wall
import { arg, call, curg, event, gKind, gp, iff, leave, line, loop, type Node, newCaller, nextGen, prologue, reads,
  result, returns, routine, runqput, systemstack, tl, traceAcquire, traceKind, traceReleaseOnG, workKind,
  writes } from './words';

/**
 * Starting the tracer. Source: StartTrace in runtime/trace2.go; trace.Start in runtime/trace/trace.go.
 *
 * Left out: strings, CPU samples, the check of GODEBUG, what is written before the first event.
 */

const trace = traceKind.col;
export const allWires = gKind.col.wire.map((column) => writes<Runtime>(column));

export const gcActive = (...nodes: Node<Runtime>[]): Node<Runtime> =>
  iff(
    'gcphase == GCmark || gcphase == GCmarktermination',
    (w) => w.work.phase !== 0,
    [reads(workKind.col.phase)],
    nodes,
  );

export const traceStart = routine(
  'trace.Start',
  'runtime/trace/trace.go',
  [],
  [
    semacquire('tracing'),
    loop(
      'until the last reader is gone, of which Go would make a second',
      iff('a goroutine is free', (w) => w.findFree(true) !== undefined, [reads(gKind.col.free)], [leave]),
      iff('tracing is on', (w) => w.trace.enabled, [reads(trace.enabled)], [leave]),
      call('Gosched'),
    ),
    call('StartTrace'),
    iff('err == nil', (w) => result(w) === 1, [], [systemstack('trace.Start.func1')]),
    semrelease('tracing'),
  ],
);

/** The statement `go` of trace.Start. */
export const startReader = routine(
  'trace.Start.func1',
  'runtime/trace/trace.go',
  [gp],
  [
    call('newproc1', arg(newCaller, startNumber('traceReader'))),
    line('newg = newproc1()', {
      run: (w) => {
        gp.set(w, curg(w).schedlink!);
        gp(w).schedlink = undefined;
        curg(w).schedlink = undefined;
      },
    }),
    runqput(gp),
  ],
);

export const StartTrace = routine(
  'StartTrace',
  'runtime/trace2.go',
  [tl],
  [
    prologue,
    iff('traceEnabled()', (w) => w.trace.enabled, [reads(trace.enabled)], [returns('err', () => 0)]),
    iff('traceShuttingDown()', (w) => w.trace.shutdown, [reads(trace.shutdown)], [returns('err', () => 0)]),
    semacquire('traceShutdownSema'),
    semrelease('traceShutdownSema'),
    semacquire('traceAdvanceSema'),
    line('trace.readerGen.Store(firstGen)', {
      run: (w) => {
        w.trace.readerGen = nextGen(w.trace.lastNonZeroGen);
      },
      touches: [reads(trace.lastNonZeroGen), writes(trace.readerGen)],
    }),
    line('trace.flushedGen.Store(0)', {
      run: (w) => {
        w.trace.flushedGen = 0;
      },
      touches: [writes(trace.flushedGen)],
    }),
    call('stopTheWorld'),
    line('trace.enabled = true', {
      run: (w) => {
        w.trace.enabled = true;
      },
      touches: [writes(trace.enabled)],
    }),
    line('trace.gen.Store(firstGen)', {
      run: (w) => {
        w.trace.gen = nextGen(w.trace.lastNonZeroGen);
        for (let k = 0; k < 3; k++) beginGeneration(w, k);
      },
      touches: [writes(trace.gen), reads(trace.lastNonZeroGen), ...allWires],
    }),
    line('until trace.exitingSyscall == 0', {
      when: (w) => w.trace.exitingSyscall === 0,
      touches: [reads(trace.exitingSyscall)],
    }),
    traceAcquire(),
    event('Gomaxprocs', { stack: true }),
    event('STWStart', { stack: true }),
    gcActive(event('GCActive')),
    traceReleaseOnG(),
    call('startTheWorld'),
    semrelease('traceAdvanceSema'),
    returns('nil', () => 1),
  ],
);
