import { type Cast, type Edit, replace, rewriteRoutine, UsageError, without } from '../harness/language';
import { resumed } from './preempt';
import { type Program, parseProgramText } from './program';
import { routines } from './routines';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { arg, call, Gdead, Gpreempted, gp, i, iff, leave, line, loop, type Node, numberLocal, operand, result, ret,
  routine } from './words';

/**
 * Small worlds around one overlap each, for `explore`. They begin where a campaign's run may begin, or where its lead
 * has taken them, and leave out what lies behind the overlap.
 */

type Words = Omit<Cast<Runtime, Program>, 'program' | 'edits'> & {
  readonly program: string | Program;
  /** Routines that return at once. */
  readonly cuts?: readonly string[];
  /** Routines in which whoever comes there stays. */
  readonly halts?: readonly string[];
  readonly edits?: readonly Edit<Runtime>[];
};

const rewritten = (name: string, nodes: readonly Node<Runtime>[], sentence: string): Edit<Runtime> => {
  const found = routines.find((it) => it.name === name);
  if (found === undefined) throw new UsageError(`a cast cuts ${name}, which does not exist`, 'Compare list --listing.');
  return rewriteRoutine({ ...found, nodes }, sentence);
};

const cast = ({ program, cuts = [], halts = [], edits = [], ...rest }: Words): Cast<Runtime, Program> => ({
  ...rest,
  program: typeof program === 'string' ? programOf(rest.name, program) : program,
  edits: [
    ...edits,
    ...cuts.map((name) => rewritten(name, [], 'cut: it returns at once')),
    ...halts.map((name) => rewritten(name, [line('halt', { when: () => false })], 'cut: whoever comes here stays')),
  ],
});

const programOf = (name: string, text: string): Program => {
  try {
    return parseProgramText(text);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`cast ${name}: ${error.message}`, error.hint);
    throw error;
  }
};

/** Only the stacks of the first `count` goroutines are root jobs. */
const rootJobs =
  (count: number) =>
  (w: Runtime): void => {
    w.work.markrootJobs = count;
  };

/** Nobody reads the trace, and nobody waits for that (DONE). */
function withoutReader(w: Runtime): void {
  const reader = w.trace.reader!;
  w.trace.reader = undefined;
  reader.status = Gdead;
  reader.free = true;
  reader.waitreason = 0;
  w.clear(w.stackOf(reader));
}

const DONE: Edit<Runtime> = without('traceAdvance', 'if gen%2 == 0');

/** A goroutine that was asked to stop, and has stopped itself: whoever claims it has to ready it. */
function stopped(w: Runtime, index: number): void {
  const g = w.gs[index]!;
  const m = g.m;
  g.status = Gpreempted;
  g.sched = 1;
  g.runBy = 0;
  g.preempt = true;
  g.preemptStop = true;
  g.stackPreempt = true;
  g.m = undefined;
  if (m === undefined) return;
  m.curg = undefined;
  w.put(m.index, m.index); // on its g0
}

const END_OF_GC = 'gcMarkDone';
/** Nobody ends the cycle that gcMarkDone would end. */
const UNENDED = {
  causes: ['gcsema is held + the GC is not over'],
  why: 'gcMarkDone returns at once, and nobody ends the GC cycle',
};
/** And nobody wakes those that wait for credit. */
const UNENDED_WITH_ASSISTS = {
  causes: [...UNENDED.causes, 'a goroutine waits + gcsema is held + the GC is not over'],
  why: 'gcMarkDone returns at once, and nobody ends the GC cycle, nor wakes assists without credit',
};
const SAFE_POINTS = 'forEachP.func1';
const gi = operand('allgs[i]', (w: Runtime) => w.gs[i(w)]!);
const state = numberLocal('state', 1);

/** Suspends, scans and resumes one goroutine after the other, as a worker does, and nothing else. */
const suspender = routine(
  'suspender',
  'a cast',
  [state, i],
  [
    loop(
      'for each user goroutine',
      call('suspendG', arg(gp, gi)),
      line('state = result', { run: (w) => state.set(w, result(w)) }),
      call('scanstack', arg(gp, gi)),
      call('resumeG', arg(gp, gi), arg(resumed, state)),
      line('state = 0; i++', {
        run: (w) => {
          state.set(w, 0);
          i.set(w, i(w) + 1);
        },
      }),
      iff('i == the last', (w) => i(w) === w.program.gs.length, [], [leave]),
    ),
    line('halt', { when: () => false }),
  ],
);

/**
 * Goroutines that sleep, each on an M of its own, while one more M suspends them: bench/sleepers.pml is the same for
 * SPIN.
 */
export const sleepers = (count: number): Cast<Runtime, Program> =>
  cast({
    name: 'sleepers',
    sentence: `${count} goroutines go to sleep while an M suspends, scans and shrinks one after the other`,
    program: {
      ms: count + 1,
      workers: 1,
      tracing: true,
      marking: false,
      profiled: false,
      sysmon: false,
      idle: false,
      gs: Array.from({ length: count }, () => ({ stack: 1, ops: [] })),
    },
    halts: ['schedule', 'newstack'],
    notAtRest: 'whoever comes to schedule stays there',
    more: [suspender],
    begin: (w, code) => {
      for (const g of w.gs.slice(0, count)) w.start(w.stackOf(g), code.entryOf('timeSleep'));
      w.clear(count);
      w.start(count, code.entryOf('suspender'));
    },
    variants: ['commit'],
  });

export const casts: readonly Cast<Runtime, Program>[] = [
  cast({
    name: 'park',
    sentence: 'a goroutine sleeps while a worker marks its stack',
    program: 'M2.W1.T.K/1.park',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['H12'],
  }),
  cast({
    name: 'gosched',
    sentence: 'a goroutine yields to all while a worker marks its stack',
    program: 'M2.W1.T.K/1.gosched',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['H13'],
  }),
  cast({
    name: 'goyield',
    sentence: 'a goroutine yields to its own queue while a worker marks its stack',
    program: 'M2.W1.T.K/1.goyield',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['H14'],
  }),
  cast({
    name: 'debugcall',
    sentence: 'a debugger injects a call while a worker marks the stack',
    program: 'M2.W1.T.K/1.debugCall',
    cuts: [END_OF_GC, 'deepCall'],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['H2', 'H3'],
  }),
  cast({
    name: 'assist',
    sentence: 'a goroutine marks the stack of a stopped one while a worker marks its own',
    program: 'M2.W1.T.K/1.gcAssist/0',
    cuts: [END_OF_GC],
    restsWith: UNENDED_WITH_ASSISTS,
    begin: (w) => {
      rootJobs(2)(w);
      stopped(w, 1);
    },
    variants: ['H18', 'H17-GCAssistMarking'],
  }),
  cast({
    name: 'stw',
    sentence: 'a goroutine stops the world while a worker marks its stack',
    program: 'M2.W1.T.K/1.stopTheWorld',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['H18', 'H17-StoppingTheWorld'],
  }),
  cast({
    name: 'advance',
    sentence: 'the tracer advances, and claims a stopped goroutine, while a worker marks its stack',
    program: 'M2.W1.T.K/1.traceAdvance/0',
    cuts: [END_OF_GC, SAFE_POINTS],
    restsWith: UNENDED,
    edits: [DONE],
    begin: (w) => {
      rootJobs(1)(w);
      withoutReader(w);
      stopped(w, 1);
    },
    variants: ['H18'],
  }),
  cast({
    name: 'switchOff',
    sentence: 'the tracer is switched off while a goroutine marks a stopped one and a worker marks its own',
    program: 'M3.W1.T.K/1.gcAssist/0/0.traceStop',
    cuts: [END_OF_GC, 'gcParkAssist', SAFE_POINTS],
    halts: ['goexit1', 'gcFlushBgCredit'],
    notAtRest: 'whoever comes to goexit1 or gcFlushBgCredit stays there',
    edits: [replace<Runtime>('traceAdvance', 'C: snapshot allm', ret)],
    begin: (w) => {
      w.work.markrootNext = 1;
      rootJobs(2)(w);
      withoutReader(w);
      stopped(w, 1);
    },
    lead: [
      { mover: 0, until: 'ready' },
      { mover: 2, until: 'traceAdvance.func4' },
    ],
    afterwards: (w) => {
      w.work.markrootNext = 0;
      rootJobs(1)(w);
    },
    variants: ['commit', 'go1.26'],
  }),
  cast({
    name: 'markDone',
    sentence: 'the last to mark stops the world while the tracer samples goroutines',
    program: 'M2.W1.T.K/0.gcAssist/0.traceAdvance',
    cuts: [SAFE_POINTS],
    edits: [DONE],
    begin: (w) => {
      rootJobs(0)(w);
      withoutReader(w);
    },
    variants: ['commit', 'go1.26'],
  }),
  cast({
    name: 'sample',
    sentence: 'the tracer stops a goroutine that it has not heard of',
    program: 'M2.W1.T/0.gosched/0.traceAdvance',
    cuts: [SAFE_POINTS],
    edits: [DONE],
    begin: withoutReader,
    variants: ['commit', 'go1.26'],
  }),
  cast({
    name: 'start',
    sentence: 'the tracer starts while a goroutine is in a system call',
    program: 'M2.W1/0.syscall/0.traceStart',
    variants: ['commit', 'go1.26', 'impatientStart'],
  }),
  cast({
    name: 'poll',
    sentence: 'an M without a P polls the network while the tracer starts',
    program: 'M2.W1.I/0.netRead/0.traceStart',
    variants: ['commit', 'go1.26'],
  }),
  cast({
    name: 'retake',
    sentence: 'sysmon takes a P from a system call while the world is stopped',
    program: 'M2.W1.T.S/0.syscall/0.stopTheWorld',
    variants: ['commit', 'go1.26', 'forgottenThread'],
  }),
  cast({
    name: 'channel',
    sentence: 'a goroutine receives from another while a worker marks its stack',
    program: 'M2.W1.K/1.parkOnChan/0.wake',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['unlockedCopy', 'unlockedSend', 'forgottenElem'],
  }),
  cast({
    name: 'busy',
    sentence: 'a goroutine that runs on is stopped by a worker that marks its stack',
    program: 'M2.W1.K/1.busyLoop',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['forgottenStackPreempt'],
  }),
  cast({
    name: 'coroutine',
    sentence: 'the tracer advances while a coroutine comes to its end',
    program: 'M2.W1.T/0.coroutine/0.traceAdvance',
    cuts: [SAFE_POINTS],
    edits: [DONE],
    begin: withoutReader,
    variants: ['commit', 'go1.26'],
  }),
  cast({
    name: 'profile',
    sentence: 'a goroutine profile walks a stack while a worker marks it',
    program: 'M2.W1.K/1.park/0.goroutineProfile',
    cuts: [END_OF_GC],
    restsWith: UNENDED,
    begin: rootJobs(1),
    variants: ['commit', 'go1.26'],
  }),
];
