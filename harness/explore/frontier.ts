/** Bytes in a row come in units of this. */
const STRIDE = 16;

/**
 * The states that wait for their turn, first in, first out: a ring of rows in one typed array. Of each state only the
 * bytes are kept that have changed in any so far; the others are as they were in the beginning. Cells are mostly below
 * 256, so that few of their upper bytes ever do. Beside it, what is known of each mover there.
 */
export class Frontier {
  /** What each mover can do in each state, 0 where that is not known; see `knownAt`. */
  known: Int32Array;
  /** Bytes of the block in the order in which they changed first: their places in a row. */
  private bytesAt = new Int16Array(64);
  private count = 0;
  private readonly placeOf: Int16Array;
  private readonly initial: Uint8Array;
  private width = 64;
  /** A power of two. */
  private capacity = 1 << 10;
  /** Four bytes at a time. */
  private rows = new Int32Array((this.width * this.capacity) >> 2);
  private rowBytes = new Uint8Array(this.rows.buffer);
  /** The row of the state that the block holds. */
  private held = new Int32Array(this.width >> 2);
  private heldBytes = new Uint8Array(this.held.buffer);
  private low = new Int32Array(this.capacity);
  private high = new Int32Array(this.capacity);
  /** How many states have come in; those before `freed` are gone. */
  private pushed = 0;
  private freed = 0;

  constructor(
    initial: Int16Array,
    private readonly moverCount: number,
  ) {
    this.initial = new Uint8Array(initial.slice().buffer);
    this.placeOf = new Int16Array(this.initial.length).fill(-1);
    this.known = new Int32Array(this.capacity * moverCount);
  }

  get bytes(): number {
    return this.rows.byteLength + this.low.byteLength + this.high.byteLength + this.known.byteLength;
  }

  lowOf(state: number): number {
    return this.low[state & (this.capacity - 1)]!;
  }

  highOf(state: number): number {
    return this.high[state & (this.capacity - 1)]!;
  }

  /** Where in `known` a state's movers begin. */
  knownAt(state: number): number {
    return (state & (this.capacity - 1)) * this.moverCount;
  }

  /** Adds the first state, which has the initial cells. */
  begin(low: number, high: number): void {
    this.low[0] = low;
    this.high[0] = high;
    this.pushed = 1;
  }

  /**
   * Adds a state that differs from an earlier one, which has not been freed, by the writes from `begin` to `end`: each
   * a cell in the upper and a value in the lower 16 bits. Nothing is known of its movers.
   */
  push(parent: number, low: number, high: number, writes: Int32Array, begin: number, end: number): void {
    const { placeOf, initial, moverCount } = this;
    for (let i = begin; i < end; i++) {
      const byte = 2 * (writes[i]! >>> 16);
      if (placeOf[byte] === -1) this.place(byte);
      if (((writes[i]! >> 8) & 0xff) !== initial[byte + 1] && placeOf[byte + 1] === -1) this.place(byte + 1);
    }
    if (this.pushed - this.freed === this.capacity) this.resize(this.capacity * 2, this.width);
    const { width, rows, rowBytes, known } = this;
    const mask = this.capacity - 1;
    const slot = this.pushed++ & mask;
    this.low[slot] = low;
    this.high[slot] = high;
    for (let i = 0; i < moverCount; i++) known[slot * moverCount + i] = 0;
    const at = slot * width;
    const words = width >> 2;
    const to = slot * words;
    const from = (parent & mask) * words;
    for (let i = 0; i < words; i++) rows[to + i] = rows[from + i]!;
    for (let i = begin; i < end; i++) {
      const write = writes[i]!;
      const byte = 2 * (write >>> 16);
      rowBytes[at + placeOf[byte]!] = write;
      if (placeOf[byte + 1] !== -1) rowBytes[at + placeOf[byte + 1]!] = write >> 8;
    }
  }

  /** Writes a state into a block (as bytes) that holds the one that was loaded last, or else the initial cells. */
  load(state: number, block: Uint8Array): void {
    const { rows, held, heldBytes, bytesAt, count, width, capacity } = this;
    const from = (state & (capacity - 1)) * (width >> 2);
    for (let word = 0; 4 * word < count; word++) {
      const is = rows[from + word]!;
      if (is === held[word]) continue;
      held[word] = is;
      const last = Math.min(4 * word + 4, count);
      for (let place = 4 * word; place < last; place++) block[bytesAt[place]!] = heldBytes[place]!;
    }
  }

  /** The states before this one are not needed any more. */
  freeBefore(state: number): void {
    this.freed = state;
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
    const { rowBytes, heldBytes, width, capacity, initial } = this;
    heldBytes[this.count - 1] = initial[byte]!;
    for (let state = this.freed; state < this.pushed; state++)
      rowBytes[(state & (capacity - 1)) * width + this.count - 1] = initial[byte]!;
  }

  private resize(capacity: number, width: number): void {
    const { rows, low, high, known, moverCount, capacity: before, width: narrow } = this;
    this.rows = new Int32Array((capacity * width) >> 2);
    this.rowBytes = new Uint8Array(this.rows.buffer);
    const { held } = this;
    this.held = new Int32Array(width >> 2);
    this.held.set(held);
    this.heldBytes = new Uint8Array(this.held.buffer);
    this.low = new Int32Array(capacity);
    this.high = new Int32Array(capacity);
    this.known = new Int32Array(capacity * moverCount);
    for (let state = this.freed; state < this.pushed; state++) {
      const from = state & (before - 1);
      const to = state & (capacity - 1);
      this.rows.set(rows.subarray((from * narrow) >> 2, ((from + 1) * narrow) >> 2), (to * width) >> 2);
      this.low[to] = low[from]!;
      this.high[to] = high[from]!;
      this.known.set(known.subarray(from * moverCount, (from + 1) * moverCount), to * moverCount);
    }
    this.capacity = capacity;
    this.width = width;
  }
}
