import { startNumber } from './newproc';
import type { Runtime } from './runtime';
import { semacquire, semrelease } from './sema';
import { beginTrace, traceTouches } from './wire';
// biome-ignore format: words, not a wall
import { arg, call, curg, event, gKind, gp, group, i, iff, leave, line, loop, type Node, newCaller, nextGen, operand,
  type P, pKind, prologue, reads, result, returns, routine, runqput, schedKind, systemstack, tl, traceAcquire,
  traceKind, traceReleaseOnG, workKind, writeProcStatusForP, writes } from './words';

/**
 * Starting the tracer. Source: StartTrace in runtime/trace2.go; trace.Start in runtime/trace/trace.go.
 *
 * Left out: strings, CPU samples, the check of GODEBUG, what is written before the first event.
 */

const trace = traceKind.col;

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
  [tl, i],
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
    line('lock(&sched.sysmonlock)', {
      when: (w) => !w.sched.sysmonlock,
      run: (w) => {
        w.sched.sysmonlock = true;
      },
      touches: [writes(schedKind.col.sysmonlock)],
    }),
    line('for every P: pp.trace.mSyscallID = -1', {
      run: (w) => {
        for (const it of w.ps) it.mSyscall = undefined;
      },
      touches: [writes(pKind.col.mSyscall)],
    }),
    line('trace.enabled = true', {
      run: (w) => {
        w.trace.enabled = true;
      },
      touches: [writes(trace.enabled)],
    }),
    line('trace.gen.Store(firstGen)', {
      run: (w) => {
        w.trace.gen = nextGen(w.trace.lastNonZeroGen);
        beginTrace(w, w.trace.gen);
      },
      touches: [writes(trace.gen), reads(trace.lastNonZeroGen), ...traceTouches],
    }),
    line('until trace.exitingSyscall == 0', {
      when: (w) => w.trace.exitingSyscall === 0,
      touches: [reads(trace.exitingSyscall)],
    }),
    traceAcquire(),
    event('Gomaxprocs', { stack: true }),
    event('STWStart', { stack: true }),
    gcActive(event('GCActive')),
    group(
      'P statuses',
      line('i = 0', { run: (w) => i.set(w, 0) }),
      loop(
        'for each P',
        iff('i == len(allp)', (w) => i(w) === w.ps.length, [], [leave]),
        writeProcStatusForP(
          operand('allp[i]', (w: Runtime): P => w.ps[i(w)]!),
          (w) => w.ps[i(w)] === w.m.p,
        ),
        line('i++', { run: (w) => i.set(w, i(w) + 1) }),
      ),
    ),
    traceReleaseOnG(),
    line('unlock(&sched.sysmonlock)', {
      run: (w) => {
        w.sched.sysmonlock = false;
      },
      touches: [writes(schedKind.col.sysmonlock)],
    }),
    call('startTheWorld'),
    semrelease('traceAdvanceSema'),
    returns('nil', () => 1),
  ],
);
