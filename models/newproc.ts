import { operations } from './operations';
import type { Runtime } from './runtime';
// biome-ignore format: words, not a wall
import { acquirem, actorLocal, arg, call, casgstatus, constant, curg, dispatch, dropg, dropM, EPOCHS, event, type G,
  Gdead, Grunnable, Grunning, Gwaiting, gKind, gp, group, iff, leave, line, loop, mcall, newCaller, pKind, pp, prologue,
  reads, reason, releasemOnG0, ret, routine, runqput, schedKind, setStatusTraced, setWaitreason, startAt, systemstack,
  tail, tl, traceAcquire, tracedWrites, traceRelease, traceReleaseOnG, userCode, writes } from './words';

/**
 * The life of a goroutine: made, running its program, gone. Source: newproc1, goexit1, goexit0, gdestroy in
 * runtime/proc.go.
 *
 * Left out: goroutine ids (which the commit allocates behind the publication, where only a sample sees the old one, and
 * throws that away), goroutines that no free one is left for, the free lists' locks.
 */

const g = gKind.col;
export const newg = actorLocal<G>('newg', 1, 'G');

/** What a new goroutine may begin with. */
const starts = ['debugCallWrap1', 'goroutine, spawned', 'corostart', 'traceReader'] as const;

/** Its index, from 1, for newproc1. */
export const startNumber = (name: (typeof starts)[number]) => constant(name, 1 + starts.indexOf(name));
const READER = 1 + starts.indexOf('traceReader');
const COROSTART = 1 + starts.indexOf('corostart');
const isParked = (w: Runtime): boolean => newCaller(w) === COROSTART;

/** Takes a goroutine off the free list; leaves it in the caller's schedlink, nil if there is none. */
export const newproc1 = routine(
  'newproc1',
  'runtime/proc.go',
  [newg, tl, newCaller],
  [
    acquirem,
    iff(
      'newg = gfget(pp); newg != nil',
      (w) => {
        const dead = w.findFree(newCaller(w) === READER);
        if (dead === undefined) return false;
        newg.set(w, dead);
        dead.free = false;
        dead.schedlink = w.m.curg;
        return true;
      },
      [writes(g.free)],
      [
        startAt(newg, starts, newCaller),
        line('newg.sched = gobuf{}', {
          run: (w) => {
            newg(w).sched = 0;
          },
          touches: [writes(g.sched, newg)],
        }),
        iff(
          'goroutineProfile.active',
          (w) => w.sched.profileActive,
          [reads(schedKind.col.profileActive)],
          [
            line('newg.goroutineProfiled.Store(Satisfied)', {
              run: (w) => {
                newg(w).goroutineProfiled = 2;
              },
              touches: [writes(g.goroutineProfiled, newg)],
            }),
          ],
        ),
        traceAcquire(),
        iff(
          'parked',
          isParked,
          [],
          [setWaitreason(newg, reason('Coroutine')), casgstatus(newg, Gdead, Gwaiting)],
          [casgstatus(newg, Gdead, Grunnable)],
        ),
        group(
          'newg.trace.setStatusTraced(gen)',
          iff(
            'trace.ok()',
            (w) => tl(w) !== 0,
            [],
            [
              line('statusTraced.Store(1)', {
                run: (w) => setStatusTraced(newg(w), tl(w), true),
                touches: tracedWrites(newg),
              }),
            ],
          ),
        ),
        group(
          'the event',
          iff(
            'parked, still',
            isParked,
            [],
            [event('GoCreateBlocked', { stack: true, target: newg, isNew: true })],
            [event('GoCreate', { stack: true, target: newg, isNew: true })],
          ),
        ),
        traceRelease(),
        line('return newg', {
          run: (w) => {
            curg(w).schedlink = newg(w);
          },
        }),
      ],
    ),
    releasemOnG0,
  ],
);

/** The statement `go`: a goroutine that does a little and is gone. */
export const newproc = routine('newproc', 'runtime/proc.go', [], [prologue, systemstack('newproc.func1')]);

export const newproc_func1 = routine(
  'newproc.func1',
  'runtime/proc.go',
  [newg],
  [
    call('newproc1', arg(newCaller, startNumber('goroutine, spawned'))),
    iff(
      'newg != nil',
      (w) => curg(w).schedlink !== undefined,
      [],
      [
        line('newg = newproc1()', {
          run: (w) => {
            const made = curg(w).schedlink!;
            newg.set(w, made);
            made.schedlink = undefined;
            curg(w).schedlink = undefined;
          },
        }),
        runqput(newg),
      ],
    ),
  ],
);

export const spawned = routine(
  'goroutine, spawned',
  'user code',
  [],
  [
    prologue,
    userCode('user code'),
    iff(
      'it calls deeply',
      (w) => w.way === 1,
      [],
      [call('deepCall')],
      [],
      () => 2,
    ),
    prologue,
    call('goexit1'),
  ],
);

/** What the goroutines of a program run: user code, a prologue, an operation, and so on to the program's end. */
export const goroutine = routine(
  'goroutine',
  'the program',
  [],
  [
    loop(
      'for',
      userCode('user code'),
      prologue,
      iff('the program ends', (w) => w.nextOperation(curg(w)) === undefined, [], [call('goexit1')]),
      dispatch(
        'next operation',
        operations.map(({ routine: name }) => name),
        (w) => 1 + w.nextOperation(curg(w))!,
      ),
      line('operation done', {
        run: (w) => {
          curg(w).op++;
        },
        touches: [writes(g.op, curg)],
      }),
    ),
  ],
);

/** The worst that a stopper can meet: a loop that lasts until somebody has stopped it. */
export const busyLoop = routine(
  'busyLoop',
  'user code',
  [],
  [
    loop(
      'for',
      userCode('busy user code'),
      prologue,
      iff(
        'nobody waits for it',
        (w) => !w.sched.gcwaiting && !pp(w).runSafePointFn,
        [reads(schedKind.col.gcwaiting), reads(pKind.col.runSafePointFn, pp)],
        [leave],
      ),
    ),
  ],
);

export const goexit1 = routine(
  'goexit1',
  'runtime/proc.go',
  [gp, tl],
  [traceAcquire(), event('GoEnd'), traceReleaseOnG(), mcall('goexit0'), ret],
);

export const goexit0 = routine('goexit0', 'runtime/proc.go', [gp], [call('gdestroy', arg(gp, gp)), tail('schedule')]);

export const gdestroy = routine(
  'gdestroy',
  'runtime/proc.go',
  [gp],
  [
    casgstatus(gp, Grunning, Gdead),
    dropM,
    line('gp.preemptStop = false', {
      run: (w) => {
        gp(w).preemptStop = false;
      },
      touches: [writes(g.preemptStop, gp)],
    }),
    line('gp.waitreason = Zero', {
      run: (w) => {
        gp(w).waitreason = 0;
      },
      touches: [writes(g.waitreason, gp)],
    }),
    dropg,
    line('gfput: stackfree if not of the standard size', {
      run: (w: Runtime) => {
        const it = gp(w);
        if (it.stack !== 0) it.epoch = (it.epoch + 1) % EPOCHS;
        it.stack = 0;
        it.isDeep = false;
        it.frames = 0;
        w.clear(w.stackOf(it));
      },
      touches: [writes(g.stack, gp), writes(g.isDeep, gp), writes(g.frames, gp), writes(g.epoch, gp)],
    }),
    group(
      'gfput: push',
      iff(
        'gp is a spare',
        (w) => w.isSpare(gp(w)),
        [],
        [
          line('pp.gFree.push(gp)', {
            run: (w) => {
              gp(w).free = true;
            },
            touches: [writes(g.free, gp)],
          }),
        ],
      ),
    ),
  ],
);
