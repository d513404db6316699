import { type Column, isVisible } from '../language/columns';
import type { Code } from '../language/link';
import type { Claim } from '../language/property';

/**
 * Which lines a search may execute together with the line before them: those that no other mover can tell apart from
 * nothing.
 *
 * A line is one when it neither waits nor has several ways, reads nothing shared but columns that nothing writes, and
 * writes nothing but what is its own mover's and read by nobody else. It then commutes with every step of every other
 * mover, so that what it leads to is reached in any case (Godefroid, "Partial-order methods for the verification of
 * concurrent systems",
 * 1996: a persistent set of one). Nothing writes a column if none of the lines does that can be reached; a search
 * learns as it goes which those are, and begins anew when it was wrong.
 *
 * Left out: sets that depend on where the other movers are. They all come back to the scheduler, from where they may do
 * anything.
 */
export class Elision<W> {
  /** 1 for lines that are executed together with the one before, by program counter. */
  readonly isElided: Uint8Array;
  /** 1 for lines that a search has executed. */
  readonly isReached: Uint8Array;
  private readonly isWatched: Uint8Array;
  private readonly written = new Set<Column>();
  private readonly read = new Set<Column>();

  constructor(
    private readonly code: Code<W>,
    claims: readonly Claim<W>[],
    private readonly isReduced: boolean,
  ) {
    const on = new Set(claims.flatMap((claim) => (claim.kind === 'atRest' ? [] : claim.on)));
    this.isReached = new Uint8Array(code.lines.length);
    this.isWatched = Uint8Array.from(code.lines, ({ touches }) =>
      Number(touches.some(({ column, writes }) => writes && on.has(column))),
    );
    this.isElided = Uint8Array.from(code.lines, (_, pc) => Number(this.mayElide(pc)));
  }

  /** Learns that a line can be reached; returns whether a search that has relied on the contrary must begin anew. */
  reach(pc: number): boolean {
    if (this.isReached[pc] === 1) return false;
    this.isReached[pc] = 1;
    const before = this.written.size + this.read.size;
    for (const { column, writes } of this.code.lines[pc]!.touches) (writes ? this.written : this.read).add(column);
    if (this.written.size + this.read.size === before) return false;
    let changed = false;
    for (let at = 0; at < this.isElided.length; at++) {
      if (this.isElided[at] === 0 || this.mayElide(at)) continue;
      this.isElided[at] = 0;
      if (this.isReached[at] === 1) changed = true;
    }
    return changed;
  }

  private mayElide(pc: number): boolean {
    const { when, ways, touches } = this.code.lines[pc]!;
    if (when !== undefined || ways !== undefined) return false;
    if (this.code.isLocal[pc] === 1) return true;
    return (
      this.isReduced &&
      this.isWatched[pc] === 0 &&
      touches.every(({ column, writes }) => {
        if (writes) return column.sharing !== 'shared' && !(column.sharing === 'published' && this.read.has(column));
        return !isVisible(column) || !this.written.has(column);
      })
    );
  }
}
