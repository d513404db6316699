import { InternalError } from '../base/errors';
import { Journal } from '../language/journal';
import type { Code } from '../language/link';
import type { Claim, Property, Sometimes } from '../language/property';
import { STRAND_SIZE, type World } from '../language/world';
import { Machine } from '../run/machine';
import type { Move } from '../run/players';
import { Transitions } from './circles';
import { Effects, ENDS, Prospects } from './effects';
import { Elision } from './elide';
import { Frontier } from './frontier';
import { LongColumn } from './longcolumn';
import { Visited } from './visited';

/**
 * Visits every state that can be reached, breadth first, so that the first way to a broken property is a shortest one.
 *
 * What makes it fast is that it seldom executes a line. A move is made in place and taken back by a journal of its
 * writes, and in a traced world the journal hears, too, of every cell that the move, its guard and the claims that
 * judge it looked at. As long as nobody writes one of those, the mover can do the same in the states that follow, with
 * the same verdict: they inherit what it did, as a few writes and what these add to the fingerprint. So every state and
 * every transition is visited, and between a seventh and a ninetieth of the transitions of a cast are executed. (The
 * independence is that of partial-order methods: Godefroid, 1996. Those leave transitions out, which hides what a claim
 * would say of the states in between; here they are all there, and cost an addition.)
 *
 * Besides, the successors of some hundred states are collected before the first of them is looked for, so that the
 * cache misses of the table overlap; and only the cells that have ever changed are kept of the states that wait for
 * their turn. Of all others nothing stays but a fingerprint and where they came from.
 *
 * What was tried and left out, and why there is no symmetry: docs/search.md.
 */

export interface ExploreOptions {
  /** Whether lines that nobody can tell apart from nothing are no states of their own. */
  readonly isReduced: boolean;
  readonly maxStates: number;
  /** Whether to find out in which states a run may come back to where it was; keeps every transition. */
  readonly findsCircles?: boolean;
  /** Of the visited set, the way back and the states that wait. */
  readonly maxBytes: number;
  /** Asked, and told, every so often. */
  isStopped(): boolean;
  progress(states: number, transitions: number): void;
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
  /** How many moves were made for them; all others were known to do the same as one that had been. */
  readonly executions: number;
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
  /**
   * The states, by their number, from which a run may come back to them; empty where that was not asked for, or not all
   * visited.
   */
  readonly circling: readonly number[];
  /** A shortest way to a state. */
  pathTo(state: number): readonly Move[];
  /** The most that the search held at once. */
  readonly bytes: number;
}

const BATCH = 512;

/** Successors that one state may have. */
const MAX_SUCCESSORS = 256;

/** Ways that one line may have. */
const MAX_WAYS = 64;

/** Lines of one transition; more are a loop of the model that nobody can observe. */
const MAX_ELIDED = 200;

/** What a mover can do is to be found out. */
const UNKNOWN = 0;
const ENDLESS = 'a loop touches nothing that others could see, and does not end';

/** The event loop gets its turn (signals, progress) this often. */
const SLICE_MS = 50;

/**
 * Explores from the world's present state, which it gives back at the end. Lines that elide.ts names are executed
 * together with the line before them.
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
  const isKept = options.findsCircles === true;
  let search = new Search(code, world, claims, elision, isKept);
  try {
    while (end === undefined) {
      if (search.isMisled) {
        search.leave(initial);
        search = new Search(code, world, claims, elision, isKept);
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
  const { states, transitions, executions, met } = search;
  return {
    states,
    transitions,
    executions,
    depth: search.pathTo(states - 1).length,
    seconds: (performance.now() - started) / 1000,
    end,
    breaks: search.breaks(),
    isElided: elision.isElided,
    isReached: elision.isReached,
    met,
    circling: end === 'complete' ? search.circling() : [],
    pathTo: (state) => search.pathTo(state),
    bytes: search.mostBytes,
  };
}

class Search<W extends World> {
  states = 1;
  transitions = 0;
  mostBytes = 0;
  executions = 0;
  /** Whether it has executed a line that it took to be out of reach, and relied on it. */
  isMisled = false;
  readonly met: Sometimes<W>[] = [];
  private readonly machine: Machine<W>;
  private readonly journal: Journal;
  private readonly effects: Effects;
  private readonly prospects: Prospects;
  private readonly visited = new Visited();
  private readonly frontier: Frontier;
  private readonly kept: Transitions | undefined;
  private readonly parents = new LongColumn();
  private readonly moves = new LongColumn();
  /** The world's cells as bytes. */
  private readonly block: Uint8Array;
  private readonly found: { property: Property<W>; cause: string; state: number; move: number }[] = [];
  private readonly causes = new Map<Property<W>, Set<string>>();
  /** The state being expanded and the move being made; -1: none, as nobody can move. */
  private expanding = 0;
  private move = -1;
  /** States before this one were expanded in earlier batches. */
  private expanded = 0;

  /** What a batch holds of each successor: its fingerprint, its parent, the move and its effect. */
  private count = 0;
  private readonly low = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly high = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly parent = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly moveTo = new Int32Array(BATCH + MAX_SUCCESSORS);
  private readonly effect = new Int32Array(BATCH + MAX_SUCCESSORS);
  /** The effects of a mover's ways. */
  private readonly ways = new Int32Array(MAX_WAYS);
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
    keepsTransitions: boolean,
  ) {
    this.kept = keepsTransitions ? new Transitions() : undefined;
    const { s, notes, moverCount } = world;
    this.machine = new Machine(code, world, claims, 1);
    this.settle();
    this.block = new Uint8Array(s.buffer, s.byteOffset, s.byteLength);
    this.journal = new Journal(s.length);
    this.effects = new Effects(s.length, notes);
    this.prospects = new Prospects(this.effects, MAX_WAYS);
    this.frontier = new Frontier(s.slice(), moverCount);
    const [low, high] = this.effects.fingerprint(s);
    this.frontier.begin(low, high);
    this.visited.add(low, high, 0);
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
    const { visited, frontier, parents, moves, prospects } = this;
    const kept = this.kept?.bytes ?? 0;
    const bytes = visited.bytes + frontier.bytes + parents.bytes + moves.bytes + prospects.bytes + kept;
    this.mostBytes = Math.max(this.mostBytes, bytes);
    return bytes;
  }

  circling(): number[] {
    return this.kept?.onCycles(this.states) ?? [];
  }

  /** Expands some states, then looks for their successors. */
  batch(): void {
    const { frontier } = this;
    this.count = 0;
    let state = this.expanded;
    for (; this.count < BATCH && state < this.states; state++) this.expand(state);
    this.warm();
    this.insert(state);
    this.expanded = state;
    frontier.freeBefore(state);
  }

  private expand(state: number): void {
    const { frontier, prospects, effects, block } = this;
    const { moverCount } = this.world;
    const base = frontier.knownAt(state);
    const low = frontier.lowOf(state);
    const high = frontier.highOf(state);
    this.expanding = state;
    let isLoaded = false;
    let isStuck = true;
    for (let mover = 0; mover < moverCount; mover++) {
      let prospect = frontier.known[base + mover]!;
      if (prospect === UNKNOWN) {
        if (!isLoaded) frontier.load(state, block);
        isLoaded = true;
        prospect = this.prospectOf(mover);
        frontier.known[base + mover] = prospect;
      }
      const begin = prospects.kept.starts[prospect]! + 1;
      const end = prospects.kept.starts[prospect + 1]!;
      if (begin < end) isStuck = false;
      for (let i = begin; i < end; i++) {
        const effect = prospects.kept.pool[i]!;
        this.transitions++;
        if (effect === ENDS) continue;
        const { count } = this;
        const at = effects.kept.starts[effect]!;
        this.low[count] = (low + effects.kept.pool[at]!) | 0;
        this.high[count] = (high + effects.kept.pool[at + 1]!) | 0;
        this.parent[count] = state;
        this.moveTo[count] = (mover << 8) | (i - begin);
        this.effect[count] = effect;
        this.count = count + 1;
      }
    }
    if (!isStuck) return;
    if (!isLoaded) frontier.load(state, block);
    this.move = -1;
    this.machine.judgeRest(this.listener);
  }

  /** What a mover can do in the state at hand: executes its next line in each of its ways, and takes it back. */
  private prospectOf(mover: number): number {
    const { machine, code, world, journal, ways } = this;
    journal.forget();
    journal.mark(mover);
    const pc = machine.look(mover);
    journal.markRange(world.strand, world.strand + STRAND_SIZE);
    const when = code.when[pc];
    if (when !== undefined && !when(world)) return this.prospects.intern(ways, 0, journal.touched);
    const count = Math.max(1, code.ways[pc]?.(world) ?? 1);
    if (count > MAX_WAYS) throw new InternalError(`a line has ${count} ways; a search takes up to ${MAX_WAYS}`);
    for (let way = 0; way < count; way++) {
      ways[way] = this.take(mover, way);
      journal.takeBack(world.s);
    }
    return this.prospects.intern(ways, count, journal.touched);
  }

  /** Lets a mover make a move, and returns its effect. */
  private take(mover: number, way: number): number {
    const { machine, world, journal, elision, listener, effects } = this;
    const { isElided, isReached } = elision;
    journal.begin();
    this.executions++;
    this.move = (mover << 8) | way;
    world.way = way;
    for (let pc = machine.look(mover), lines = 0; ; pc = machine.look(mover), lines++) {
      if (lines > 0) {
        // On another strand from here on, perhaps.
        journal.markRange(world.strand, world.strand + STRAND_SIZE);
        if (isElided[pc] === 0) break;
      }
      if (lines === MAX_ELIDED) throw new InternalError(ENDLESS);
      if (isReached[pc] === 0 && elision.reach(pc)) this.isMisled = true;
      if (machine.executeAndJudge(pc, listener)) return ENDS;
    }
    return effects.intern(journal, world.s);
  }

  private warm(): void {
    const { visited, low, count } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= visited.touch(low[i]!);
    this.warmth ^= sum;
  }

  /** Looks the successors up; states before `expanded` need not be told any more what their movers can do. */
  private insert(expanded: number): void {
    const { visited, frontier, low, high, parent, moveTo, effect, count, effects, kept } = this;
    const { pool, starts } = effects.kept;
    for (let i = 0; i < count; i++) {
      const { states } = this;
      const move = effect[i]!;
      const state = visited.add(low[i]!, high[i]!, states);
      kept?.add(parent[i]!, state);
      if (state === states) {
        frontier.push(parent[i]!, low[i]!, high[i]!, pool, starts[move]! + 2, starts[move + 1]!);
        this.parents.set(states, parent[i]!);
        this.moves.set(states, moveTo[i]!);
        this.states++;
      } else if (state < expanded) continue;
      this.inherit(parent[i]!, moveTo[i]! >> 8, move, state);
    }
  }

  /** What the others can do behind a move is what they could before it, where that does not depend on what it wrote. */
  private inherit(parent: number, mover: number, effect: number, child: number): void {
    const { frontier, prospects, world } = this;
    if (!world.isTraced) return;
    const { moverCount } = world;
    const { known } = frontier;
    const from = frontier.knownAt(parent);
    const to = frontier.knownAt(child);
    for (let other = 0; other < moverCount; other++) {
      if (other === mover || known[to + other] !== UNKNOWN) continue;
      const prospect = known[from + other]!;
      if (prospects.outlives(prospect, effect)) known[to + other] = prospect;
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
