import { InternalError } from '../base/errors';
import type { ActorKind, Block, View } from './columns';
import type { Journal } from './journal';

/**
 * A strand is a stack of frames that a mover can execute on: it starts with its program counter, the frame pointer
 * (relative to the first frame) and one cell for what the last call returned. A frame starts with the address to return
 * to, followed by the routine's locals.
 */
export const STRAND_HEADER = 3;
/** Where in its header a strand keeps what the last call returned. */
const RESULT = 2;

/** Cells of frames in a strand. The deepest chain of calls in the model must fit; `enter` throws when it does not. */
export const STRAND_FRAMES = 26;
export const STRAND_SIZE = STRAND_HEADER + STRAND_FRAMES;

/** Where a routine begins and how many cells its frame has. */
export interface Entry {
  readonly pc: number;
  readonly frameSize: number;
}

/** A line, as people name it. */
export interface Position {
  readonly routine: string;
  readonly line: string;
}

/** What a world needs to know of the code that it is run with. */
export interface Program {
  /** Frame size of the routine that each line belongs to. */
  readonly frameSizeAt: Uint8Array;
  describe(pc: number): Position;
}

/** Where a world keeps its cells. */
export interface Memory {
  /** What it returns may be wrapped, which is how tests watch every access. */
  readonly cells: (length: number) => Int16Array;
  /** Whether the journal hears of reads, too, but for a mover's of its own strand. Costs every read a little. */
  readonly isTraced?: boolean;
}

const plain: Memory = { cells: (length) => new Int16Array(length) };
export const traced: Memory = { ...plain, isTraced: true };

/**
 * Everything a run depends on, as one block of 16-bit cells: which strand each mover is on, the strands, the actors.
 * A snapshot is a copy of `s`; two states are equal when their cells are.
 *
 * `mover`, `strand`, `frame` and `way` are not state: the machine sets them before it asks or executes a line.
 */
export class World implements Block {
  readonly s: Int16Array;
  readonly isTraced: boolean;
  readonly actors: Record<string, View[]> = {};
  /** Offset of each strand in the block. */
  readonly strandAt: number[] = [];
  /** Offsets of the cells that tell no states apart. */
  readonly notes: number[] = [];
  /** Index of the mover at hand. */
  mover = 0;
  /** Offset of the strand at hand. */
  strand = 0;
  /** Offset of the frame at hand. */
  frame = 0;
  /** Which of the line's ways was chosen; 0 when it has only one. */
  way = 0;
  /**
   * Hears of every write, and of reads where the memory is traced, for searches that take steps back; missing in runs.
   */
  journal: Journal | undefined = undefined;
  private linked: Program = { frameSizeAt: new Uint8Array(), describe: () => ({ routine: '', line: '' }) };
  private frameSizeAt: Uint8Array = new Uint8Array();

  private next: number;

  constructor(
    readonly moverCount: number,
    readonly strandCount: number,
    actorCells: number,
    memory: Memory = plain,
  ) {
    this.s = memory.cells(moverCount + strandCount * STRAND_SIZE + actorCells);
    this.isTraced = memory.isTraced === true;
    for (let i = 0; i < strandCount; i++) this.strandAt.push(moverCount + i * STRAND_SIZE);
    this.next = moverCount + strandCount * STRAND_SIZE;
  }

  /** What the program counters point into; set by the machine. */
  get code(): Program {
    return this.linked;
  }
  set code(code: Program) {
    this.linked = code;
    this.frameSizeAt = code.frameSizeAt;
  }

  /** Lays out `count` actors of a kind in the block and returns their views. */
  protected lay<S, V extends View>(kind: ActorKind<S>, count: number): V[] {
    const views: View[] = [];
    for (let i = 0; i < count * kind.size; i++) if (kind.isNote[i % kind.size]) this.notes.push(this.next + i);
    for (let i = 0; i < count; i++, this.next += kind.size)
      views.push(kind.create(this, this.s, this.next, i) as unknown as View);
    this.actors[kind.kind] = views;
    return views as V[];
  }

  /** Every write of a cell goes through here, so that a journal misses none. */
  put(index: number, value: number): void {
    if (this.journal !== undefined) this.journal.note(index, this.s[index]!);
    this.s[index] = value;
  }

  /** Starts a strand anew at a routine, as if nothing had called it; `args` are the values of its first locals. */
  start(strand: number, entry: Entry, args: readonly number[] = []): void {
    const at = this.strandAt[strand]!;
    this.clear(strand);
    this.put(at, entry.pc);
    for (let i = 0; i < args.length; i++) this.setFirst(strand, 1 + i, args[i]!);
  }

  /** Forgets every frame of a strand, so that equal states have equal cells. */
  clear(strand: number): void {
    const { s } = this;
    const at = this.strandAt[strand]!;
    // Cells behind the innermost frame are zero: `leave` has cleared them.
    const end = at + STRAND_HEADER + s[at + 1]! + this.frameSizeAt[s[at]!]!;
    for (let i = at; i < end; i++) this.put(i, 0);
  }

  /** Moves the mover at hand onto a strand; its next line is where that strand's program counter points. */
  switchTo(strand: number): void {
    this.put(this.mover, strand);
  }

  /** Pushes a frame on the strand at hand. The caller's program counter already points behind the call. */
  enter(entry: Entry): number {
    const { s, strand } = this;
    const pointer = s[strand + 1]! + this.frameSizeAt[s[strand]!]!;
    if (pointer + entry.frameSize > STRAND_FRAMES)
      throw new InternalError(`a strand has ${STRAND_FRAMES} cells of frames, and the calls at hand want more`);
    const frame = strand + STRAND_HEADER + pointer;
    this.put(frame, s[strand]!);
    this.put(strand, entry.pc);
    this.put(strand + 1, pointer);
    return frame;
  }

  /** Pops the frame at hand, clearing its cells, and goes on behind the call. */
  leave(): void {
    const { s, strand, frame } = this;
    const backTo = s[frame]!;
    if (backTo === 0) throw new InternalError('a routine that nothing called has returned');
    const size = this.frameSizeAt[s[strand]!]!;
    for (let i = 0; i < size; i++) this.put(frame + i, 0);
    this.put(strand, backTo);
    this.put(strand + 1, s[strand + 1]! - this.frameSizeAt[backTo]!);
  }

  /** Leaves a number for the caller. */
  leaveResult(value: number): void {
    this.put(this.strand + RESULT, value);
  }

  /** What the last call on the strand at hand left; it is gone then, so that it does not tell equal states apart. */
  takeResult(): number {
    const value = this.s[this.strand + RESULT]!;
    this.put(this.strand + RESULT, 0);
    return value;
  }

  /** A local of the frame at hand, as the number that it is kept as. */
  local(slot: number): number {
    return this.s[this.frame + slot]!;
  }

  /** Sets a local of the frame that a strand was started with, which nothing has called from yet. */
  setFirst(strand: number, slot: number, value: number): void {
    this.put(this.strandAt[strand]! + STRAND_HEADER + slot, value);
  }

  /** Where a mover is: the line that it executes next. */
  position(mover: number): Position {
    const strand = this.strandAt[this.s[mover]!]!;
    this.journal?.mark(mover);
    this.journal?.mark(strand);
    return this.code.describe(this.s[strand]!);
  }

  /** Name of a mover, for stories. */
  moverName(mover: number): string {
    return `M${mover}`;
  }
}
