import { mKind, traceKind } from '../cells';
import type { Runtime } from '../runtime';
import { group, iff, line, mp, type Node, reads, tl, writes } from './language';
import { acquirem, releasem, releasemOnG0 } from './locks';
import { endPairs, pairTouches } from './pairs';

/**
 * Trace critical sections. Source: traceAcquire, traceRelease in runtime/trace2runtime.go at the commit.
 *
 * At the commit nothing inside a section allocates or traces, so that sections nest from Go 1.23 on alone, where the
 * goroutine profile allocates in coroswitch_m (variants/go123.ts). Left out: traceTryAcquire (Go 1.23, for allocation
 * events).
 */

const m = mKind.col;

const enterTouches = [
  writes<Runtime>(m.seqlock, mp),
  writes<Runtime>(m.left, mp),
  writes<Runtime>(m.depth, mp),
  writes<Runtime>(m.section, mp),
];

/** Only the end of a section is something to judge: a beginning that nobody looks at is no step of its own. */
const leaveTouches = [...enterTouches, ...pairTouches, writes<Runtime>(m.ordering, mp)];

export const enterSection = (w: Runtime): void => {
  if (w.m.depth++ > 0) return;
  w.m.left = undefined;
  w.m.section = 0;
};

export const leaveSection = (w: Runtime): void => {
  const { m } = w;
  if (--m.depth > 0) return;
  m.left = undefined;
  m.section = 0;
  endPairs(w);
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

export const seqlockAdd = (then: (w: Runtime) => void, touches = enterTouches): Node<Runtime> =>
  line('mp.trace.seqlock.Add(1)', {
    run: (w) => {
      w.m.seqlock = !w.m.seqlock;
      then(w);
    },
    touches,
  });

export const unlockSection = seqlockAdd(leaveSection, leaveTouches);

/** Not reentrant at the commit: a nested section makes the seqlock even again. */
export const acquireEnabled: readonly Node<Runtime>[] = [
  seqlockAdd(enterSection),
  loadGen,
  iff('gen == 0', (w) => tl(w) === 0, [], [unlockSection, releasemOnG0]),
];

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
