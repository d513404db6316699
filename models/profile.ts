import type { Runtime } from './runtime';
import { semacquire, semrelease } from './sema';
import { beginWalk, endWalk, readFrame, walkTouches } from './tracestack';
// biome-ignore format: words, not a wall
import { acquirem, again, arg, call, curg, fatal, forEachG, type G, Gdead, Grunning, gKind, gp, group, i, iff, leave,
  line, loop, mKind, mp, type Node, numberLocal, type Operand, prologue, readers, reads, releasem, releasemOnG0, ret,
  routine, schedKind, systemstack, tl, writes } from './words';

/**
 * Profiles, the other readers of stacks. The goroutine profile keeps a goroutine from running while it walks it, and
 * nothing else. Source: goroutineProfileWithLabelsConcurrent, tryRecordGoroutineProfile, doRecordGoroutineProfile,
 * captureStack in runtime/mprof.go; sigprof in runtime/proc.go.
 *
 * Left out: profiling signals elsewhere than in the marking loops (where an M works for a goroutine that it has lent
 * itself from, which is where they matter), block and mutex profiles, which walk their own running stack, the trace's
 * copy of a CPU sample, labels.
 */

/** Values of goroutineProfiled. */
const ABSENT = 0;
const IN_PROGRESS = 1;
const SATISFIED = 2;
const g = gKind.col;
const m = mKind.col;
const prev = numberLocal('prev', 2);

const setProfiled = (it: Operand<Runtime, G>, text: string, to: number): Node<Runtime> =>
  line(`${it.text}.goroutineProfiled.Store(${text})`, {
    run: (w) => {
      it(w).goroutineProfiled = to;
    },
    touches: [writes(g.goroutineProfiled, it)],
  });

/** Walks a stack from sched with the general unwinder. */
function walkBy(who: (typeof readers)[number]): Node<Runtime>[] {
  return [
    line('u.initAt: gp.syscallsp or gp.sched', {
      run: (w) => {
        const it = gp(w);
        if (it.syscallsp) beginWalk(w, it, 1 + it.epoch, false);
        else beginWalk(w, it, it.sched);
        w.m.reader = readers.indexOf(who);
      },
      touches: [
        reads(g.syscallsp, gp),
        reads(g.sched, gp),
        ...walkTouches,
        writes(m.walkReads, mp),
        writes(m.reader, mp),
      ],
    }),
    iff(
      'there are frames',
      (w) => w.m.walkEpoch !== 0,
      [],
      [readFrame('u.next: first frame'), readFrame('u.next: second frame')],
    ),
    line('the stack is saved', {
      run: (w) => {
        endWalk(w);
        w.m.reader = 0;
      },
      touches: [...walkTouches, writes(m.check, mp), writes(m.reader, mp)],
    }),
  ];
}

export const saveg = routine('saveg', 'runtime/mprof.go', [gp, tl], walkBy('a goroutine profile'));

/** A profiling signal that hits an M on g0 walks the goroutine that it works for, from where that left its stack. */
export const sigprof = routine(
  'sigprof',
  'runtime/proc.go',
  [gp],
  [line('gp = mp.curg', { run: (w) => gp.set(w, w.m.curg!) }), ...walkBy('a CPU profile')],
);

/** The lock profile of the runtime itself does so at the end of a contended lock. */
export const captureStack = routine(
  'mLockProfile.captureStack',
  'runtime/mprof.go',
  [gp],
  [line('gp = mp.curg', { run: (w) => gp.set(w, w.m.curg!) }), ...walkBy('a lock profile')],
);

const claim = (save: Node<Runtime>): Node<Runtime> =>
  iff(
    'gp.goroutineProfiled.CompareAndSwap(Absent, InProgress)',
    (w) => {
      if (gp(w).goroutineProfiled !== ABSENT) return false;
      gp(w).goroutineProfiled = IN_PROGRESS;
      return true;
    },
    [writes(g.goroutineProfiled, gp)],
    [
      iff(
        'readgstatus(gp) == Grunning',
        (w) => gp(w).status === Grunning,
        [reads(g.status, gp)],
        [fatal('cannot read stack of running goroutine')],
      ),
      save,
      setProfiled(gp, 'Satisfied', SATISFIED),
    ],
  );

export const isSystemGoroutine = (w: Runtime): boolean => w.isWorker(gp(w)) || gp(w) === w.sweeper;

const isExempt: Node<Runtime> = group(
  'dead and system goroutines are left out',
  iff('readgstatus(gp) == Gdead', (w) => gp(w).status === Gdead, [reads(g.status, gp)], [ret]),
  iff('isSystemGoroutine(gp)', isSystemGoroutine, [], [ret]),
);

/** By the profiler, on its own stack: it lets others run while somebody else records. */
export const tryRecord = routine(
  'tryRecordGoroutineProfile',
  'runtime/mprof.go',
  [gp, prev],
  [
    isExempt,
    loop(
      'for',
      line('prev = gp.goroutineProfiled.Load()', {
        run: (w) => prev.set(w, gp(w).goroutineProfiled),
        touches: [reads(g.goroutineProfiled, gp)],
      }),
      iff('prev == Satisfied', (w) => prev(w) === SATISFIED, [], [leave]),
      iff('prev == InProgress', (w) => prev(w) === IN_PROGRESS, [], [call('Gosched'), again]),
      acquirem,
      claim(systemstack('saveg', arg(gp, gp))),
      releasem,
    ),
  ],
);

/** By an M that is about to run the goroutine, on g0: it spins while somebody else records. */
export const tryRecordOnG0 = routine(
  'tryRecordGoroutineProfile, on g0',
  'runtime/mprof.go',
  [gp, prev],
  [
    isExempt,
    loop(
      'for',
      line('prev = gp.goroutineProfiled.Load(); osyield', {
        when: (w) => gp(w).goroutineProfiled !== IN_PROGRESS,
        run: (w) => prev.set(w, gp(w).goroutineProfiled),
        touches: [reads(g.goroutineProfiled, gp)],
      }),
      iff('prev == Satisfied', (w) => prev(w) === SATISFIED, [], [leave]),
      acquirem,
      claim(call('saveg', arg(gp, gp))),
      releasemOnG0,
    ),
  ],
);

const setActive = (to: boolean): Node<Runtime> =>
  line(`goroutineProfile.active = ${to}`, {
    run: (w) => {
      w.sched.profileActive = to;
    },
    touches: [writes(schedKind.col.profileActive)],
  });

const forEachGRace = (text: string, ...nodes: Node<Runtime>[]): Node<Runtime> =>
  group(text, line('i = 0', { run: (w) => i.set(w, 0) }), forEachG('forEachGRace', prologue, ...nodes));

export const goroutineProfile = routine(
  'goroutineProfile',
  'runtime/mprof.go',
  [gp, i],
  [
    semacquire('goroutineProfile.sema'),
    call('stopTheWorld'),
    setProfiled(curg, 'Satisfied', SATISFIED),
    setActive(true),
    call('startTheWorld'),
    forEachGRace('record', call('tryRecordGoroutineProfile', arg(gp, gp))),
    call('stopTheWorld'),
    setActive(false),
    call('startTheWorld'),
    forEachGRace('clean up', setProfiled(gp, 'Absent', ABSENT)),
    semrelease('goroutineProfile.sema'),
  ],
);
