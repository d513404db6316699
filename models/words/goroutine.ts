import { type Node, writes } from '../../harness/language';
import { gKind, mKind, schedKind } from '../cells';
import type { Runtime } from '../runtime';
import { type GOperand, gp, group, i, iff, leave, line, loop, mp } from './language';

/** Small writes to a goroutine: its flags, its M, the run queue that it is on. */

const g = gKind.col;

/** Source: dropg, runtime/proc.go. */
export const dropM = line('gp.m = nil', {
  run: (w) => {
    gp(w).m = undefined;
  },
  touches: [writes(g.m, gp)],
});

export const dropg = group(
  'dropg',
  dropM,
  line('mp.curg = nil', {
    run: (w) => {
      w.m.curg = undefined;
    },
    touches: [writes(mKind.col.curg, mp)],
  }),
);

export const setFlag = (
  it: GOperand,
  name:
    | 'preempt'
    | 'preemptStop'
    | 'stackPreempt'
    | 'preemptShrink'
    | 'asyncSafePoint'
    | 'parkingOnChan'
    | 'activeStackChans'
    | 'gcscandone'
    | 'inMarkAssist'
    | 'isDeep',
  to: boolean,
): Node<Runtime> => {
  const text =
    name === 'stackPreempt' ? `stackguard0 = ${to ? 'stackPreempt' : 'stack.lo + stackGuard'}` : `${name} = ${to}`;
  return line(`${it.text}.${text}`, {
    run: (w) => {
      it(w)[name] = to;
    },
    touches: [writes(g[name], it)],
  });
};

/* Locks and preemption. */

/** Puts a goroutine on a run queue: any M with a P may execute it from now on. */
export const runqput = (it: GOperand, text = 'runqput'): Node<Runtime> =>
  line(`${text}(${it.text})`, {
    run: (w) => {
      it(w).queued = true;
      w.sched.runqsize++;
    },
    touches: [writes(g.queued, it), writes(schedKind.col.runqsize)],
  });

/** Goes over all goroutines from number i on, each in gp. Source: forEachG, forEachGRace in runtime/proc.go. */
export const forEachG = (text: string, ...nodes: Node<Runtime>[]): Node<Runtime> =>
  loop(
    text,
    iff('i == len(allgs)', (w) => i(w) === w.gs.length, [], [leave]),
    line('gp = allgs[i]', { run: (w) => gp.set(w, w.gs[i(w)]!) }),
    ...nodes,
    line('i++', { run: (w) => i.set(w, i(w) + 1) }),
  );
