import { UsageError } from '../base/errors';
import { MAX_CHOICE } from './machine';

/** A run's choices. Zeros at the end say nothing and are left out. */
export type Tape = readonly number[];

export function trim(tape: ArrayLike<number>): Tape {
  let length = tape.length;
  while (length > 0 && tape[length - 1] === 0) length--;
  return Array.from({ length }, (_, i) => tape[i]!);
}

/** `z12.1.3.z2.1`: twelve zeros, 1, 3, two zeros, 1. Empty for the empty tape. */
export function tapeText(tape: Tape): string {
  const words: string[] = [];
  for (let i = 0; i < tape.length; i++) {
    let zeros = 0;
    while (tape[i] === 0) {
      zeros++;
      i++;
    }
    if (zeros > 0) words.push(`z${zeros}`);
    if (i < tape.length) words.push(String(tape[i]));
  }
  return words.join('.');
}

/** Longer tapes are no tapes of ours. */
const MAX_TAPE = 1_000_000;

export function parseTape(text: string): Tape {
  const tape: number[] = [];
  if (text === '') return tape;
  for (const word of text.split('.')) {
    const [, zeros, choice] = /^(?:z([1-9]\d{0,6})|(\d{1,3}))$/.exec(word) ?? [];
    const length = tape.length + Number(zeros ?? 1);
    if ((zeros ?? choice) === undefined || Number(choice ?? 0) > MAX_CHOICE || length > MAX_TAPE)
      throw new UsageError(`"${word.slice(0, 20)}" is no part of a tape`, 'A tape looks like z12.1.3.z2.1.');
    if (zeros === undefined) tape.push(Number(choice));
    else for (let i = 0; i < Number(zeros); i++) tape.push(0);
  }
  return tape;
}
