import { arg, type Line, type Node, type Operand, operand, reads, wordsFor, writes } from '../../harness/language';
import type { G, M, P } from '../cells';
import type { Runtime } from '../runtime';
import { reasonNumber, type WaitReason } from '../status';

/** Lines and what they refer to: the language of the harness for this world, and Go's locals. */

export const { line, group, iff, loop, again, leave, ret, call, routine, actorLocal, numberLocal } =
  wordsFor<Runtime>();

export type { Line, Node, Operand };
export { arg, operand, reads, writes };

export type GOperand = Operand<Runtime, G>;

/** Go's locals. A routine's frame has the slots up to its highest one. */
export const gp = actorLocal<G>('gp', 1, 'G');

/** The generation of the trace critical section, or 0 for an invalid locker. */
export const tl = numberLocal('tl', 2);
export const i = numberLocal('i', 3);

/** The goroutine on the M at hand: mp.curg, and getg() when the M is on its stack. */
export const curg: GOperand = operand('curg', (w: Runtime) => w.m.curg!);

/** The goroutine that the M's own has been handed by newproc1. */
export const schedlink: GOperand = operand('newg', (w: Runtime) => w.m.curg!.schedlink!);
export const mp: Operand<Runtime, M> = operand('mp', (w: Runtime) => w.m);
export const pp: Operand<Runtime, P> = operand('pp', (w: Runtime) => w.m.p!);
export const constant = (text: string, value: number): Operand<Runtime, number> => operand(text, () => value);
export const reason = (name: WaitReason): Operand<Runtime, number> => constant(name, reasonNumber(name));

/** What the last call on this strand returned; reading it clears it, so that it does not tell equal states apart. */
export function result(w: Runtime): number {
  return w.takeResult();
}

/** Leaves a number for the caller and returns. */
export const returns = (text: string, value: (w: Runtime) => number): Node<Runtime> =>
  group(
    `return ${text}`,
    line(`result = ${text}`, {
      run: (w) => w.leaveResult(value(w)),
    }),
    ret,
  );

/* Errors that Go throws. */
