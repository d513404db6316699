import { EXIT } from './exit';
import type { Output } from './output';

export interface Interrupt {
  isSet(): boolean;
  off(): void;
}

/** What a signal ends the process with. */
const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.interrupted, SIGHUP: EXIT.hungUp } as const;
type Signal = keyof typeof CODES;

/** Ends what is going on in order, where something is that can. */
let current: (() => void) | undefined;
let first: Signal | undefined;

/**
 * From now on no signal ends the process barely. The first Ctrl-C (or SIGTERM, or a terminal that hangs up) ends what
 * is going on in order; the second ends the process, as does the first where there is nothing to put in order.
 */
export function heedSignals(): void {
  for (const signal of Object.keys(CODES) as Signal[]) {
    const earlier = process.listeners(signal);
    process.on(signal, () => {
      if (first !== undefined || current === undefined) process.exit(CODES[first ?? signal]);
      first = signal;
      current();
    });
    // Behind ours, because a signal that has come and not been heard of yet is lost once nobody listens.
    for (const listener of earlier) process.removeListener(signal, listener);
  }
}

/** An exit code, given the signal that led to it. */
export const signalled = (code: number): number =>
  first !== undefined && code === EXIT.interrupted ? CODES[first] : code;

/** Until `off`, a signal is heard of here. */
export function listenForInterrupt(out: Output, stop: () => void = () => {}): Interrupt {
  let isSet = false;
  const handler = () => {
    isSet = true;
    out.text('Stopping; once more to stop at once.');
    stop();
  };
  current = handler;
  return {
    isSet: () => isSet,
    off: () => {
      if (current === handler) current = undefined;
    },
  };
}
