import { type Column, isVisible } from '../language/columns';
import { type Code, perCode } from '../language/link';

/**
 * Which lines conflict: both touch a column that others can see, and one of them writes it. Actors are not told apart,
 * which makes for more conflicts than there are. One bit for each pair of lines, in rows of `stride` words.
 */
export interface Conflicts {
  readonly stride: number;
  readonly bits: Int32Array;
}

/** The lines that touch each column that others can see. */
export const touchersOf = perCode((code: Code<never>): ReadonlyMap<Column, readonly Toucher[]> => {
  const touching = new Map<Column, Toucher[]>();
  code.lines.forEach(({ touches }, pc) => {
    for (const { column, writes } of touches)
      if (isVisible(column)) touching.set(column, [...(touching.get(column) ?? []), { pc, writes }]);
  });
  return touching;
});

interface Toucher {
  readonly pc: number;
  readonly writes: boolean;
}

export const conflictsOf = perCode((code: Code<never>): Conflicts => {
  const count = code.lines.length;
  const stride = (count + 31) >> 5;
  const bits = new Int32Array(count * stride);
  for (const lines of touchersOf(code).values())
    for (const a of lines)
      for (const b of lines) if (a.writes || b.writes) bits[a.pc * stride + (b.pc >> 5)]! |= 1 << (b.pc & 31);
  return { stride, bits };
});

export const doConflict = ({ stride, bits }: Conflicts, a: number, b: number): boolean =>
  (bits[a * stride + (b >> 5)]! & (1 << (b & 31))) !== 0;
