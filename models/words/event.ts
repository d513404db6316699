import { type G, GENERATIONS, gKind, mKind, verdict } from '../cells';
import type { Runtime } from '../runtime';
import { ruleNumber, rules, toldName, WAITING, wireTouches, writeEvent, writeStatus } from '../wire';
// biome-ignore format: words, not a wall
import { arg, call, curg, gp, group, iff, line, mp, type Node, type Operand, operand, reads, tl,
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

/** The slots of statusTraced and of the buffers, by generation. */
export const statusWasTraced = (it: G, gen: number): boolean => it.traced.get(gen % 3);

export const setStatusTraced = (it: G, gen: number, to: boolean): void => {
  it.traced.set(gen % 3, to);
};

export const nextGen = (gen: number): number => (gen % GENERATIONS) + 1;
export const tracedReads = (it: Operand<Runtime, G>) => g.traced.map((column) => reads<Runtime>(column, it));
export const tracedWrites = (it: Operand<Runtime, G>) => g.traced.map((column) => writes<Runtime>(column, it));

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
    run: (w) => writeStatus(w, it(w), tl(w), says),
    touches: wireTouches(it),
  });

/** Source: traceSchedResourceState.readyNextGen. */
export const readyNextGen = (it: Operand<Runtime, G>, gen: Operand<Runtime, number>): Node<Runtime> =>
  line(`${it.text}.trace.readyNextGen(gen)`, {
    run: (w) => setStatusTraced(it(w), gen(w) + 1, false),
    touches: tracedWrites(it),
  });

/** Whose stack an event carries, and whom it is about. */
interface EventParts {
  stack?: boolean;
  /** The other goroutine that it names, which needs a status, too, unless the event creates it. */
  target?: Operand<Runtime, G>;
  isNew?: boolean;
  /** The goroutine that a reader of the trace takes it to be about; missing: the M's own, if any. */
  about?: Operand<Runtime, G>;
}

/**
 * One event, inside a critical section; nothing when tracing is off. With `stack`, the M's own goroutine is walked: if
 * the M has none, the stack is empty. Where the goroutine has no status in this generation, the event asserts one.
 */
export const event = (
  name: string,
  { stack = false, target, isNew = false, about }: EventParts = {},
): Node<Runtime> => {
  const kind = ruleNumber(name);
  const { needs, asserts: asserted = needs } = rules[kind]!;
  const subject = (w: Runtime) => (about === undefined ? w.m.curg : about(w));
  return group(
    `trace.${name}`,
    iff(
      'trace.ok()',
      (w) => tl(w) !== 0,
      [],
      [
        iff('mp.curg != nil', hasCurg, [], [acquireStatus('mp.curg', curg, asserted, hasCurg)]),
        ...(target && !isNew ? [acquireStatus(target.text, target, WAITING, () => true)] : []),
        ...(stack ? [iff('mp.curg != nil', hasCurg, [], [call('traceStack', arg(gp, curg))], [noStack])] : []),
        line('buf.event', {
          run: (w) => {
            intoBuffer(w);
            writeEvent(w, kind, tl(w), subject(w), target?.(w));
          },
          touches: [...bufTouches, ...wireTouches(operand('about', subject), ...(target ? [target] : []))],
        }),
      ],
    ),
  );
};

const intoBuffer = (w: Runtime): void => {
  w.m.buf.set(tl(w) % 2, true);
};

const bufTouches = m.buf.map((column) => writes<Runtime>(column, mp));

/** The write of something other than an event into the M's buffer for the generation. */
export const bufWrite = (text: string): Node<Runtime> => line(text, { run: intoBuffer, touches: bufTouches });
const hasCurg = (w: Runtime): boolean => w.m.curg !== undefined;

/** An event without a goroutine has no stack, and nothing to check. */
const noStack = line('traceStack(nil): id 0', {
  run: (w: Runtime) => {
    w.m.check = verdict('sees nobody');
  },
  touches: [writes(m.check, mp)],
});
