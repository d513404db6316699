import type { Touch } from '../harness/language';
import { forEachP } from './foreachp';
import { DEAD, resume } from './preempt';
import { flushTouches, lockTrace, traceBufFlush, unlockTrace } from './reader';
import type { Runtime } from './runtime';
import { semacquire, semrelease } from './sema';
import { traceStackOf } from './tracestack';
import { gcActive } from './tracestart';
import { allWires, beginGeneration, statusTouch, traceStatus, wireTouches, writeStatus } from './wire';
// biome-ignore format: words, not a wall
import { acquirem, arg, call, casGToWaitingForGC, casgstatusBack, curg, event, forEachG, type G, gKind, gp, group, i,
  iff, isWaitingForGC, leave, line, loop, type M, mKind, mp, type Node, nextGen, numberLocal, operand, prologue, reads,
  readyNextGen, reason, releasem, result, ret, routine, statusWasTraced, systemstack, tl, traceAcquire, tracedReads,
  traceKind, traceReleaseOnG, writes } from './words';

/**
 * Moving the tracer to its next generation, and stopping it. Source: traceAdvance, StopTrace in runtime/trace2.go. The
 * letters are the phases: A samples the goroutines that were silent in this generation, B ends the generation, C waits
 * for those who still write in it, D writes the samples, E waits for the reader.
 *
 * Left out: CPU samples, Ms on the free list, the advancer's own goroutine (programs advance). Phase C looks at one M
 * after the other rather than at all of them in turn; what each look finds is the same.
 */

const trace = traceKind.col;
const isStop = numberLocal('stopTrace', 4);
const gen = numberLocal('gen', 5);
const state = numberLocal('state', 2);
/** The bit of a note that says so. */
const IN_ASSIST = 512;

export const traceAdvance = routine(
  'traceAdvance',
  'runtime/trace2.go',
  [gp, tl, i, isStop, gen],
  [
    semacquire('traceAdvanceSema'),
    line('gen = trace.gen.Load()', { run: (w) => gen.set(w, w.trace.gen), touches: [reads(trace.gen)] }),
    iff('gen == 0', (w) => gen(w) === 0, [], [semrelease('traceAdvanceSema'), ret]),
    forEachG(
      'A: forEachGRace',
      prologue,
      readyNextGen(gp, gen),
      iff('!gp.trace.statusWasTraced(gen)', (w) => !statusWasTraced(gp(w), gen(w)), tracedReads(gp), [
        systemstack('traceAdvance.func3', arg(gp, gp)),
      ]),
    ),
    group('B: semacquire', semacquire('worldsema')),
    acquirem,
    line('trace.lastNonZeroGen = gen', {
      run: (w) => {
        w.trace.lastNonZeroGen = gen(w);
      },
      touches: [writes(trace.lastNonZeroGen)],
    }),
    iff(
      'stopTrace',
      (w) => isStop(w) === 1,
      [],
      [systemstack('traceAdvance.func4')],
      [
        line('trace.gen.Store(traceNextGen(gen))', {
          run: (w) => {
            w.trace.gen = nextGen(gen(w));
            if (w.trace.firstGen === w.trace.gen) w.trace.firstGen = 0;
            beginGeneration(w, w.trace.gen);
          },
          touches: [writes(trace.gen), writes(trace.firstGen), ...allWires],
        }),
        traceAcquire(),
        event('Gomaxprocs', { stack: true }),
        traceReleaseOnG(),
        gcActive(
          traceAcquire('traceAcquire, for the GC'),
          event('GCActive'),
          traceReleaseOnG('traceRelease, for the GC'),
        ),
      ],
    ),
    releasem,
    semrelease('worldsema'),
    group('C: snapshot allm', prologue),
    systemstack('traceAdvance.func5', arg(gen, gen)),
    line('i = 0', { run: (w) => i.set(w, 0) }),
    loop(
      'D: for ug in untracedGs',
      iff('no more', (w) => i(w) === w.gs.length, [], [leave]),
      line('gp = allgs[i]', { run: (w) => gp.set(w, w.gs[i(w)]!) }),
      iff(
        'ug was noted',
        (w) => gp(w).ug !== 0,
        [],
        [
          iff('!ug.gp.trace.statusWasTraced(gen)', (w) => !statusWasTraced(gp(w), gen(w)), tracedReads(gp), [
            writeNote('statusWriter.writeGoStatus(ug.status, ug.waitreason)', (it) => statusOfNote(it, isWaitingForGC)),
          ]),
          line('next', {
            run: (w) => {
              gp(w).ug = 0;
            },
          }),
        ],
      ),
      line('i++', { run: (w) => i.set(w, i(w) + 1) }),
    ),
    group('D: dump the tables', prologue),
    line('lock; statusWriter.flush(), the tables; unlock', {
      when: (w) => !w.trace.lock,
      run: (w) => traceBufFlush(w, gen(w)),
      touches: flushTouches,
    }),
    line('lock; trace.flushedGen.Store(gen); unlock', {
      when: (w) => !w.trace.lock,
      run: (w) => {
        w.trace.flushedGen = gen(w);
        w.m.event = 0;
      },
      touches: [reads(trace.lock), writes(trace.flushedGen), writes(mKind.col.event, mp)],
    }),
    iff(
      'E: stopTrace',
      (w) => isStop(w) === 1,
      [],
      [semacquire('traceShutdownSema')],
      [group('P statuses', semacquire('worldsema'), forEachP('TraceProcStatus'), semrelease('worldsema'))],
    ),
    iff('gen%2 == 0', (w) => gen(w) % 2 === 0, [], [semacquire('doneSema0')], [semacquire('doneSema1')]),
    iff(
      'stopTrace, at the end',
      (w) => isStop(w) === 1,
      [],
      [
        line('lock(&trace.lock); trace.shutdown.Store(false); unlock', {
          when: (w) => !w.trace.lock,
          run: (w) => {
            w.trace.shutdown = false;
          },
          touches: [reads(trace.lock), writes(trace.shutdown)],
        }),
      ],
    ),
    semrelease('traceAdvanceSema', true),
    iff('stopTrace', (w) => isStop(w) === 1, [], [semrelease('traceShutdownSema')]),
  ],
);

const pointers = operand('me', (w: Runtime): G => w.m.curg!);

/**
 * The closure writes what it sees into the record, which is a variable of its caller: a frame on the advancer's stack.
 */
const noteDown = (text: string, touches: readonly Touch<Runtime>[], note: (w: Runtime) => void): Node<Runtime> =>
  line(text, {
    run: (w) => {
      const me = curg(w);
      me.frames = 0;
      w.m.lostIn = w.m.pointsInto === 1 + me.epoch ? undefined : me;
      if (w.m.lostIn === undefined) note(w);
    },
    touches: [...touches, writes(gKind.col.frames, pointers), writes(mKind.col.lostIn, mp)],
  });

/** Phase A for one goroutine: its stack is walked while its scan bit is held. */
export const sample = routine(
  'traceAdvance.func3',
  'runtime/trace2.go',
  [gp, state],
  [
    line('&ug, captured', {
      run: (w) => {
        w.m.pointsInto = 1 + curg(w).epoch;
      },
      touches: [writes(mKind.col.pointsInto, mp)],
    }),
    casGToWaitingForGC(curg, reason('TraceGoroutineStatus')),
    call('suspendG', arg(gp, gp)),
    line('s = result', { run: (w) => state.set(w, result(w)) }),
    iff(
      '!s.dead',
      (w) => state(w) !== DEAD,
      [],
      [
        noteDown('ug.status = readgstatus(s.g)&^Gscan', [reads(gKind.col.status, gp)], (w) => {
          gp(w).ug = 1 + gp(w).status;
        }),
        noteDown('ug.waitreason = s.g.waitreason', [reads(gKind.col.waitreason, gp)], (w) => {
          gp(w).ug = (gp(w).ug % 16) + 16 * gp(w).waitreason;
        }),
        noteDown('ug.inMarkAssist = s.g.inMarkAssist', [reads(gKind.col.inMarkAssist, gp)], (w) => {
          gp(w).ug = (gp(w).ug % IN_ASSIST) + (gp(w).inMarkAssist ? IN_ASSIST : 0);
        }),
        traceStackOf(gp),
        noteDown('ug.stackID = stack', [], () => {}),
        resume(state),
      ],
    ),
    casgstatusBack(curg),
  ],
);

/** What phase D makes of a noted status. */
export const statusOfNote = (it: G, isListed: (reason: number) => boolean): number =>
  traceStatus((it.ug % 16) - 1, isListed(Math.floor((it.ug % IN_ASSIST) / 16)));

/** Phase D for one goroutine, if nobody has written its status meanwhile. */
export function writeNote(text: string, says: (it: G) => number): Node<Runtime> {
  const run = (w: Runtime): void => writeStatus(w, gp(w), gen(w), says(gp(w)), gp(w).ug >= IN_ASSIST);
  return line(text, { run, touches: [...wireTouches(gp), statusTouch] });
}

/** Phase B of a stop: tracing is off in three steps. */
export const switchOff = routine(
  'traceAdvance.func4',
  'runtime/trace2.go',
  [],
  [
    lockTrace,
    line('trace.shutdown.Store(true)', {
      run: (w) => {
        w.trace.shutdown = true;
      },
      touches: [writes(trace.shutdown)],
    }),
    line('trace.gen.Store(0)', {
      run: (w) => {
        w.trace.gen = 0;
      },
      touches: [writes(trace.gen)],
      fragile: 2,
    }),
    unlockTrace,
    line('trace.enabled = false', {
      fragile: 2,
      run: (w) => {
        w.trace.enabled = false;
      },
      touches: [writes(trace.enabled)],
    }),
  ],
);

const flushed = operand('mToFlush', (w: Runtime): M => w.ms[i(w)]!);

/** Where an advance waits for the Ms that are still inside a critical section. */
export const FLUSH_LINE = 'mToFlush.trace.seqlock.Load()%2 == 0';

/** Phase C. The M's own goroutine is Running and cannot be suspended meanwhile. */
export const flush = routine(
  'traceAdvance.func5',
  'runtime/trace2.go',
  [i, gen],
  [
    loop(
      'C: for mToFlush != nil',
      iff('mToFlush == nil', (w) => i(w) === w.ms.length, [], [leave]),
      line(FLUSH_LINE, { when: (w) => !flushed(w).seqlock, touches: [reads(mKind.col.seqlock, flushed)] }),
      line('lock; traceBufFlush(mToFlush.trace.buf[gen%2]); unlock', {
        when: (w) => !w.trace.lock,
        run: (w) => {
          if (flushed(w).buf.get(gen(w) % 2)) traceBufFlush(w, gen(w));
          w.m.flushed = flushed(w);
          w.m.flushedGen = gen(w);
          flushed(w).buf.set(gen(w) % 2, false);
        },
        touches: [
          ...flushTouches,
          ...mKind.col.buf.map((column) => writes<Runtime>(column, flushed)),
          writes(mKind.col.flushed, mp),
          writes(mKind.col.flushedGen, mp),
        ],
      }),
      line('mToFlush = next', { run: (w) => i.set(w, i(w) + 1) }),
    ),
    line('the generation is closed', {
      run: (w) => {
        w.trace.closedGen = gen(w);
      },
      touches: [writes(trace.closedGen)],
    }),
  ],
);

const yes = operand('true', () => 1);
const no = operand('false', () => 0);
export const advance = routine('advance', 'user code', [], [call('traceAdvance', arg(isStop, no))]);

/** Programs start and stop the tracer under a mutex of package runtime/trace, which a semaphore stands for. */
export const traceStop = routine(
  'trace.Stop',
  'runtime/trace/trace.go',
  [],
  [semacquire('tracing'), call('traceAdvance', arg(isStop, yes)), semrelease('tracing')],
);
