import { Elision } from './elide';
import { InternalError } from './errors';
import { Frontier } from './frontier';
import { Journal } from './journal';
import type { Code } from './link';
import { Machine } from './machine';
import type { Claim, Property, Sometimes } from './property';
import { Visited } from './visited';
import type { World } from './world';

/**
 * Visits every state that can be reached, breadth first, so that the first way to a broken property is a shortest one.
 *
 * Three things make it fast. A transition is taken in place and taken back by a journal of its writes, which also keeps the
 * fingerprint up to date. The successors of some hundred states are collected before the first of them is looked for, so that
 * the cache misses of the table overlap. And only the cells that have ever changed are kept of the states that wait for their
 * turn; of all others nothing stays but a fingerprint and where they came from.
 *
 * Tried and left out: sleep sets. Moves that a claim watches may not be left out, and so they saved one in ten and cost more.
 */

export interface ExploreOptions {
  /** Whether lines that nobody can tell apart from nothing are no states of their own. */
  readonly isReduced: boolean;
  readonly maxStates: number;
  /** Of the visited set, the way back and the states that wait. */
  readonly maxBytes: number;
  /** Asked, and told, every so often. */
  isStopped(): boolean;
  progress(states: number, transitions: number): void;
}

/** Who moves, and which of its line's ways it takes; then every line behind it that is elided. */
export interface Move {
  readonly mover: number;
  readonly way: number;
}

/** How a property breaks for the first time. */
export interface Break<W> {
  readonly property: Property<W>;
  readonly cause: string;
  readonly path: readonly Move[];
}

export interface Exploration<W> {
  readonly states: number;
  readonly transitions: number;
  /** How many transitions the last state is away from the first. */
  readonly depth: number;
  readonly seconds: number;
  /** Why it ended. */
  readonly end: 'complete' | 'max-states' | 'memory' | 'interrupted';
  readonly breaks: readonly Break<W>[];
  /** What was elided, 1 for each such line; paths mean nothing without it. */
  readonly isElided: Uint8Array;
  /** Which lines were executed. */
  readonly isReached: Uint8Array;
  readonly met: readonly Sometimes<W>[];
  /** The most that the search held at once. */
  readonly bytes: number;
}

const BATCH = 512;
/** Successors that one state may have. */
const MAX_SUCCESSORS = 256;
/** Room for the writes of a batch, and what one state's moves may need at most. */
const MAX_WRITES = 1 << 16;
const WRITES_OF_A_STATE = 1 << 13;
/** Lines of one transition; more are a loop of the model that nobody can observe. */
const MAX_ELIDED = 200;
const ENDLESS = 'a loop touches nothing that others could see, and does not end';
/** The event loop gets its turn (signals, progress) this often. */
const SLICE_MS = 50;

/** Numbers that a search appends to, a million at a time, so that growing copies nothing. */
class LongColumn {
  private readonly chunks: Int32Array[] = [];
  set(at: number, value: number): void {
    const chunk = at >>> 20;
    if (chunk === this.chunks.length) this.chunks.push(new Int32Array(1 << 20));
    this.chunks[chunk]![at & 0xfffff] = value;
  }
  get(at: number): number {
    return this.chunks[at >>> 20]![at & 0xfffff]!;
  }
  get bytes(): number {
    return this.chunks.length << 22;
  }
}

/**
 * Explores from the world's present state, which it gives back at the end. Lines that elide.ts names are executed together with
 * the line before them.
 */
export async function explore<W extends World>(
  code: Code<W>,
  world: W,
  claims: readonly Claim<W>[],
  options: ExploreOptions,
): Promise<Exploration<W>> {
  const elision = new Elision(code, claims, options.isReduced);
  const started = performance.now();
  const initial = world.s.slice();
  let end: Exploration<W>['end'] | undefined;
  let since = started;
  let search = new Search(code, world, claims, elision);
  try {
    while (end === undefined) {
      if (search.isMisled) {
        search.leave(initial);
        search = new Search(code, world, claims, elision);
      } else if (search.isDone) end = 'complete';
      else if (search.states >= options.maxStates) end = 'max-states';
      else if (search.bytes > options.maxBytes) end = 'memory';
      else search.batch();
      if (performance.now() - since < SLICE_MS) continue;
      options.progress(search.states, search.transitions);
      await new Promise(setImmediate);
      if (options.isStopped()) end ??= 'interrupted';
      since = performance.now();
    }
  } finally {
    search.leave(initial);
  }
  const { states, transitions, met } = search;
  return {
    states,
    transitions,
    depth: search.pathTo(states - 1).length,
    seconds: (performance.now() - started) / 1000,
    end,
    breaks: search.breaks(),
    isElided: elision.isElided,
    isReached: elision.isReached,
    met,
    bytes: search.mostBytes,
  };
}

class Search<W extends World> {
  readonly journal: Journal;
  /** The world's cells as bytes. */
  private readonly block: Uint8Array;
  states = 1;
  transitions = 0;
  mostBytes = 0;
  /** Whether it has executed a line that it took to be out of reach, and relied on it. */
  isMisled = false;
  readonly met: Sometimes<W>[] = [];
  private readonly machine: Machine<W>;
  private readonly visited = new Visited();
  private readonly frontier: Frontier;
  private readonly parents = new LongColumn();
  private readonly moves = new LongColumn();
  private readonly found: { property: Property<W>; cause: string; state: number; move: number }[] = [];
  private readonly causes = new Map<Property<W>, Set<string>>();
  /** The state being expanded and the move being made; -1: none, as nobody can move. */
  private expanding = 0;
  private move = -1;
  /** States before this one were expanded in earlier batches. */
  private expanded = 0;

  /** What a batch holds of each successor: its fingerprint, its parent, the move, and where its writes end. */
  private count = 0;
  private readonly low = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly high = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly parent = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly moveTo = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly writesEnd = new Int32Array(BATCH + MAX_SUCCESSORS);
  /** Keeps the engine from dropping reads that only warm the cache. */
  warmth = 0;

  private readonly listener = {
    broken: (property: Property<W>, cause: string): boolean => {
      const causes = this.causes.get(property) ?? new Set();
      if (causes.has(cause)) return false;
      this.causes.set(property, causes.add(cause));
      this.found.push({ property, cause, state: this.expanding, move: this.move });
      return false;
    },
    met: (goal: Sometimes<W>): void => {
      this.met.push(goal);
      this.machine.forget(goal);
    },
  };

  constructor(
    private readonly code: Code<W>,
    private readonly world: W,
    claims: readonly Claim<W>[],
    private readonly elision: Elision<W>,
  ) {
    const { s, notes } = world;
    this.machine = new Machine(code, world, claims, 1);
    this.settle();
    this.block = new Uint8Array(s.buffer, s.byteOffset, s.byteLength);
    this.journal = new Journal(s.length, notes, MAX_WRITES);
    this.journal.reset(s);
    this.frontier = new Frontier(s.slice());
    this.frontier.begin(this.journal.low, this.journal.high);
    this.visited.add(this.journal.low, this.journal.high);
    this.parents.set(0, -1);
    this.moves.set(0, -1);
    world.journal = this.journal;
  }

  /** Every mover comes to a line that is not elided, as it does behind every move. */
  private settle(): void {
    const { machine, world, elision } = this;
    for (let mover = 0; mover < world.moverCount; mover++)
      for (let pc = machine.look(mover), lines = 0; elision.isElided[pc] === 1; pc = machine.look(mover), lines++) {
        if (lines === MAX_ELIDED) throw new InternalError(ENDLESS);
        if (elision.reach(pc)) this.isMisled = true;
        machine.stepAndJudge(mover, 0, this.listener);
      }
  }

  /** Gives the world back as it was. */
  leave(initial: Int16Array): void {
    this.world.journal = undefined;
    this.world.s.set(initial);
  }

  get isDone(): boolean {
    return this.expanded === this.states;
  }

  get bytes(): number {
    const bytes = this.visited.bytes + this.frontier.bytes + this.parents.bytes + this.moves.bytes;
    this.mostBytes = Math.max(this.mostBytes, bytes);
    return bytes;
  }

  /** Expands some states, then looks for their successors. */
  batch(): void {
    const { journal, frontier } = this;
    this.count = 0;
    journal.length = 0;
    let state = this.expanded;
    for (; this.count < BATCH && journal.length < MAX_WRITES - WRITES_OF_A_STATE && state < this.states; state++) {
      frontier.load(state, this.block);
      journal.seal(frontier.lowOf(state), frontier.highOf(state));
      this.expanding = state;
      this.expand();
    }
    this.warm();
    this.insert();
    this.expanded = state;
    frontier.freeBefore(state);
  }

  private expand(): void {
    const { machine, code, world, journal } = this;
    const { low, high } = journal;
    const { moverCount } = world;
    let isStuck = true;
    for (let mover = 0; mover < moverCount; mover++) {
      const pc = machine.look(mover);
      const when = code.when[pc];
      if (when !== undefined && !when(world)) continue;
      isStuck = false;
      const ways = code.ways[pc];
      const count = ways === undefined ? 1 : ways(world);
      this.take(mover, pc, 0, low, high);
      for (let way = 1; way < count; way++) {
        machine.look(mover);
        this.take(mover, pc, way, low, high);
      }
    }
    if (!isStuck) return;
    this.move = -1;
    machine.judgeRest(this.listener);
  }

  /** Lets the mover at hand make a move, writes down what came of it, and takes it back. */
  private take(mover: number, first: number, way: number, low: number, high: number): void {
    const { machine, world, journal, elision, listener, count } = this;
    const { isElided, isReached } = elision;
    const begin = journal.length;
    this.move = (mover << 8) | way;
    this.transitions++;
    world.way = way;
    let ends = false;
    let lines = 0;
    for (let pc = first; ; pc = machine.look(mover)) {
      if (lines > 0 && isElided[pc] === 0) break;
      if (lines++ === MAX_ELIDED) throw new InternalError(ENDLESS);
      if (isReached[pc] === 0 && elision.reach(pc)) this.isMisled = true;
      ends = machine.executeAndJudge(pc, listener);
      if (ends) break;
    }
    if (ends) {
      journal.takeBack(world.s, begin, low, high);
      journal.length = begin;
      return;
    }
    this.low[count] = journal.low;
    this.high[count] = journal.high;
    this.parent[count] = this.expanding;
    this.moveTo[count] = this.move;
    this.writesEnd[count] = journal.length;
    this.count = count + 1;
    journal.takeBack(world.s, begin, low, high);
  }

  private warm(): void {
    const { visited, low, count } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= visited.touch(low[i]!);
    this.warmth ^= sum;
  }

  private insert(): void {
    const { visited, frontier, low, high, parent, moveTo, writesEnd, count } = this;
    const { cells, values } = this.journal;
    let begin = 0;
    for (let i = 0; i < count; i++) {
      const end = writesEnd[i]!;
      if (visited.add(low[i]!, high[i]!)) {
        frontier.push(parent[i]!, low[i]!, high[i]!, cells, values, begin, end);
        this.parents.set(this.states, parent[i]!);
        this.moves.set(this.states, moveTo[i]!);
        this.states++;
      }
      begin = end;
    }
  }

  pathTo(state: number): Move[] {
    const path: Move[] = [];
    for (let at = state; this.parents.get(at) >= 0; at = this.parents.get(at)) {
      const move = this.moves.get(at);
      path.push({ mover: move >> 8, way: move & 0xff });
    }
    return path.reverse();
  }

  breaks(): Break<W>[] {
    return this.found.map(({ property, cause, state, move }) => {
      const last = move < 0 ? [] : [{ mover: move >> 8, way: move & 0xff }];
      return { property, cause, path: [...this.pathTo(state), ...last] };
    });
  }
}
