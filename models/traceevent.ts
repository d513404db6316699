import { type G, GENERATIONS, gKind, mKind, traceKind } from './cells';
import type { Runtime } from './runtime';
import {
  acquirem,
  arg,
  call,
  curg,
  gp,
  group,
  iff,
  line,
  mp,
  type Node,
  type Operand,
  reads,
  releasem,
  releasemOnG0,
  ret,
  routine,
  tl,
  writes,
} from './words';

/**
 * The tracer as the rest of the runtime sees it: trace critical sections, events, stack walks. The order of the steps of
 * an event: statuses that this generation has not seen, the stack, the write into the buffer.
 *
 * Left out: what is written (a reader of the trace is not part of this model yet), P statuses and buffers' bytes.
 * Source: runtime/trace2runtime.go, trace2event.go, trace2stack.go at the commit.
 */

const g = gKind.col;
const m = mKind.col;
const traced = ['traced0', 'traced1', 'traced2'] as const;
const tracedColumns = [g.traced0, g.traced1, g.traced2];

/** The slots of statusTraced and of the buffers, by generation. */
export const statusWasTraced = (it: G, gen: number): boolean => it[traced[gen % 3]!];
export const setStatusTraced = (it: G, gen: number, to: boolean): void => {
  it[traced[gen % 3]!] = to;
};
export const nextGen = (gen: number): number => (gen % GENERATIONS) + 1;
export const tracedReads = (it: Operand<Runtime, G>) => tracedColumns.map((column) => reads<Runtime>(column, it));
export const tracedWrites = (it: Operand<Runtime, G>) => tracedColumns.map((column) => writes<Runtime>(column, it));

const flipSeqlock = (w: Runtime): void => {
  w.m.seqlock = !w.m.seqlock;
  w.m.left = undefined;
  w.m.section = 0;
};
const seqlockTouches = [writes<Runtime>(m.seqlock, mp), writes<Runtime>(m.left, mp), writes<Runtime>(m.section, mp)];

/** Enters a trace critical section; afterwards `tl` is the generation, or 0 if tracing is off. */
export const traceAcquire = (text = 'traceAcquire'): Node<Runtime> =>
  group(
    text,
    iff(
      'traceEnabled()',
      (w) => {
        tl.set(w, 0);
        return w.trace.enabled;
      },
      [reads(traceKind.col.enabled)],
      [
        acquirem,
        line('mp.trace.seqlock.Add(1)', { run: flipSeqlock, touches: seqlockTouches }),
        line('tl.gen = trace.gen.Load()', {
          run: (w) => {
            tl.set(w, w.trace.gen);
            w.m.section = w.trace.gen;
          },
          touches: [reads(traceKind.col.gen), writes(m.section, mp)],
        }),
        iff(
          'gen == 0',
          (w) => tl(w) === 0,
          [],
          [line('mp.trace.seqlock.Add(1)', { run: flipSeqlock, touches: seqlockTouches }), releasemOnG0],
        ),
      ],
    ),
  );

const release = (text: string, ...releaseM: Node<Runtime>[]): Node<Runtime> =>
  group(
    text,
    iff(
      'trace.ok()',
      (w) => tl(w) !== 0,
      [],
      [line('mp.trace.seqlock.Add(1)', { run: flipSeqlock, touches: seqlockTouches }), ...releaseM],
    ),
  );

export const traceRelease = (text = 'traceRelease'): Node<Runtime> => release(text, releasemOnG0);
/** On a goroutine's stack, where releasem may re-arm a preemption request. */
export const traceReleaseOnG = (text = 'traceRelease'): Node<Runtime> => release(text, releasem);

/** Claims the writing of a goroutine's status for a generation: true for the one who is first. */
const acquireStatus = (text: string, it: Operand<Runtime, G>, isThere: (w: Runtime) => boolean): Node<Runtime> =>
  iff(
    `${text}.statusTraced.CompareAndSwap(gen)`,
    (w) => {
      if (!isThere(w) || statusWasTraced(it(w), tl(w))) return false;
      setStatusTraced(it(w), tl(w), true);
      return true;
    },
    tracedWrites(it),
    [readyNextGen(it, tl)],
  );

/** Source: traceSchedResourceState.readyNextGen. */
export const readyNextGen = (it: Operand<Runtime, G>, gen: Operand<Runtime, number>): Node<Runtime> =>
  line(`${it.text}.trace.readyNextGen(gen)`, {
    run: (w) => setStatusTraced(it(w), gen(w) + 1, false),
    touches: tracedWrites(it),
  });

/** Whose stack an event carries, and whose status besides the M's own goroutine it needs. */
interface EventParts {
  stack?: boolean;
  target?: Operand<Runtime, G>;
}

/**
 * One event, inside a critical section; nothing when tracing is off. With `stack`, the M's own goroutine is walked: if
 * the M has none, the stack is empty.
 */
export const event = (text: string, { stack = false, target }: EventParts = {}): Node<Runtime> =>
  group(
    `trace.${text}`,
    iff(
      'trace.ok()',
      (w) => tl(w) !== 0,
      [],
      [
        iff('mp.curg != nil', hasCurg, [], [acquireStatus('mp.curg', curg, hasCurg)]),
        ...(target ? [acquireStatus(target.text, target, () => true)] : []),
        ...(stack ? [iff('mp.curg != nil', hasCurg, [], [call('traceStack', arg(gp, curg))])] : []),
        bufEvent('buf.event'),
      ],
    ),
  );

/** The write into the M's buffer for the generation. */
export const bufEvent = (text: string): Node<Runtime> =>
  line(text, {
    run: (w) => {
      if (tl(w) % 2 === 0) w.m.buf0 = true;
      else w.m.buf1 = true;
    },
    touches: [writes(m.buf0, mp), writes(m.buf1, mp)],
  });

const hasCurg = (w: Runtime): boolean => w.m.curg !== undefined;

export const walkTouches = [writes<Runtime>(m.walked, mp), writes<Runtime>(m.walkEpoch, mp)];

/**
 * Walks a stack by frame pointers, from sched.bp, or from its own registers when the goroutine walks itself. The number
 * of frames is two, the fewest that can be torn apart.
 * Source: traceStack, fpTracebackPCs.
 */
export const traceStack = routine(
  'traceStack',
  'runtime/trace2stack.go',
  [gp],
  [
    line('pc, bp = gp.sched', {
      run: (w) => {
        const it = gp(w);
        beginWalk(w, it, w.onG0 || w.m.curg !== it ? it.sched : 1 + it.epoch);
      },
      touches: [reads(g.sched, gp), ...walkTouches, writes(m.walkReads, mp)],
    }),
    iff(
      'bp != nil',
      (w) => w.m.walkEpoch !== 0,
      [],
      [readFrame('fpTracebackPCs: first frame'), readFrame('fpTracebackPCs: second frame')],
    ),
    line('stackTab.put', { run: endWalk, touches: walkTouches }),
    ret,
  ],
);

export function beginWalk(w: Runtime, it: G, epoch: number): void {
  w.m.walked = it;
  w.m.walkEpoch = epoch;
  w.m.walkReads = false;
}

export function endWalk(w: Runtime): void {
  w.m.walked = undefined;
  w.m.walkEpoch = 0;
}

export function readFrame(text: string): Node<Runtime> {
  return line(text, {
    run: (w) => {
      w.m.walkReads = true;
      void gp(w).frames;
    },
    touches: [reads(g.frames, gp), writes(m.walkReads, mp)],
    isFragile: true,
  });
}
