import { type G, GENERATIONS, gKind, mKind, traceKind } from './cells';
import type { Runtime } from './runtime';
import { Gdead, isWaitingForGC } from './status';
import {
  RUNNING,
  ruleNumber,
  rules,
  SYSCALL,
  toldName,
  traceStatus,
  WAITING,
  wireTouches,
  writeEvent,
  writeStatus,
} from './wire';
import {
  acquirem,
  arg,
  call,
  constant,
  curg,
  gp,
  group,
  iff,
  line,
  mp,
  type Node,
  numberLocal,
  type Operand,
  operand,
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
 * Source: runtime/trace2runtime.go, trace2event.go, trace2stack.go at the commit.
 *
 * Left out: P statuses, sequence numbers, strings, buffers' bytes, walks by the general unwinder, the growth of a stack that
 * walks itself, traceTryAcquire (Go 1.23, for allocation events), the order of the two statuses of GoUnpark (the target's comes first from Go 1.24 on). What an event says is
 * kept in ghosts (wire.ts). At the commit nothing inside a section allocates or traces, so that sections nest from Go 1.23 on
 * alone, where the goroutine profile allocates in coroswitch_m (variants/presets.ts).
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

const seqlockTouches = [
  writes<Runtime>(m.seqlock, mp),
  writes<Runtime>(m.left, mp),
  writes<Runtime>(m.depth, mp),
  writes<Runtime>(m.section, mp),
];
export const enterSection = (w: Runtime): void => {
  if (w.m.depth++ > 0) return;
  w.m.left = undefined;
  w.m.section = 0;
};
export const leaveSection = (w: Runtime): void => {
  if (--w.m.depth > 0) return;
  w.m.left = undefined;
  w.m.section = 0;
};
/** Loads the generation that the M writes in; the outermost section is what an advance has to wait for. */
const loadGen = line('tl.gen = trace.gen.Load()', {
  run: (w) => {
    tl.set(w, w.trace.gen);
    w.m.entryGen = w.trace.gen;
    if (w.m.depth === 1) w.m.section = w.trace.gen;
  },
  touches: [reads(traceKind.col.gen), writes(m.section, mp)],
});
export const seqlockAdd = (then: (w: Runtime) => void): Node<Runtime> =>
  line('mp.trace.seqlock.Add(1)', {
    run: (w) => {
      w.m.seqlock = !w.m.seqlock;
      then(w);
    },
    touches: seqlockTouches,
  });

/** Not reentrant at the commit: a nested section makes the seqlock even again. */
export const acquireEnabled: readonly Node<Runtime>[] = [
  seqlockAdd(enterSection),
  loadGen,
  iff('gen == 0', (w) => tl(w) === 0, [], [seqlockAdd(leaveSection), releasemOnG0]),
];
export const unlockSection = seqlockAdd(leaveSection);

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
      [acquirem, group('traceAcquireEnabled', ...acquireEnabled)],
    ),
  );

const release = (text: string, ...releaseM: Node<Runtime>[]): Node<Runtime> =>
  group(
    text,
    iff('trace.ok()', (w) => tl(w) !== 0, [], [group('leave the section', unlockSection), ...releaseM]),
  );

export const traceRelease = (text = 'traceRelease'): Node<Runtime> => release(text, releasemOnG0);
/** On a goroutine's stack, where releasem may re-arm a preemption request. */
export const traceReleaseOnG = (text = 'traceRelease'): Node<Runtime> => release(text, releasem);

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
  if (tl(w) % 2 === 0) w.m.buf0 = true;
  else w.m.buf1 = true;
};
const bufTouches = [writes<Runtime>(m.buf0, mp), writes<Runtime>(m.buf1, mp)];
/** The write of something other than an event into the M's buffer for the generation. */
export const bufWrite = (text: string): Node<Runtime> => line(text, { run: intoBuffer, touches: bufTouches });

const hasCurg = (w: Runtime): boolean => w.m.curg !== undefined;

export const walkTouches = [
  writes<Runtime>(m.walked, mp),
  writes<Runtime>(m.walkEpoch, mp),
  writes<Runtime>(m.fromSched, mp),
];

/** What tracecheckstackownership decides; `none`: nobody has asked. */
export const verdicts = [
  'none',
  'accepts',
  'accepts the scan bit',
  'throws',
  'dereferences nil',
  'sees nobody',
] as const;
export const verdict = (name: (typeof verdicts)[number]): number => verdicts.indexOf(name);
const THROWS = verdict('throws');

const status = numberLocal('status', 2);
const GSCAN = 16;
const isExplicit = numberLocal('isExplicit', 3);
const checkTouches = [writes<Runtime>(m.check, mp), writes<Runtime>(m.walked, mp), writes<Runtime>(m.walkReads, mp)];
const decide = (w: Runtime, what: number): void => {
  w.m.walked = gp(w);
  w.m.walkReads = false;
  w.m.check = what;
};

/** An event without a goroutine has no stack, and nothing to check. */
const noStack = line('traceStack(nil): id 0', {
  run: (w: Runtime) => {
    w.m.check = verdict('sees nobody');
  },
  touches: [writes(m.check, mp)],
});

/** Which statuses the check takes to be the caller's own, by a table of reasons. */
export const judgeOwnership = (text: string, isListed: (reason: number) => boolean): Node<Runtime> =>
  line(text, {
    run: (w) => {
      const told = traceStatus(status(w), isListed(gp(w).waitreason));
      if (status(w) === Gdead || (told !== RUNNING && told !== SYSCALL)) decide(w, THROWS);
      else if (!w.onG0 && w.m.curg === gp(w)) decide(w, verdict('accepts'));
      else decide(w, verdict(isExplicit(w) === 1 ? 'dereferences nil' : 'accepts'));
    },
    touches: [reads(g.waitreason, gp), ...checkTouches],
  });

/**
 * The debug check: whether the M owns the stack that it is about to walk, as far as the status can tell. Here it is always
 * on, and its verdict is noted rather than obeyed, so that what it misses can be seen.
 */
const checkOwnership = group(
  'debug.traceCheckStackOwnership',
  line('status = readgstatus(gp)', {
    run: (w) => status.set(w, gp(w).status + (gp(w).scan ? GSCAN : 0)),
    touches: [reads(g.status, gp), reads(g.scan, gp)],
  }),
  iff(
    'status&Gscan == 0',
    (w) => status(w) < GSCAN,
    [],
    [judgeOwnership('goStatusToTraceGoStatus(status, gp.waitreason)', isWaitingForGC)],
    [line('accept', { run: (w) => decide(w, verdict('accepts the scan bit')), touches: checkTouches })],
  ),
);

/**
 * Walks a stack by frame pointers, from sched.bp, or from its own registers when the goroutine walks itself. The number
 * of frames is two, the fewest that can be torn apart. An explicit call names a goroutine; an implicit one takes the M's.
 * Source: traceStack, fpTracebackPCs.
 */
export const traceStack = routine(
  'traceStack',
  'runtime/trace2stack.go',
  [gp, status, isExplicit],
  [
    checkOwnership,
    line('pc, bp = gp.sched', {
      run: (w) => {
        const it = gp(w);
        if (w.onG0 || w.m.curg !== it) beginWalk(w, it, it.sched);
        else beginWalk(w, it, 1 + it.epoch, false);
      },
      touches: [reads(g.sched, gp), ...walkTouches, writes(m.walkReads, mp)],
    }),
    iff(
      'bp != nil',
      (w) => w.m.walkEpoch !== 0,
      [],
      [readFrame('fpTracebackPCs: first frame'), readFrame('fpTracebackPCs: second frame')],
    ),
    line('stackTab.put', { run: endWalk, touches: [...walkTouches, writes(m.check, mp)] }),
    ret,
  ],
);
export const traceStackOf = (it: Operand<Runtime, G>): Node<Runtime> =>
  call('traceStack', arg(gp, it), arg(isExplicit, constant('explicit', 1)));

export function beginWalk(w: Runtime, it: G, epoch: number, fromSched = true): void {
  w.m.fromSched = fromSched;
  w.m.walked = it;
  w.m.walkEpoch = epoch;
  w.m.walkReads = false;
}

export function endWalk(w: Runtime): void {
  w.m.walked = undefined;
  w.m.walkEpoch = 0;
  w.m.fromSched = false;
  w.m.check = 0;
}

export function readFrame(text: string): Node<Runtime> {
  return line(text, {
    run: (w) => {
      w.m.walkReads = true;
      void gp(w).frames;
    },
    touches: [reads(g.frames, gp), writes(m.walkReads, mp)],
    fragile: 1,
  });
}
