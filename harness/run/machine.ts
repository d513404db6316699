import type { Column } from '../language/columns';
import { type Code, perCode } from '../language/link';
import { type Always, type AtRest, type Claim, isEndless, type Property, type Sometimes } from '../language/property';
import { STRAND_HEADER, type World } from '../language/world';

export const DEFAULT_MAX_STEPS = 6000;

/** What a scheduler answers that has no more to say: from here on all movers take fair turns. */
export const TAKE_TURNS = -1;

/**
 * Decides who moves next. It lives for a whole campaign, so it may learn from earlier runs.
 *
 * `pc` is the line that the current mover comes to. A choice of 0 means that the same mover goes on (or the next one
 * that can, if it waits), k the k-th other mover that can move, counted upwards from the current one and around.
 */
export interface Scheduler<W extends World> {
  next(machine: Machine<W>, current: number, pc: number): number | typeof TAKE_TURNS;
  /** One of a line's `count` ways, from 0; asked only when there are several. */
  way(count: number): number;
}

/** Hears what a run shows. */
export interface Listener<W> {
  /** A property broke in this step; return true to end the run here. */
  broken(property: Property<W>, cause: string): boolean;
  met(goal: Sometimes<W>): void;
  /** Each executed line, for stories; missing in campaigns. */
  step?(mover: number, pc: number): void;
}

/**
 * - `holds`: nobody can move and everybody is at rest.
 * - `broken`: the listener ended the run at a broken property, or a fatal one broke.
 * - `stuck`: nobody can move and somebody is not at rest.
 * - `in circles`: movers that take fair turns repeat themselves, and somebody waits for ever.
 * - `cut short`: the limit on steps came first.
 */
export type Verdict = 'holds' | 'broken' | 'stuck' | 'in circles' | 'cut short';

/** Choices are kept as bytes. */
export const MAX_CHOICE = 255;
const LOCAL = 1;
const WAITS = 2;
const HAS_WAYS = 4;
const WATCHED = 8;

interface Survey {
  /** By line, without WATCHED. */
  readonly traits: Uint8Array;
  /** The lines that write each column. */
  readonly writers: ReadonlyMap<Column, readonly number[]>;
}

/** What machines want to know of code, which many of them run. */
const survey = perCode((code: Code<never>): Survey => {
  const writers = new Map<Column, number[]>();
  code.lines.forEach(({ touches }, pc) => {
    for (const { column, writes } of touches) if (writes) writers.set(column, [...(writers.get(column) ?? []), pc]);
  });
  const traits = Uint8Array.from(
    code.lines,
    ({ when, ways }, pc) => (code.isLocal[pc] === 1 ? LOCAL : 0) | (when ? WAITS : 0) | (ways ? HAS_WAYS : 0),
  );
  return { traits, writers };
});

/** Rounds of fair turns in which a run must come to rest or repeat itself. */
const MAX_ROUNDS = 20_000;

/** The ways of lines are taken in turn modulo this number, which 2, 3, 4, 5 and 6 divide. */
const TURNS = 60;

function isEqual(a: Int16Array, b: Int16Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Executes runs of linked code in one world. Deterministic: the same initial block and choices give the same run. */
export class Machine<W extends World> {
  /** Steps of the last run. */
  steps = 0;
  /** The choices of the last run, in order; `tapeLength` of them. */
  readonly tape: Uint8Array;
  tapeLength = 0;

  /** How often each claim was judged, by its index. */
  readonly judged: Float64Array;
  /** The claims that each line concerns, by index. */
  private readonly watchers: (readonly number[] | undefined)[];
  /** What the loop wants to know of each line, in one byte. */
  private readonly traits: Uint8Array;
  private readonly atRest: readonly AtRest<W>[];
  private readonly enabledMovers: Int32Array;
  /** The smallest choice that means the same as the last one. */
  private choice = 0;

  constructor(
    readonly code: Code<W>,
    readonly world: W,
    readonly claims: readonly Claim<W>[],
    readonly maxSteps: number,
  ) {
    world.code = code;
    this.tape = new Uint8Array(2 * maxSteps + 2);
    this.enabledMovers = new Int32Array(world.moverCount);
    this.atRest = claims.filter((claim) => claim.kind === 'atRest');
    const { traits, writers } = survey(code);
    this.traits = traits.slice();
    this.judged = new Float64Array(claims.length);
    const watchers: (number[] | undefined)[] = Array.from({ length: code.lines.length });
    claims.forEach((claim, index) => {
      if (claim.kind === 'atRest') return;
      for (const pc of new Set(claim.on.flatMap((column) => writers.get(column) ?? []))) {
        watchers[pc] = [...(watchers[pc] ?? []), index];
        this.traits[pc]! |= WATCHED;
      }
    });
    this.watchers = watchers;
  }

  /** No longer asks whether a goal is met. */
  forget(goal: Sometimes<W>): void {
    const index = this.claims.indexOf(goal);
    for (let pc = 0; pc < this.watchers.length; pc++) {
      const left = this.watchers[pc]?.filter((it) => it !== index);
      this.watchers[pc] = left?.length ? left : undefined;
    }
  }

  /** Puts a mover at hand and tells which line it would execute. */
  look(mover: number): number {
    const { world } = this;
    const { s } = world;
    const strand = world.strandAt[s[mover]!]!;
    world.mover = mover;
    world.strand = strand;
    world.frame = strand + STRAND_HEADER + s[strand + 1]!;
    return s[strand]!;
  }

  canMove(mover: number): boolean {
    const when = this.code.when[this.look(mover)];
    return when === undefined || when(this.world);
  }

  /** The k-th other mover that can move (k from 1; 0 counts as 1), or -1 when there is none. */
  private another(current: number, choice: number): number {
    const { moverCount } = this.world;
    let count = 0;
    for (let i = 1; i < moverCount; i++) {
      const mover = (current + i) % moverCount;
      if (this.canMove(mover)) this.enabledMovers[count++] = mover;
    }
    if (count === 0) return -1;
    this.choice = choice === 0 ? 0 : 1 + ((choice - 1) % count);
    return this.enabledMovers[choice === 0 ? 0 : this.choice - 1]!;
  }

  /** Executes one line of a mover that can move; `way` picks one of its ways. */
  step(mover: number, way: number): number {
    const { code, world } = this;
    const pc = this.look(mover);
    const { strand } = world;
    world.way = way;
    world.put(strand, code.next[pc]!);
    if (code.run[pc]!(world) === true) world.put(strand, code.other[pc]!);
    return pc;
  }

  /**
   * Executes the line at `pc`, where the mover at hand is, with `world.way`, and judges it. Returns whether a run would
   * end.
   */
  executeAndJudge(pc: number, listener: Listener<W>): boolean {
    const { code, world } = this;
    const { strand } = world;
    world.put(strand, code.next[pc]!);
    if (code.run[pc]!(world) === true) world.put(strand, code.other[pc]!);
    const watching = this.watchers[pc];
    return watching !== undefined && this.judge(watching, listener);
  }

  /** The same, and judges it as a run would. Returns whether the run ends here. */
  stepAndJudge(mover: number, way: number, listener: Listener<W>): boolean {
    const pc = this.look(mover);
    this.world.way = way;
    return this.executeAndJudge(pc, listener);
  }

  /**
   * Runs from the world's present state, with mover 0 first, until nobody can move. Behind `limit` steps it ends, and
   * asks nobody for rest, either.
   */
  run(scheduler: Scheduler<W>, listener: Listener<W>, limit = Number.POSITIVE_INFINITY): Verdict {
    const { code, world, tape, watchers, traits } = this;
    const maxSteps = Math.min(this.maxSteps, limit);
    const { s, strandAt } = world;
    const { run, ways, next, other } = code;
    const { step } = listener;
    let mover = 0;
    let steps = 0;
    let length = 0;
    let verdict: Verdict | undefined;
    while (verdict === undefined) {
      let strand = strandAt[s[mover]!]!;
      let pc = s[strand]!;
      let trait = traits[pc]!;
      if ((trait & LOCAL) === 0) {
        const choice = scheduler.next(this, mover, pc);
        if (choice === TAKE_TURNS) {
          this.steps = steps;
          verdict = this.takeTurns(listener, limit);
          steps = this.steps;
          break;
        }
        tape[length++] = choice;
        if (choice !== 0 || ((trait & WAITS) !== 0 && !this.canMove(mover))) {
          const to = this.another(mover, choice);
          if (to >= 0) {
            tape[length - 1] = this.choice;
            mover = to;
            strand = strandAt[s[mover]!]!;
            pc = s[strand]!;
            trait = traits[pc]!;
          } else if (choice !== 0 && this.canMove(mover)) tape[length - 1] = 0;
          else {
            length--;
            verdict = this.judgeRest(listener);
            break;
          }
        }
      }
      world.mover = mover;
      world.strand = strand;
      world.frame = strand + STRAND_HEADER + s[strand + 1]!;
      if ((trait & HAS_WAYS) !== 0) {
        const count = ways[pc]!(world);
        world.way = 0;
        if (count > 1) {
          world.way = scheduler.way(count);
          tape[length++] = world.way;
        }
      }
      s[strand] = next[pc]!;
      if (run[pc]!(world) === true) s[strand] = other[pc]!;
      steps++;
      if (step !== undefined) step(mover, pc);
      if ((trait & WATCHED) !== 0) {
        const watching = watchers[pc];
        if (watching !== undefined && this.judge(watching, listener)) verdict = 'broken';
      }
      if (steps >= maxSteps && verdict === undefined) {
        this.steps = steps;
        // Whoever asks for rest wants to know where it ends.
        verdict = this.atRest.length > 0 && steps < limit ? this.takeTurns(listener, limit) : 'cut short';
        steps = this.steps;
      }
    }
    this.steps = steps;
    this.tapeLength = length;
    return verdict;
  }

  private judge(watching: readonly number[], listener: Listener<W>): boolean {
    const { world, claims, judged } = this;
    let ends = false;
    for (let i = 0; i < watching.length; i++) {
      const index = watching[i]!;
      const claim = claims[index] as Always<W> | Sometimes<W>;
      judged[index]!++;
      if (claim.kind === 'sometimes') {
        if (claim.check(world)) listener.met(claim);
        continue;
      }
      const cause = claim.check(world);
      if (cause !== undefined && (listener.broken(claim, cause) || claim.isFatal === true)) ends = true;
    }
    return ends;
  }

  judgeRest(listener: Listener<W>, isCircling = false): Verdict {
    let verdict: Verdict = 'holds';
    for (const property of this.atRest) {
      if (isCircling && !isEndless(property)) continue;
      this.judged[this.claims.indexOf(property)]!++;
      const cause = property.check(this.world, isCircling);
      if (cause === undefined) continue;
      verdict = isCircling ? 'in circles' : 'stuck';
      listener.broken(property, cause);
    }
    return verdict;
  }

  /**
   * Lets every mover that can take one step after the other, around and around, and takes the ways of lines in turn,
   * until nobody can move or a state comes back (Brent's algorithm), which then will for ever. What breaks on the way
   * is not told: the tape does not say how to come there.
   */
  takeTurns(listener: Listener<W>, limit: number): Verdict {
    const { world, code } = this;
    const { s, moverCount } = world;
    const quiet: Listener<W> = { broken: () => false, met: (goal) => listener.met(goal) };
    let turn = 0;
    const remembered = s.slice();
    let rememberedTurn = 0;
    let power = 1;
    let rounds = 0;
    for (let round = 0; round < MAX_ROUNDS && this.steps < limit; round++) {
      let moved = false;
      for (let mover = 0; mover < moverCount; mover++) {
        if (!this.canMove(mover)) continue;
        moved = true;
        const pc = this.look(mover);
        const count = code.ways[pc]?.(world) ?? 1;
        const way = count > 1 ? turn++ % count : 0;
        this.step(mover, way);
        this.steps++;
        listener.step?.(mover, pc);
        const watching = this.watchers[pc];
        if (watching !== undefined && this.judge(watching, quiet)) return 'broken';
      }
      if (!moved) return this.judgeRest(listener);
      turn %= TURNS;
      if (turn === rememberedTurn && isEqual(s, remembered)) return this.judgeRest(listener, true);
      if (++rounds === power) {
        remembered.set(s);
        rememberedTurn = turn;
        power *= 2;
        rounds = 0;
      }
    }
    return 'cut short';
  }
}
