import { RUNNING, SYSCALL } from './events';
import type { Runtime } from './runtime';
import { traceStatus } from './wire';
// biome-ignore format: words, not a wall
import { arg, call, constant, type G, Gdead, gKind, gp, group, iff, isWaitingForGC, line, mKind, mp, type Node,
  numberLocal, type Operand, reads, ret, routine, verdict, writes } from './words';

/**
 * Stack walks of the tracer, and the debug check that asks who owns the stack. Source: traceStack, fpTracebackPCs,
 * tracecheckstackownership in runtime/trace2stack.go at the commit.
 *
 * Left out: walks by the general unwinder, the growth of a stack that walks itself. A walk reads two frames, the fewest
 * that can be torn apart.
 */

const g = gKind.col;
const m = mKind.col;

export const walkTouches = [
  writes<Runtime>(m.walked, mp),
  writes<Runtime>(m.walkEpoch, mp),
  writes<Runtime>(m.fromSched, mp),
];

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
 * The debug check: whether the M owns the stack that it is about to walk, as far as the status can tell. Here it is
 * always on, and its verdict is noted rather than obeyed, so that what it misses can be seen.
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
 * of frames is two, the fewest that can be torn apart. An explicit call names a goroutine; an implicit one takes the
 * M's.
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
    line('stackTab.put', {
      run: (w) => {
        endWalk(w);
        if (isExplicit(w) === 0) w.m.hasStack = true;
      },
      touches: [...walkTouches, writes(m.check, mp), writes(m.hasStack, mp)],
    }),
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
