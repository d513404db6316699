/**
 * What a move does to the cells, for searches that take moves back: the first write of each cell since `begin`, and, in
 * a traced world, which cells were looked at or written since `forget`.
 */
export class Journal {
  /** Which cells were written, and what they held before; `length` of them. */
  readonly cells: Int16Array;
  readonly values: Int16Array;
  length = 0;
  /** A bit for each cell that was read or written. */
  readonly touched: Int32Array;
  /** The move in which each cell was written last. */
  private readonly moveOf: Int32Array;
  private move = 0;

  /** For a block of `size` cells. */
  constructor(size: number) {
    this.cells = new Int16Array(size);
    this.values = new Int16Array(size);
    this.moveOf = new Int32Array(size);
    this.touched = new Int32Array((size + 31) >> 5);
  }

  /** A new move: nothing is written yet. */
  begin(): void {
    this.length = 0;
    this.move++;
  }

  /** Nothing is touched yet. */
  forget(): void {
    this.touched.fill(0);
  }

  mark(index: number): void {
    this.touched[index >> 5]! |= 1 << (index & 31);
  }

  markRange(from: number, end: number): void {
    for (let index = from; index < end; index++) this.mark(index);
  }

  /** Hears that a cell is about to be written, and what it holds. */
  note(index: number, was: number): void {
    this.mark(index);
    if (this.moveOf[index] === this.move) return;
    this.moveOf[index] = this.move;
    this.cells[this.length] = index;
    this.values[this.length++] = was;
  }

  /** Takes the move back. */
  takeBack(s: Int16Array): void {
    for (let i = 0; i < this.length; i++) s[this.cells[i]!] = this.values[i]!;
  }
}
