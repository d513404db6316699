/** Places in a row that are compared at once, four bytes each. */
const STRIDE = 16;

/**
 * The states that wait for their turn, first in, first out: a ring of rows in one typed array. Of each state only the bytes
 * are kept that have changed in any so far; the others are as they were in the beginning. Cells are mostly below 256, so that
 * few of their upper bytes ever do.
 */
export class Frontier {
  /** Bytes of the block in the order in which they changed first: their places in a row. */
  private bytesAt = new Int16Array(64);
  private count = 0;
  private readonly placeOf: Int16Array;
  private readonly initial: Uint8Array;
  private width = 64;
  /** A power of two. */
  private capacity = 1 << 10;
  private rows = new Uint8Array(this.width * this.capacity);
  /** The same, four bytes at a time. */
  private words = new Int32Array(this.rows.buffer);
  private low = new Int32Array(this.capacity);
  private high = new Int32Array(this.capacity);
  /** How many states have come in; those before `freed` are gone. */
  private pushed = 0;
  private freed = -1;

  constructor(initial: Int16Array) {
    this.initial = new Uint8Array(initial.slice().buffer);
    this.placeOf = new Int16Array(this.initial.length).fill(-1);
  }

  get bytes(): number {
    return this.rows.byteLength + this.low.byteLength + this.high.byteLength;
  }

  lowOf(state: number): number {
    return this.low[state & (this.capacity - 1)]!;
  }

  highOf(state: number): number {
    return this.high[state & (this.capacity - 1)]!;
  }

  /** Adds the first state, which has the initial cells. */
  begin(low: number, high: number): void {
    this.low[0] = low;
    this.high[0] = high;
    this.pushed = 1;
  }

  /** Adds a state that differs from an earlier one, which has not been freed, by some writes: those from `begin` to `end`. */
  push(
    parent: number,
    low: number,
    high: number,
    cells: Int16Array,
    values: Int16Array,
    begin: number,
    end: number,
  ): void {
    const { placeOf, initial } = this;
    for (let i = begin; i < end; i++) {
      const byte = 2 * cells[i]!;
      if (placeOf[byte] === -1) this.place(byte);
      if (values[i]! >> 8 !== initial[byte + 1] && placeOf[byte + 1] === -1) this.place(byte + 1);
    }
    if (this.pushed - this.freed === this.capacity) this.resize(this.capacity * 2, this.width);
    const { width, rows } = this;
    const mask = this.capacity - 1;
    const slot = this.pushed++ & mask;
    this.low[slot] = low;
    this.high[slot] = high;
    const at = slot * width;
    const from = (parent & mask) * width;
    rows.copyWithin(at, from, from + width);
    for (let i = begin; i < end; i++) {
      const byte = 2 * cells[i]!;
      rows[at + placeOf[byte]!] = values[i]!;
      if (placeOf[byte + 1] !== -1) rows[at + placeOf[byte + 1]!] = values[i]! >> 8;
    }
  }

  /** Writes a state into a block (as bytes) that holds the state before it, which is much the same. */
  load(state: number, block: Uint8Array): void {
    const { rows, words, bytesAt, count, width, capacity } = this;
    const from = ((state - 1) & (capacity - 1)) * width;
    const to = (state & (capacity - 1)) * width;
    const offset = (from - to) >> 2;
    for (let first = 0; first < count; first += STRIDE) {
      const i = (to + first) >> 2;
      const differs =
        (words[i]! ^ words[i + offset]!) |
        (words[i + 1]! ^ words[i + 1 + offset]!) |
        (words[i + 2]! ^ words[i + 2 + offset]!) |
        (words[i + 3]! ^ words[i + 3 + offset]!);
      if (differs === 0) continue;
      const last = Math.min(first + STRIDE, count);
      for (let place = first; place < last; place++) block[bytesAt[place]!] = rows[to + place]!;
    }
  }

  /** The states before this one are not needed any more, but for the very last. */
  freeBefore(state: number): void {
    this.freed = state - 1;
  }

  private place(byte: number): void {
    if (this.count === this.width) {
      const bytesAt = new Int16Array(2 * this.width);
      bytesAt.set(this.bytesAt);
      this.bytesAt = bytesAt;
      this.resize(this.capacity, this.width + 2 * STRIDE);
    }
    this.placeOf[byte] = this.count;
    this.bytesAt[this.count++] = byte;
    const { rows, width, capacity, initial } = this;
    for (let state = this.freed; state < this.pushed; state++)
      rows[(state & (capacity - 1)) * width + this.count - 1] = initial[byte]!;
  }

  private resize(capacity: number, width: number): void {
    const { rows, low, high, capacity: before, width: narrow } = this;
    this.rows = new Uint8Array(capacity * width);
    this.words = new Int32Array(this.rows.buffer);
    this.low = new Int32Array(capacity);
    this.high = new Int32Array(capacity);
    for (let state = this.freed; state < this.pushed; state++) {
      const from = (state & (before - 1)) * narrow;
      const to = state & (capacity - 1);
      this.rows.set(rows.subarray(from, from + narrow), to * width);
      this.low[to] = low[state & (before - 1)]!;
      this.high[to] = high[state & (before - 1)]!;
    }
    this.capacity = capacity;
    this.width = width;
  }
}
