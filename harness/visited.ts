/**
 * A set of 64-bit fingerprints: open addressing, linear probing, two 32-bit halves side by side. The fingerprint 0 marks an
 * empty place, and counts as 1.
 */
export class Visited {
  size = 0;
  private table: Int32Array;
  private mask: number;

  constructor(capacity = 1 << 20) {
    this.table = new Int32Array(2 * capacity);
    this.mask = capacity - 1;
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  /** Reads the place where a search begins, so that it is in the cache when `add` comes. */
  touch(low: number): number {
    return this.table[2 * (low & this.mask)]!;
  }

  /** Returns whether it was new. */
  add(low: number, high: number): boolean {
    if (low === 0 && high === 0) low = 1;
    const { table, mask } = this;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const there = table[2 * at]!;
      if (there === low && table[2 * at + 1] === high) return false;
      if (there !== 0 || table[2 * at + 1] !== 0) continue;
      table[2 * at] = low;
      table[2 * at + 1] = high;
      // At most seven eighths full.
      if (++this.size > mask - (mask >>> 3)) this.grow();
      return true;
    }
  }

  private grow(): void {
    const { table } = this;
    this.table = new Int32Array(2 * table.length);
    this.mask = this.table.length / 2 - 1;
    for (let i = 0; i < table.length; i += 2) {
      const low = table[i]!;
      const high = table[i + 1]!;
      if (low === 0 && high === 0) continue;
      let at = low & this.mask;
      while (this.table[2 * at] !== 0 || this.table[2 * at + 1] !== 0) at = (at + 1) & this.mask;
      this.table[2 * at] = low;
      this.table[2 * at + 1] = high;
    }
  }
}
