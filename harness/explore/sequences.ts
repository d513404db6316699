/** Sequences of 32-bit numbers, each kept once and named by a number from 0, in the order in which they came first. */
export class Sequences {
  count = 0;
  /** All of them, one behind the other. */
  pool = new Int32Array(1 << 12);
  /** Where each begins in the pool, and one more for the end of the last. */
  starts = new Int32Array(1 << 10);
  /** 1 + the name, by hash; 0 is nobody. Open addressing, linear probing, at most half full. */
  private table = new Int32Array(1 << 11);

  get bytes(): number {
    return this.pool.byteLength + this.starts.byteLength + this.table.byteLength;
  }

  /** Names the first `length` numbers. */
  intern(numbers: Int32Array, length: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let at = hashOf(numbers, 0, length) & mask;
    for (; table[at] !== 0; at = (at + 1) & mask)
      if (this.isSame(table[at]! - 1, numbers, length)) return table[at]! - 1;
    const name = this.count++;
    table[at] = name + 1;
    const begin = this.starts[name]!;
    if (begin + length > this.pool.length) this.pool = larger(this.pool, begin + length);
    for (let i = 0; i < length; i++) this.pool[begin + i] = numbers[i]!;
    if (this.count === this.starts.length) this.starts = larger(this.starts, this.count + 1);
    this.starts[this.count] = begin + length;
    if (2 * this.count > table.length) this.rehash();
    return name;
  }

  private isSame(name: number, numbers: Int32Array, length: number): boolean {
    const { pool, starts } = this;
    const begin = starts[name]!;
    if (starts[name + 1]! - begin !== length) return false;
    for (let i = 0; i < length; i++) if (pool[begin + i] !== numbers[i]) return false;
    return true;
  }

  private rehash(): void {
    const table = new Int32Array(2 * this.table.length);
    const mask = table.length - 1;
    for (let name = 0; name < this.count; name++) {
      let at = hashOf(this.pool, this.starts[name]!, this.starts[name + 1]!) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = name + 1;
    }
    this.table = table;
  }
}

function larger(array: Int32Array<ArrayBuffer>, wanted: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(2 * array.length, wanted));
  copy.set(array);
  return copy;
}

/** FNV-1a over numbers instead of bytes, mixed at the end. */
function hashOf(numbers: Int32Array, begin: number, end: number): number {
  let h = 0x811c9dc5;
  for (let i = begin; i < end; i++) {
    h = Math.imul(h ^ numbers[i]!, 0x01000193);
    h ^= h >>> 15;
  }
  return h;
}
