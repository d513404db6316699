import { FastRandom } from './random';

/** Cells hold less than this. */
const VALUES = 1 << 15;

/**
 * The writes since they were last taken back, for searches, and a 64-bit fingerprint of the state behind them.
 *
 * A half of the fingerprint is the sum over all cells of a random odd number for the cell times a random number for its
 * value, so that a write costs the same in a large state as in a small one. (Zobrist, "A new hashing method with application
 * for game playing", 1970, keeps a random number per cell and value; the product needs tables that stay in the cache.)
 */
export class Journal {
  /** Which cell was written, and what it held before; once taken back, what it holds afterwards. */
  readonly cells: Int16Array;
  readonly values: Int16Array;
  length = 0;
  /** The halves of the fingerprint. */
  low = 0;
  high = 0;
  /** 1 for cells that tell no states apart. */
  private readonly isIgnored: Uint8Array;
  private readonly cellLow: Int32Array;
  private readonly cellHigh: Int32Array;
  private readonly valueLow: Int32Array;
  private readonly valueHigh: Int32Array;

  /** For a block of `size` cells, and up to `capacity` writes until `length` is set to 0. */
  constructor(size: number, ignored: readonly number[], capacity: number) {
    this.cells = new Int16Array(capacity);
    this.values = new Int16Array(capacity);
    const random = new FastRandom();
    random.seed(1);
    const draw = (length: number, odd: number) => Int32Array.from({ length }, () => random.next() | odd);
    this.cellLow = draw(size, 1);
    this.cellHigh = draw(size, 1);
    this.valueLow = draw(VALUES, 0);
    this.valueHigh = draw(VALUES, 0);
    this.isIgnored = new Uint8Array(size);
    for (const index of ignored) this.isIgnored[index] = 1;
  }

  /** Says what the fingerprint is. */
  seal(low: number, high: number): void {
    this.low = low;
    this.high = high;
  }

  note(index: number, was: number, is: number): void {
    if (was === is || this.isIgnored[index] === 1) return;
    const { length } = this;
    this.cells[length] = index;
    this.values[length] = was;
    this.length = length + 1;
    this.low = (this.low + Math.imul(this.cellLow[index]!, this.valueLow[is]! - this.valueLow[was]!)) | 0;
    this.high = (this.high + Math.imul(this.cellHigh[index]!, this.valueHigh[is]! - this.valueHigh[was]!)) | 0;
  }

  /**
   * Takes the writes back that came behind the first `begin`; the fingerprint was `low` and `high` before them. They stay in
   * the journal, so that they can be made again from the first to the last.
   */
  takeBack(s: Int16Array, begin: number, low: number, high: number): void {
    const { cells, values } = this;
    for (let i = this.length - 1; i >= begin; i--) {
      const cell = cells[i]!;
      const value = s[cell]!;
      s[cell] = values[i]!;
      values[i] = value;
    }
    this.seal(low, high);
  }

  /** Takes the fingerprint of a whole block, and forgets all writes. */
  reset(s: Int16Array): void {
    this.length = 0;
    this.seal(0, 0);
    for (let index = 0; index < s.length; index++) {
      if (this.isIgnored[index] === 1) continue;
      this.low = (this.low + Math.imul(this.cellLow[index]!, this.valueLow[s[index]!]!)) | 0;
      this.high = (this.high + Math.imul(this.cellHigh[index]!, this.valueHigh[s[index]!]!)) | 0;
    }
  }
}
