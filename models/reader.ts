import { unlockFunctions } from './park';
import type { Runtime } from './runtime';
import { semaNumber, semreleaseOnG0 } from './sema';
// biome-ignore format: words, not a wall
import { acquirem, again, call, curg, type G, gp, iff, leave, line, loop, mcall, type Node, numberLocal, prologue,
  reads, reason, releasem, result, ret, returns, routine, setWaitreason, systemstack, traceKind, userCode,
  writes } from './words';

/**
 * The goroutine that reads the trace. Source: ReadTrace, readTrace0, traceReader, traceReaderAvailable in
 * runtime/trace2.go; Start in runtime/trace/trace.go.
 *
 * gopark is inlined into ReadTrace, as profile-guided optimisation does it, so that the way around has no prologue.
 *
 * Left out: what is read, the header, several readers, buffers that fill up before their generation ends.
 */

const trace = traceKind.col;
const gen = numberLocal('gen', 2);
const next = numberLocal('next', 3);

/** The index of the reader's unlock function, from 1. */
const UNLOCKF = 1 + unlockFunctions.indexOf('readTrace.func1');
const DATA = 1;
const PARK = 2;
export const DONE = 3;

export const lockTrace: Node<Runtime> = line('lock(&trace.lock)', {
  when: (w: Runtime) => !w.trace.lock,
  run: (w) => {
    w.trace.lock = true;
  },
  touches: [writes<Runtime>(trace.lock)],
});

export const unlockTrace: Node<Runtime> = line('unlock(&trace.lock)', {
  run: (w: Runtime) => {
    w.trace.lock = false;
  },
  touches: [writes<Runtime>(trace.lock)],
});

const fullTouches = trace.full.map((column) => writes<Runtime>(column));

/** Hands a buffer of a generation to the reader; trace.lock must be free. */
export const traceBufFlush = (w: Runtime, of: number): void => {
  w.trace.full.set(of % 2, true);
  w.trace.workAvailable = true;
};

export const flushTouches = [reads<Runtime>(trace.lock), ...fullTouches, writes<Runtime>(trace.workAvailable)];

const setWorkAvailable = line('trace.workAvailable.Store(false)', {
  run: (w: Runtime) => {
    w.trace.workAvailable = false;
  },
  touches: [writes(trace.workAvailable)],
});

/** Leaves what ReadTrace has to do next in the goroutine's `read`. */
export const read = (what: number, text: string): Node<Runtime> =>
  line(text, {
    run: (w) => {
      curg(w).read = what;
    },
  });

const signalDone = semreleaseOnG0('&trace.doneSema[gen%2]', (w) =>
  gen(w) % 2 === 0 ? semaNumber('doneSema0')(w) : semaNumber('doneSema1')(w),
);

export const readTrace0 = routine(
  'readTrace0',
  'runtime/trace2.go',
  [gen, next],
  [
    lockTrace,
    loop(
      'for',
      line('gen = trace.readerGen.Load()', {
        run: (w) => gen.set(w, w.trace.readerGen),
        touches: [reads(trace.readerGen)],
      }),
      iff(
        '!trace.full[gen%2].empty()',
        (w) => {
          if (!w.trace.full.get(gen(w) % 2)) return false;
          w.trace.full.set(gen(w) % 2, false);
          return true;
        },
        fullTouches,
        [unlockTrace, read(DATA, 'return the buffers'), ret],
      ),
      iff(
        'trace.flushedGen.Load() == gen',
        (w) => w.trace.flushedGen === gen(w),
        [reads(trace.flushedGen)],
        [
          iff(
            'trace.shutdown.Load()',
            (w) => w.trace.shutdown,
            [reads(trace.shutdown)],
            [unlockTrace, signalDone, read(DONE, 'return nil'), ret],
          ),
          line('next = trace.gen.Load()', { run: (w) => next.set(w, w.trace.gen), touches: [reads(trace.gen)] }),
          line('trace.readerGen.Store(next)', {
            run: (w) => {
              w.trace.readerGen = next(w);
            },
            touches: [writes(trace.readerGen)],
          }),
          unlockTrace,
          signalDone,
          lockTrace,
          again,
        ],
      ),
      setWorkAvailable,
      unlockTrace,
      read(PARK, 'park'),
      leave,
    ),
  ],
);

/** The goroutine of package runtime/trace that copies the trace to where the user wants it. */
export const traceReader = routine(
  'traceReader',
  'runtime/trace/trace.go',
  [],
  [
    loop(
      'for: ReadTrace',
      systemstack('readTrace0'),
      iff(
        'park',
        (w) => curg(w).read === PARK,
        [],
        [
          acquirem,
          line('mp.waitunlockf = readTrace.func1', {
            run: (w) => {
              w.m.waitunlockf = UNLOCKF;
            },
          }),
          setWaitreason(curg, reason('TraceReaderBlocked')),
          releasem,
          mcall('park_m'),
          again,
        ],
      ),
      iff('data == nil', (w) => curg(w).read === DONE, [], [leave]),
      userCode('w.Write(data)'),
      prologue,
    ),
    call('goexit1'),
  ],
);

/** Whether there is something for the reader. */
const isWanted = (w: Runtime, byShutdown: boolean): boolean =>
  w.trace.flushedGen === w.trace.readerGen || w.trace.workAvailable || (byShutdown && w.trace.shutdown);

export const availableTouches = [
  reads<Runtime>(trace.reader),
  reads<Runtime>(trace.flushedGen),
  reads<Runtime>(trace.readerGen),
  reads<Runtime>(trace.workAvailable),
  reads<Runtime>(trace.shutdown),
];

/** The parked reader, if it should be woken; `byShutdown`: shutting down is reason enough (up to Go 1.24). */
export const readerToWake = (w: Runtime, byShutdown: boolean): G | undefined =>
  w.trace.reader !== undefined && (w.trace.enabled || w.trace.shutdown) && isWanted(w, byShutdown)
    ? w.trace.reader
    : undefined;

/** Why the reader should be woken; one read each. */
export const wants: readonly Node<Runtime>[] = [
  iff(
    'trace.flushedGen.Load() == trace.readerGen.Load()',
    (w) => w.trace.flushedGen === w.trace.readerGen,
    [reads(trace.flushedGen), reads(trace.readerGen)],
    [returns('available', () => 1)],
  ),
  iff(
    'trace.workAvailable.Load()',
    (w) => w.trace.workAvailable,
    [reads(trace.workAvailable)],
    [returns('available', () => 1)],
  ),
  iff('trace.shutdown.Load()', (w) => w.trace.shutdown, [reads(trace.shutdown)], [returns('available', () => 1)]),
];

export const traceReaderAvailable = routine(
  'traceReaderAvailable',
  'runtime/trace2.go',
  [],
  [...wants, returns('nil', () => 0)],
);

/** Whether the reader stays parked; if it was to be woken, it wakes itself by not parking. */
export const refuse = routine(
  'readTrace.func1',
  'runtime/trace2.go',
  [gp],
  [
    line('trace.reader.CompareAndSwap(nil, gp)', {
      run: (w) => {
        w.trace.reader = gp(w);
      },
      touches: [writes(trace.reader)],
    }),
    call('traceReaderAvailable'),
    iff(
      'traceReader() == gp',
      (w) => {
        if (result(w) === 0 || w.trace.reader !== gp(w)) return false;
        w.trace.reader = undefined;
        return true;
      },
      [writes(trace.reader)],
      [returns('false', () => 0)],
    ),
    returns('true', () => 1),
  ],
);
