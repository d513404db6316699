import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { again, arg, call, casfrom_Gscanstatus, castogscanstatus, curg, dropg, event, fatal, Gcopystack, Gdead,
  Gpreempted, Grunnable, Grunning, Gsyscall, Gwaiting, gKind, gp, group, iff, line, loop, mcall, mKind, mp, type Node,
  numberLocal, preemptM, reads, reason, returns, routine, setFlag, setScan, setStatus, setWaitreason, tail, tl,
  traceAcquire, traceRelease, writes } from './words';

/**
 * Stopping another goroutine. Source: suspendG, resumeG in runtime/preempt.go; preemptPark, casGToPreemptScan,
 * casGFromPreempted in runtime/proc.go.
 *
 * Left out: the delays between two looks, preemptGen (a signal that finds no user code does nothing, and the request
 * stays), leaked goroutines and dead extra ones. A look that would change nothing is not a step: suspendG waits until
 * one would.
 */

const g = gKind.col;
const s = numberLocal('s', 2);
const stopped = numberLocal('stopped', 3);

/** What suspendG returns. */
export const DEAD = 0;
const SUSPENDED = 1;
const SUSPENDED_AND_STOPPED = 2;

/** The M that this call has asked to stop the goroutine: 1 + its index, or 0. */
const asyncM = numberLocal('asyncM', 4);
const mOf = (w: Runtime): number => gp(w).m?.id ?? 0;

const isRequested = (w: Runtime): boolean =>
  gp(w).preemptStop && gp(w).preempt && gp(w).stackPreempt && asyncM(w) !== 0 && asyncM(w) === mOf(w);

const requestTouches = [
  reads<Runtime>(g.preemptStop, gp),
  reads<Runtime>(g.preempt, gp),
  reads<Runtime>(g.stackPreempt, gp),
  reads<Runtime>(g.m, gp),
];

/** The claim of a goroutine that stopped itself: the reason is written before the CAS, by whoever tries. */
const casGFromPreempted = (yes: readonly Node<Runtime>[], no: readonly Node<Runtime>[]): Node<Runtime> =>
  group(
    'casGFromPreempted(gp)',
    { ...setWaitreason(gp, reason('Preempted')), fragile: 2 },
    iff(
      'gp.atomicstatus.CompareAndSwap(Gpreempted, Gwaiting)',
      (w) => {
        w.m.wrote = undefined;
        w.m.ordering = 0;
        if (gp(w).scan || gp(w).status !== Gpreempted) return false;
        setStatus(w, gp(w), Gwaiting);
        return true;
      },
      [
        writes(g.status, gp),
        reads(g.scan, gp),
        writes(g.runBy, gp),
        writes(mKind.col.ordering, mp),
        writes(mKind.col.wrote, mp),
      ],
      yes,
      no,
    ),
  );

/** Waits where Go spins: while somebody holds the scan bit, while the stack is copied, while a request is pending. */
const SUSPEND_LINE = 's = readgstatus(gp)';

export const suspendG = routine(
  'suspendG',
  'runtime/preempt.go',
  [gp, s, stopped, asyncM],
  [
    iff(
      'mp.curg != nil && readgstatus(mp.curg) == Grunning',
      (w) => w.m.curg !== undefined && curg(w).status === Grunning,
      [reads(g.status, curg)],
      [fatal('suspendG from non-preemptible goroutine')],
    ),
    loop(
      'for',
      line(SUSPEND_LINE, {
        when: (w) => {
          const it = gp(w);
          return !it.scan && it.status !== Gcopystack && !(it.status === Grunning && isRequested(w));
        },
        run: (w) => s.set(w, gp(w).status),
        touches: [reads(g.status, gp), reads(g.scan, gp), ...requestTouches],
      }),
      iff('s == Gdead', (w) => s(w) === Gdead, [], [returns('dead', () => DEAD)]),
      iff(
        's == Gpreempted',
        (w) => s(w) === Gpreempted,
        [],
        [
          casGFromPreempted(
            [
              line('stopped = true; s = Gwaiting', {
                run: (w) => {
                  stopped.set(w, 1);
                  s.set(w, Gwaiting);
                },
              }),
            ],
            [again],
          ),
        ],
      ),
      iff(
        's == Grunnable || Gsyscall || Gwaiting',
        (w) => s(w) === Grunnable || s(w) === Gsyscall || s(w) === Gwaiting,
        [],
        [
          castogscanstatus(
            gp,
            s,
            [
              setFlag(gp, 'preemptStop', false),
              setFlag(gp, 'preempt', false),
              setFlag(gp, 'stackPreempt', false),
              returns('gp, stopped', (w) => SUSPENDED + stopped(w)),
            ],
            [again],
          ),
        ],
      ),
      iff(
        's == Grunning',
        (w) => s(w) === Grunning,
        [],
        [
          iff('the request is pending', isRequested, requestTouches, [again]),
          castogscanstatus(gp, s, [
            setFlag(gp, 'preemptStop', true),
            setFlag(gp, 'preempt', true),
            setFlag(gp, 'stackPreempt', true),
            line('asyncM = gp.m', { run: (w) => asyncM.set(w, mOf(w)), touches: [reads(g.m, gp)] }),
            casfrom_Gscanstatus(gp),
            iff('asyncM != nil', (w) => asyncM(w) !== 0, [], [preemptM('asyncM', (w) => w.ms[asyncM(w) - 1]!)]),
          ]),
        ],
      ),
    ),
  ],
);

/** Where a signal has stopped user code: frames there cannot be moved. */
export const asyncPreempt2 = routine(
  'asyncPreempt2',
  'runtime/preempt.go',
  [],
  [
    setFlag(curg, 'asyncSafePoint', true),
    iff(
      'gp.preemptStop',
      (w) => curg(w).preemptStop,
      [reads(g.preemptStop, curg)],
      [mcall('preemptPark')],
      [mcall('goschedImpl')],
    ),
    setFlag(curg, 'asyncSafePoint', false),
  ],
);

/** What suspendG has returned. */
export const resumed = numberLocal('state', 2);

export const resumeG = routine(
  'resumeG',
  'runtime/preempt.go',
  [gp, resumed],
  [
    casfrom_Gscanstatus(gp),
    iff('state.stopped', (w) => resumed(w) === SUSPENDED_AND_STOPPED, [], [call('ready', arg(gp, gp))]),
  ],
);

/** Passes a state that suspendG returned on to resumeG. */
export const resume = (from: typeof resumed): Node<Runtime> => call('resumeG', arg(gp, gp), arg(resumed, from));

/** The goroutine stops itself for a suspender; whoever claims it will also make it runnable again. */
export const preemptPark = routine(
  'preemptPark',
  'runtime/proc.go',
  [gp, tl],
  [
    line('casGToPreemptScan(gp)', {
      when: (w) => !gp(w).scan && gp(w).status === Grunning,
      run: (w) => {
        setStatus(w, gp(w), Gpreempted);
        setScan(w, gp(w));
      },
      touches: [
        writes(g.status, gp),
        writes(g.scan, gp),
        writes(g.scanOwner, gp),
        writes(g.isPinned, gp),
        writes(g.runBy, gp),
        writes(mKind.col.ordering, mp),
        writes(mKind.col.wrote, mp),
      ],
    }),
    dropg,
    traceAcquire(),
    event('GoPark', { stack: true, about: gp }),
    casfrom_Gscanstatus(gp, true),
    traceRelease(),
    tail('schedule'),
  ],
);
