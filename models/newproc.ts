import { EPOCHS, type G, gKind, schedKind } from './cells';
import { operations } from './operations';
import type { Runtime } from './runtime';
import { Gdead, Grunnable, Grunning } from './status';
import { event, setStatusTraced, traceAcquire, tracedWrites, traceRelease, traceReleaseOnG } from './traceevent';
import {
  acquirem,
  actorLocal,
  call,
  casgstatus,
  curg,
  dispatch,
  dropg,
  gp,
  group,
  iff,
  line,
  loop,
  mcall,
  prologue,
  reads,
  releasemOnG0,
  ret,
  routine,
  startAt,
  tail,
  tl,
  userCode,
  writes,
} from './words';

/**
 * The life of a goroutine: made, running its program, gone. Source: newproc1, goexit1, goexit0, gdestroy in
 * runtime/proc.go.
 *
 * Left out: goroutine ids, the start of ordinary goroutines (those of the program exist from the start; newproc1 serves
 * debug calls), the free lists' locks.
 */

const g = gKind.col;
const isFree = (it: G): boolean => it.free;
const newg = actorLocal<G>('newg', 1, 'G');

/** Takes a goroutine off the free list for a debug call by the M's own; leaves it in schedlink, nil if there is none. */
export const newproc1 = routine(
  'newproc1',
  'runtime/proc.go',
  [newg, tl],
  [
    acquirem,
    iff(
      'newg = gfget(pp); newg != nil',
      (w) => {
        const dead = w.findG(isFree);
        if (dead === undefined) return false;
        newg.set(w, dead);
        dead.free = false;
        dead.schedlink = w.m.curg;
        return true;
      },
      [writes(g.free)],
      [
        startAt(newg, 'debugCallWrap1'),
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
        casgstatus(newg, Gdead, Grunnable),
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
        event('GoCreate', { stack: true, target: newg, isNew: true }),
        traceRelease(),
        line('gp.schedlink = newg', {
          run: (w) => {
            curg(w).schedlink = newg(w);
          },
        }),
      ],
    ),
    releasemOnG0,
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

export const goexit1 = routine(
  'goexit1',
  'runtime/proc.go',
  [gp, tl],
  [traceAcquire(), event('GoEnd'), traceReleaseOnG(), mcall('goexit0'), ret],
);

export const goexit0 = routine(
  'goexit0',
  'runtime/proc.go',
  [gp],
  [
    casgstatus(gp, Grunning, Gdead),
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
    tail('schedule'),
  ],
);
