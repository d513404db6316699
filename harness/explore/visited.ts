/**
 * The states that were met, by 64-bit fingerprints: open addressing, linear probing; the two halves and 1 + the state's
 * number side by side. Where the last is 0, nobody is.
 */
export class Visited {
  size = 0;
  private table: Int32Array;
  private mask: number;

  constructor(capacity = 1 << 20) {
    this.table = new Int32Array(3 * capacity);
    this.mask = capacity - 1;
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  /** Reads the place where a search begins, so that it is in the cache when `add` comes. */
  touch(low: number): number {
    return this.table[3 * (low & this.mask)]!;
  }

  /** The number of the state with this fingerprint, which is `state` if there was none before. */
  add(low: number, high: number, state: number): number {
    const { table, mask } = this;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const i = 3 * at;
      const there = table[i + 2]!;
      if (there === 0) {
        table[i] = low;
        table[i + 1] = high;
        table[i + 2] = state + 1;
        // At most seven eighths full.
        if (++this.size > mask - (mask >>> 3)) this.grow();
        return state;
      }
      if (table[i] === low && table[i + 1] === high) return there - 1;
    }
  }

  private grow(): void {
    const { table } = this;
    const mask = 2 * this.mask + 1;
    const larger = new Int32Array(3 * (mask + 1));
    for (let i = 0; i < table.length; i += 3) {
      if (table[i + 2] === 0) continue;
      let at = table[i]! & mask;
      while (larger[3 * at + 2] !== 0) at = (at + 1) & mask;
      larger[3 * at] = table[i]!;
      larger[3 * at + 1] = table[i + 1]!;
      larger[3 * at + 2] = table[i + 2]!;
    }
    this.table = larger;
    this.mask = mask;
  }
}
