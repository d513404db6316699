import fc from 'fast-check';
import { z } from 'zod';
import { UsageError } from '../harness/language';
import { MAX_STACK } from './cells';
import { mixes, type OperationName, operationNames } from './operations';

/** What one user goroutine starts with and does. */
export interface GProgram {
  /** Size of its stack at the start, 0 (the minimum) to MAX_STACK. */
  readonly stack: number;
  readonly ops: readonly OperationName[];
}

/** What is done in a run, apart from who moves when. */
export interface Program {
  /** Ms, each with a P of its own. */
  readonly ms: number;
  /** Goroutines of the GC's worker pool. */
  readonly workers: number;
  /** Whether the run starts with tracing on. */
  readonly tracing: boolean;
  /** Whether it starts in the mark phase, with every root job outstanding. */
  readonly marking: boolean;
  /** Whether the program is profiled: CPU time, and the runtime's own locks. */
  readonly profiled: boolean;
  /** Whether sysmon runs, an M without a P. */
  readonly sysmon: boolean;
  /** Whether an M with nothing to do lets go of its P. */
  readonly idle: boolean;
  readonly gs: readonly GProgram[];
}

const MAX_MS = 4;
const MAX_WORKERS = 2;
const MAX_GS = 4;
const MAX_OPS = 8;

const schema = z.strictObject({
  ms: z.int().min(1).max(MAX_MS),
  workers: z.int().min(1).max(MAX_WORKERS),
  tracing: z.boolean(),
  marking: z.boolean(),
  profiled: z.boolean(),
  sysmon: z.boolean().default(false),
  idle: z.boolean().default(false),
  gs: z
    .array(
      z.strictObject({
        stack: z.int().min(0).max(MAX_STACK),
        ops: z.array(z.enum(operationNames as [OperationName])).max(MAX_OPS),
      }),
    )
    .min(1)
    .max(MAX_GS),
});

export function parseProgram(value: unknown): Program {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new UsageError(
    `program.${path.join('.')}: ${message}`,
    path.includes('ops')
      ? `Operations are: ${operationNames.join(', ')}.`
      : `It has up to ${MAX_MS} Ms, ${MAX_WORKERS} workers, ${MAX_GS} goroutines of up to ${MAX_OPS} operations.`,
  );
}

/**
 * `M3.W1.T.K/2.park.gosched/0.gcAssist`: 3 Ms, 1 worker, tracing, marking (profiled would be P, with sysmon S, with
 * idle Ps I), then each goroutine's stack and operations.
 */
export function programText({ ms, workers, tracing, marking, profiled, sysmon, idle, gs }: Program): string {
  const head = [
    `M${ms}`,
    `W${workers}`,
    ...(tracing ? ['T'] : []),
    ...(marking ? ['K'] : []),
    ...(profiled ? ['P'] : []),
    ...(sysmon ? ['S'] : []),
    ...(idle ? ['I'] : []),
  ].join('.');
  return [head, ...gs.map(({ stack, ops }) => [stack, ...ops].join('.'))].join('/');
}

export function parseProgramText(text: string): Program {
  const [head = '', ...gs] = text.split('/');
  const [, ms, workers, tracing, marking, profiled, sysmon, idle] =
    /^M(\d)\.W(\d)(\.T)?(\.K)?(\.P)?(\.S)?(\.I)?$/.exec(head) ?? [];
  if (ms === undefined)
    throw new UsageError(
      `"${text}" is no program: it begins with "${head}"`,
      'It begins with Ms, workers, and what is on, in this order: M3.W1.T.K.P.S.I (T tracing, K marking, ' +
        'P profiling, S sysmon, I idle Ps).',
    );
  try {
    return parseProgram({
      ms: Number(ms),
      workers: Number(workers),
      tracing: tracing !== undefined,
      marking: marking !== undefined,
      profiled: profiled !== undefined,
      sysmon: sysmon !== undefined,
      idle: idle !== undefined,
      gs: gs.map((g) => {
        const [stack = '', ...ops] = g.split('.');
        return { stack: /^\d$/.test(stack) ? Number(stack) : stack, ops };
      }),
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`"${text}" is no program: ${error.message}`, error.hint);
  }
}

/** Shrinks towards true: what a run starts with need not be brought about. */
const mostly = fc.constantFrom(true, true, true, false);

/** Shrinks towards false. */
const seldom = fc.constantFrom(false, false, false, true);

/** Of what every program has in Go, so that it gets in the way of what does without. */
const rarely = fc.constantFrom(false, false, false, false, false, true);

/** An array that fast-check shrinks from its end: what comes later is needed least. */
const fromTheEnd = <T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> =>
  items.map(
    (it) => it.toReversed(),
    (it) => (it as T[]).toReversed(),
  );

/** Programs that do these and no others, each as often as it is named. */
export const drawn = (operations: readonly OperationName[], begins: Partial<Program> = {}): fc.Arbitrary<Program> =>
  fc.record({
    ms: fc.integer({ min: 2, max: MAX_MS }),
    workers: fc.integer({ min: 1, max: MAX_WORKERS }),
    tracing: begins.tracing === undefined ? mostly : fc.constant(begins.tracing),
    marking: begins.marking === undefined ? mostly : fc.constant(begins.marking),
    profiled: seldom,
    sysmon: begins.sysmon === undefined ? rarely : fc.constant(begins.sysmon),
    idle: begins.idle === undefined ? rarely : fc.constant(begins.idle),
    gs: fromTheEnd(
      fc.array(
        fc.record({
          stack: fc.integer({ min: 0, max: MAX_STACK }),
          ops: fromTheEnd(fc.array(fc.constantFrom(...operations), { maxLength: 4 })),
        }),
        { minLength: 1, maxLength: MAX_GS },
      ),
    ),
  });

/** What a program is without one of its goroutines, operations, Ms, workers, doublings of a stack, or what is on. */
export function smaller(program: Program): Program[] {
  const { gs, ms, workers, profiled, sysmon, idle } = program;
  const withG = (at: number, g: GProgram): Program => ({ ...program, gs: gs.with(at, g) });
  return [
    ...(gs.length > 1 ? gs.map((_, at) => ({ ...program, gs: gs.toSpliced(at, 1) })) : []),
    ...(ms > 1 ? [{ ...program, ms: ms - 1 }] : []),
    ...(workers > 1 ? [{ ...program, workers: workers - 1 }] : []),
    ...(profiled ? [{ ...program, profiled: false }] : []),
    ...(sysmon ? [{ ...program, sysmon: false }] : []),
    ...(idle ? [{ ...program, idle: false }] : []),
    ...gs.flatMap((g, at) => g.ops.map((_, op) => withG(at, { ...g, ops: g.ops.toSpliced(op, 1) }))),
    ...gs.flatMap((g, at) => (g.stack > 0 ? [withG(at, { ...g, stack: g.stack - 1 })] : [])),
  ];
}

/** Programs of two to five operations each: what a program leaves out cannot keep the rest from meeting. */
export const swarms: fc.Arbitrary<Program> = fc
  .subarray([...operationNames], { minLength: 2, maxLength: 5 })
  .chain((operations) => drawn(operations));

/** What fast-check draws programs from. Shrinking takes away operations, goroutines and Ms. */
export const programs: fc.Arbitrary<Program> = fc.oneof(
  ...mixes.map(({ weight, operations, begins }) => ({ weight, arbitrary: drawn(operations, begins) })),
);
