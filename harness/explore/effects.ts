import { FastRandom } from '../base/random';
import type { Journal } from '../language/journal';
import { Sequences } from './sequences';

/** Cells hold less than this. */
const VALUES = 1 << 15;

/**
 * What moves do, each kept once: what the cells hold behind it, and what it adds to the fingerprint of a state.
 *
 * A fingerprint has two halves of 32 bits. Each is the sum over all cells of a random odd number for the cell times a
 * random number for its value, so that a move adds the same to it wherever it is made. (Zobrist, "A new hashing method
 * with application for game playing", 1970, keeps a random number per cell and value; the product needs tables that
 * stay in the cache.)
 */
export class Effects {
  /**
   * Of each: what it adds to the halves of the fingerprint, then its writes, as the cell in the upper and the value in
   * the lower 16 bits.
   */
  readonly kept = new Sequences();
  /** 1 for cells that tell no states apart. */
  private readonly isIgnored: Uint8Array;
  private readonly cellLow: Int32Array;
  private readonly cellHigh: Int32Array;
  private readonly valueLow: Int32Array;
  private readonly valueHigh: Int32Array;
  private readonly scratch: Int32Array;

  constructor(size: number, ignored: readonly number[]) {
    const random = new FastRandom();
    random.seed(1);
    const draw = (length: number, odd: number) => Int32Array.from({ length }, () => random.next() | odd);
    this.cellLow = draw(size, 1);
    this.cellHigh = draw(size, 1);
    this.valueLow = draw(VALUES, 0);
    this.valueHigh = draw(VALUES, 0);
    this.isIgnored = new Uint8Array(size);
    for (const index of ignored) this.isIgnored[index] = 1;
    this.scratch = new Int32Array(2 + size);
  }

  /** The effect of the move that a journal has heard of and that is still in the cells. */
  intern({ cells, values, length }: Journal, s: Int16Array): number {
    const { scratch, isIgnored } = this;
    let low = 0;
    let high = 0;
    let end = 2;
    for (let i = 0; i < length; i++) {
      const cell = cells[i]!;
      const was = values[i]!;
      const is = s[cell]!;
      if (was === is || isIgnored[cell] === 1) continue;
      low = (low + Math.imul(this.cellLow[cell]!, this.valueLow[is]! - this.valueLow[was]!)) | 0;
      high = (high + Math.imul(this.cellHigh[cell]!, this.valueHigh[is]! - this.valueHigh[was]!)) | 0;
      scratch[end++] = (cell << 16) | is;
    }
    scratch[0] = low;
    scratch[1] = high;
    return this.kept.intern(scratch, end);
  }

  /** The halves of a whole block's fingerprint. */
  fingerprint(s: Int16Array): [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let index = 0; index < s.length; index++) {
      if (this.isIgnored[index] === 1) continue;
      low = (low + Math.imul(this.cellLow[index]!, this.valueLow[s[index]!]!)) | 0;
      high = (high + Math.imul(this.cellHigh[index]!, this.valueHigh[s[index]!]!)) | 0;
    }
    return [low, high];
  }
}

/** The effect of a move that ends a run: it leads nowhere. */
export const ENDS = -1;

/**
 * What a mover can do where it is, each kept once: the effects of its ways (none while it waits), and which cells that
 * depends on. As long as nobody writes one of these, it stays what it is, whatever else the others do.
 */
export class Prospects {
  /**
   * Of each: its set of cells, then the effects of the ways. The first one, with the name 0, stands for "not known".
   */
  readonly kept = new Sequences();
  private readonly sets = new Sequences();
  private readonly scratch: Int32Array;

  constructor(
    private readonly effects: Effects,
    maxWays: number,
  ) {
    this.scratch = new Int32Array(1 + maxWays).fill(-1);
    this.kept.intern(this.scratch, 1);
  }

  get bytes(): number {
    return this.kept.bytes + this.sets.bytes + this.effects.kept.bytes;
  }

  /** `ways` effects, and the cells as bits. */
  intern(effects: Int32Array, ways: number, cells: Int32Array): number {
    this.scratch[0] = this.sets.intern(cells, cells.length);
    for (let way = 0; way < ways; way++) this.scratch[1 + way] = effects[way]!;
    return this.kept.intern(this.scratch, 1 + ways);
  }

  /** Whether a prospect is the same behind a move of somebody else. */
  outlives(prospect: number, effect: number): boolean {
    const { pool, starts } = this.effects.kept;
    const set = this.sets.starts[this.kept.pool[this.kept.starts[prospect]!]!]!;
    const cells = this.sets.pool;
    const end = starts[effect + 1]!;
    for (let i = starts[effect]! + 2; i < end; i++) {
      const cell = pool[i]! >>> 16;
      if (((cells[set + (cell >> 5)]! >>> (cell & 31)) & 1) === 1) return false;
    }
    return true;
  }
}
