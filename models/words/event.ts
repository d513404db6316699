import type { Touch } from '../../harness/language';
import { type G, gKind, mKind, type P, pKind, traceKind, verdict } from '../cells';
// biome-ignore format: words, not a wall
import { P_ABANDONED, P_IDLE, P_RUNNING, P_SYSCALL, ruleNumber, rules, toldName, toldProcName,
  WAITING } from '../events';
import type { Runtime } from '../runtime';
import { Gsyscall, Pgcstop, Prunning, Psyscall } from '../status';
import { procTouches, statusTouch, wireTouches, writeEvent, writeProcStatus, writeStatus } from '../wire';
// biome-ignore format: words, not a wall
import { arg, call, curg, gp, group, iff, line, mp, type Node, type Operand, operand, pp, reads, tl,
  writes } from './language';

/**
 * Events, inside a trace critical section. The order of the steps of an event: statuses that this generation has not
 * seen, the stack, the write into the buffer. What an event says is kept in ghosts (wire.ts).
 * Source: runtime/trace2runtime.go, trace2event.go at the commit.
 *
 * Left out: buffers' bytes, the order of the two statuses of GoUnpark (the target's comes first from Go 1.24 on).
 */

const g = gKind.col;
const m = mKind.col;
const p = pKind.col;

const bufTouches = m.buf.map((column) => writes<Runtime>(column, mp));

/** What has a status in each generation: a goroutine or a P. */
type Told = Pick<G | P, 'traced'>;

/** The slots of statusTraced and of the buffers, by generation. */
export const statusWasTraced = (it: Told, gen: number): boolean => it.traced.get(gen % 3);

export const setStatusTraced = (it: Told, gen: number, to: boolean): void => {
  it.traced.set(gen % 3, to);
};

export { nextGen } from '../told';
export const tracedReads = (it: Operand<Runtime, G>) => g.traced.map((column) => reads<Runtime>(column, it));
export const tracedWrites = (it: Operand<Runtime, G>) => g.traced.map((column) => writes<Runtime>(column, it));
const procTracedWrites = (it: Operand<Runtime, P>) => p.traced.map((column) => writes<Runtime>(column, it));

/** Claims the writing of a goroutine's status for a generation, and writes it if nobody was before. */
const acquireStatus = (
  text: string,
  it: Operand<Runtime, G>,
  says: number,
  isThere: (w: Runtime) => boolean,
): Node<Runtime> =>
  iff(
    `${text}.statusTraced.CompareAndSwap(gen)`,
    (w) => {
      if (!isThere(w) || statusWasTraced(it(w), tl(w))) return false;
      setStatusTraced(it(w), tl(w), true);
      return true;
    },
    tracedWrites(it),
    [readyNextGen(it, tl), writeGoStatus(it, says)],
  );

const writeGoStatus = (it: Operand<Runtime, G>, says: number): Node<Runtime> =>
  line(`buf.GoStatus(${it.text}, ${toldName[says]})`, {
    run: (w) => {
      intoBuffer(w);
      writeStatus(w, it(w), tl(w), says);
    },
    touches: [...bufTouches, ...wireTouches(it), reads(g.inMarkAssist, it), statusTouch],
  });

const readyProc = (it: Operand<Runtime, P>): Node<Runtime> =>
  line(`${it.text}.trace.readyNextGen(gen)`, {
    run: (w) => setStatusTraced(it(w), tl(w) + 1, false),
    touches: procTracedWrites(it),
  });

const procStatus = (it: Operand<Runtime, P>, text: string, says: (w: Runtime) => number, reading: Touch<Runtime>[]) =>
  line(`buf.ProcStatus(${it.text}, ${text})`, {
    run: (w) => {
      intoBuffer(w);
      writeProcStatus(w, it(w), tl(w), says(w));
    },
    touches: [...bufTouches, ...procTouches(it), statusTouch, ...reading],
  });

/** The same for a P. */
const acquireProcStatus = (
  it: Operand<Runtime, P>,
  isThere: (w: Runtime) => boolean,
  status: Node<Runtime>,
): Node<Runtime> =>
  iff(
    `${it.text}.statusTraced.CompareAndSwap(gen)`,
    (w) => {
      if (!isThere(w) || statusWasTraced(it(w), tl(w))) return false;
      setStatusTraced(it(w), tl(w), true);
      return true;
    },
    procTracedWrites(it),
    [readyProc(it), status],
  );

const assertProc = (it: Operand<Runtime, P>, says: number, isThere: (w: Runtime) => boolean): Node<Runtime> =>
  acquireProcStatus(
    it,
    isThere,
    procStatus(it, toldProcName[says]!, () => says, []),
  );

const always = () => true;

/**
 * A P's status, as it is; nothing where the generation has one. A P that has stopped the world is Running to the trace,
 * and one whose goroutine has entered a system call in Syscall, which its status does not say yet.
 * Source: traceWriter.writeProcStatusForP.
 */
export const writeProcStatusForP = (it: Operand<Runtime, P>, stopper: (w: Runtime) => boolean): Node<Runtime> =>
  group(
    'writeProcStatusForP',
    acquireProcStatus(
      it,
      always,
      procStatus(
        it,
        `${it.text}.status`,
        (w) => {
          const { status } = it(w);
          if (status === Pgcstop) return stopper(w) ? P_RUNNING : P_IDLE;
          if (status !== Prunning) return status === Psyscall ? P_SYSCALL : P_IDLE;
          return w.m.p === it(w) && w.m.curg?.status === Gsyscall ? P_SYSCALL : P_RUNNING;
        },
        [reads(p.status, it)],
      ),
    ),
  );

/** Source: traceSchedResourceState.readyNextGen. */
export const readyNextGen = (it: Operand<Runtime, G>, gen: Operand<Runtime, number>): Node<Runtime> =>
  line(`${it.text}.trace.readyNextGen(gen)`, {
    run: (w) => setStatusTraced(it(w), gen(w) + 1, false),
    touches: tracedWrites(it),
  });

const setMSyscall = line('pp.trace.mSyscallID = mp.procid', {
  run: (w: Runtime) => {
    pp(w).mSyscall = w.m;
  },
  touches: [writes(p.mSyscall, pp)],
});

const clearMSyscall = line('pp.trace.mSyscallID = -1', {
  run: (w: Runtime) => {
    pp(w).mSyscall = undefined;
  },
  touches: [writes(p.mSyscall, pp)],
});

/** From whom a P is stolen; the next thief finds nobody. */
const takeMSyscall = (it: Operand<Runtime, P>): Node<Runtime> =>
  line(`mStolenFrom = ${it.text}.trace.mSyscallID; = -1`, {
    run: (w) => {
      w.m.stolenFrom = it(w).mSyscall;
      it(w).mSyscall = undefined;
    },
    touches: [writes(p.mSyscall, it)],
  });

/** Whose stack an event carries, and whom it is about. */
interface EventParts {
  stack?: boolean;
  /** The other goroutine that it names, which needs a status, too, unless the event creates it. */
  target?: Operand<Runtime, G>;
  isNew?: boolean;
  /** The goroutine that a reader of the trace takes it to be about; missing: the M's own, if any. */
  about?: Operand<Runtime, G>;
  /** The P that it is about where that is not the M's own. Of one that is stolen, the tracer knows from whom. */
  proc?: Operand<Runtime, P>;
  /** Written by an M that has no P. */
  withoutP?: boolean;
}

/**
 * One event, inside a critical section; nothing when tracing is off. With `stack`, the M's own goroutine is walked: if
 * the M has none, the stack is empty. Where the goroutine has no status in this generation, the event asserts one.
 */
export const event = (
  name: string,
  { stack = false, target, isNew = false, about, proc, withoutP = false }: EventParts = {},
): Node<Runtime> => {
  const kind = ruleNumber(name);
  const {
    needs,
    asserts: asserted = needs,
    assertsP = P_RUNNING,
    proc: change,
    begins,
    ends,
    continues,
  } = rules[kind]!;
  const subject = (w: Runtime) => (about === undefined ? w.m.curg : about(w));
  const isStolen = change === 'is stolen';
  const isOfGC = [begins, ends, continues].includes('GC');
  return group(
    `trace.${name}`,
    iff(
      'trace.ok()',
      (w) => tl(w) !== 0,
      [],
      [
        ...(isStolen ? [takeMSyscall(proc!), assertProc(proc!, P_ABANDONED, always)] : []),
        ...(change === 'enters a system call' ? [setMSyscall] : []),
        ...(change === 'leaves a system call' ? [clearMSyscall] : []),
        ...(withoutP ? [] : [assertProc(pp, assertsP, hasP)]),
        iff('mp.curg != nil', hasCurg, [], [acquireStatus('mp.curg', curg, asserted, hasCurg)]),
        ...(target && !isNew ? [acquireStatus(target.text, target, WAITING, () => true)] : []),
        ...(stack ? [iff('mp.curg != nil', hasCurg, [], [call('traceStack', arg(gp, curg))], [noStack])] : []),
        line('buf.event', {
          run: (w) => {
            intoBuffer(w);
            const it = isStolen ? proc!(w) : change === 'starts' ? w.m.p : undefined;
            writeEvent(w, kind, tl(w), subject(w), target?.(w), it, stack);
          },
          touches: [
            ...bufTouches,
            ...wireTouches(operand('about', subject), ...(target ? [target] : [])),
            ...(change || begins === 'sweep' || ends === 'sweep' ? procTouches(proc ?? pp, isStolen) : []),
            ...(continues ? [statusTouch] : []),
            ...(isOfGC ? traceKind.col.ranges.map((column) => writes<Runtime>(column)) : []),
          ],
        }),
      ],
    ),
  );
};

function intoBuffer(w: Runtime): void {
  w.m.buf.set(tl(w) % 2, true);
}

const hasP = (w: Runtime): boolean => w.m.p !== undefined;
const hasCurg = (w: Runtime): boolean => w.m.curg !== undefined;

/** An event without a goroutine has no stack, and nothing to check. */
const noStack = line('traceStack(nil): id 0', {
  run: (w: Runtime) => {
    w.m.check = verdict('sees nobody');
    w.m.hasStack = true;
  },
  touches: [writes(m.check, mp), writes(m.hasStack, mp)],
});
