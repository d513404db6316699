import type { OperationName } from '../../models/operations';
import type { Program } from '../../models/program';

/**
 * A finding's program, for going on for ever: what each goroutine does over and over, from where it began. What the
 * model begins with is brought about by operations: a grown stack, a tracer that is on or off.
 */
export function loopsOf({ gs, tracing }: Program): OperationName[][] {
  return gs.map(({ stack, ops }) => {
    const roundOf = (before: readonly OperationName[]): OperationName[] => [
      ...(stack > 0 ? (['deepCall'] as const) : []),
      ...before,
      ...ops,
      // Who never rests is never found asleep.
      ...(ops.length > 0 && !ops.includes('parkOnChan') ? (['park'] as const) : []),
    ];
    // Who runs on behind the start of a trace is in its generation at once, and in the next only behind an event. While
    // it is begun, nobody stays inside of a section.
    if (tracing && ops.includes('traceStop'))
      return [...roundOf(['traceStart', 'park']), ...roundOf(['traceStart', 'traceAdvance'])];
    return roundOf(!tracing && ops.includes('traceStart') ? ['traceStop'] : []);
  });
}

const TIMES = 60;

/** runtime.GC waits until it is over, which gcStart alone does not. */
const waiting = (ops: readonly OperationName[]): OperationName[] =>
  ops.flatMap((it) => (it === 'gcStart' ? ['gcStart', 'park', 'gosched', 'park'] : [it]));

/** The same in the model: some rounds of it, and somebody who starts a garbage collection whenever one is over. */
export function loopedProgram(program: Program): Program {
  const loops = loopsOf(program).map((ops, i) => ({
    stack: program.gs[i]!.stack,
    ops: Array.from({ length: TIMES }, () => (ops.length > 0 ? waiting(ops) : (['busyLoop'] as const))).flat(),
  }));
  const collector = program.marking
    ? [{ stack: 0, ops: Array.from({ length: TIMES }, () => waiting(['gcStart'])).flat() }]
    : [];
  return { ...program, gs: [...loops, ...collector] };
}
