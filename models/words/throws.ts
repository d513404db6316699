import { type Node, type Touch, writes } from '../../harness/language';
import { mKind } from '../cells';
import type { Runtime } from '../runtime';
import { line, mp } from './language';

/** Errors that Go throws. */

export const throws = [
  'gopark: bad g status',
  'bad g status',
  'bad g->status in ready',
  'suspendG from non-preemptible goroutine',
  'casfrom_Gscanstatus: bad status',
  'casgstatus: waiting for Gwaiting but is Grunnable',
  'casGToWaitingForGC with non-isWaitingForGC wait reason',
  'bad status in shrinkstack',
  'shrinkstack at bad time',
  'stack growth not allowed in system call',
  'racy sudog adjustment due to parking on channel',
  'g already scanned',
  'gcstopm: not waiting for gc',
  'cannot read stack of running goroutine',
  'dumpgs in STW - bad status',
  'schedule: holding locks',
  'wirep: already in go',
  'wirep: invalid p state',
  'releasep: invalid p state',
] as const;

export type Throw = (typeof throws)[number];

export function throwOn(w: Runtime, message: Throw): void {
  w.m.threw = 1 + throws.indexOf(message);
}

export const throwTouch: Touch<Runtime> = writes(mKind.col.threw, mp);

/** A fatal error: the run ends here. */
export const fatal = (message: Throw): Node<Runtime> =>
  line(`throw("${message}")`, { run: (w) => throwOn(w, message), touches: [throwTouch] });

/* Status transitions. Source: runtime/proc.go. */
