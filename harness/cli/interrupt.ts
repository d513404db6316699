import { EXIT } from './exit';
import type { Output } from './output';

export interface Interrupt {
  isSet(): boolean;
  off(): void;
}

/** The first Ctrl-C (or SIGTERM) ends what is going on in order; the second ends the process. */
export function listenForInterrupt(out: Output, stop: () => void = () => {}): Interrupt {
  let isSet = false;
  const handler = () => {
    if (isSet) process.exit(EXIT.interrupted);
    isSet = true;
    out.text('Stopping; once more to stop at once.');
    stop();
  };
  process.on('SIGINT', handler).on('SIGTERM', handler);
  return { isSet: () => isSet, off: () => void process.off('SIGINT', handler).off('SIGTERM', handler) };
}
