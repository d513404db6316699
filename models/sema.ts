import { park } from './park';
import { type Runtime, type SemaName, semaNames } from './runtime';
// biome-ignore format: words, not a wall
import { arg, call, constant, curg, type G, gKind, gp, iff, leave, line, lock, loop, type Node, numberLocal, operand,
  prologue, reads, ret, routine, type Sema, semaKind, systemstack, unlock, unlockOnG0, writes } from './words';

/**
 * Semaphores that goroutines park on. Source: semacquire1, semrelease1 in runtime/sema.go.
 *
 * Left out: the treap of waiters (a releaser may take any of them, of which Go's order is one case) and the profiles.
 */

const c = semaKind.col;
const at = numberLocal('sema', 2);
const handoff = numberLocal('handoff', 3);
const sema = operand('sema', (w: Runtime): Sema => w.semas[at(w)]!);
export const semaNumber = (name: SemaName) => constant(name, semaNames.indexOf(name));
export const semacquire = (name: SemaName): Node<Runtime> => call('semacquire', arg(at, semaNumber(name)));

export const semrelease = (name: SemaName, handsOff = false): Node<Runtime> =>
  call(
    'semrelease',
    arg(at, semaNumber(name)),
    arg(handoff, constant(handsOff ? 'handoff' : 'no handoff', Number(handsOff))),
  );

export const semreleaseOnG0 = (text: string, which: (w: Runtime) => number): Node<Runtime> =>
  call('semrelease, on g0', arg(at, operand(text, which)));

const cansemacquire = (yes: readonly Node<Runtime>[]): Node<Runtime> =>
  iff(
    'cansemacquire(sema)',
    (w) => {
      if (sema(w).count === 0) return false;
      sema(w).count--;
      return true;
    },
    [writes(c.count, sema)],
    yes,
  );

const bit = (it: G): number => 1 << it.index;

export const semacquireRoutine = routine(
  'semacquire',
  'runtime/sema.go',
  [at],
  [
    prologue,
    cansemacquire([ret]),
    loop(
      'for',
      lock('root.lock', sema),
      line('root.nwait.Add(1)', {
        run: (w) => {
          sema(w).nwait++;
        },
        touches: [writes(c.nwait, sema)],
      }),
      cansemacquire([
        line('root.nwait.Add(-1)', {
          run: (w) => {
            sema(w).nwait--;
          },
          touches: [writes(c.nwait, sema)],
        }),
        unlock('root.lock', sema),
        leave,
      ]),
      line('root.queue(sema)', {
        run: (w) => {
          sema(w).queue |= bit(curg(w));
        },
        touches: [writes(c.queue, sema)],
      }),
      park('Semacquire', 'parkunlock_c', at),
      iff(
        's.ticket != 0',
        (w) => {
          const had = curg(w).ticket;
          curg(w).ticket = false;
          return had;
        },
        [writes(gKind.col.ticket, curg)],
        [leave],
      ),
      cansemacquire([leave]),
    ),
  ],
);

function countQueue(w: Runtime): number {
  let count = 0;
  for (let bits = sema(w).queue; bits !== 0; bits &= bits - 1) count++;
  return count;
}

const addOne: readonly Node<Runtime>[] = [
  line('atomic.Xadd(sema, 1)', {
    run: (w) => {
      sema(w).count++;
    },
    touches: [writes(c.count, sema)],
  }),
  iff('root.nwait.Load() == 0', (w) => sema(w).nwait === 0, [reads(c.nwait, sema)], [ret]),
];

/** Takes any of those who wait, with the lock held. */
const dequeue = (yes: readonly Node<Runtime>[], no: readonly Node<Runtime>[]): Node<Runtime> =>
  iff(
    's = root.dequeue(sema); s != nil',
    (w) => {
      let left = w.way;
      for (const it of w.gs) {
        if ((sema(w).queue & bit(it)) === 0 || left-- > 0) continue;
        sema(w).queue &= ~bit(it);
        sema(w).nwait--;
        gp.set(w, it);
        return true;
      }
      return false;
    },
    [writes(c.queue, sema), writes(c.nwait, sema)],
    yes,
    no,
    countQueue,
  );

export const semreleaseRoutine = routine(
  'semrelease',
  'runtime/sema.go',
  [gp, at, handoff],
  [
    prologue,
    ...addOne,
    lock('root.lock', sema),
    dequeue(
      [
        unlock('root.lock', sema),
        iff(
          'handoff',
          (w) => handoff(w) === 1,
          [],
          [
            cansemacquire([
              line('s.ticket = 1', {
                run: (w) => {
                  gp(w).ticket = true;
                  handoff.set(w, 2);
                },
                touches: [writes(gKind.col.ticket, gp)],
              }),
            ]),
          ],
        ),
        systemstack('ready', arg(gp, gp)),
        iff('s.ticket == 1 && mp.locks == 0', (w) => handoff(w) === 2 && w.m.locks === 0, [], [call('goyield')]),
      ],
      [unlock('root.lock', sema)],
    ),
  ],
);

/** The same on g0, where there is no prologue and nobody to yield to. */
export const semreleaseOnG0Routine = routine(
  'semrelease, on g0',
  'runtime/sema.go',
  [gp, at],
  [
    ...addOne,
    lock('root.lock', sema),
    dequeue([unlockOnG0('root.lock', sema), call('ready', arg(gp, gp))], [unlockOnG0('root.lock', sema)]),
  ],
);
