import { ModelError } from '../base/errors';
import type { Column, View } from './columns';
import type { Entry, World } from './world';

/** A cell that a line may read or write: one actor's, or any actor's of that kind when `actor` is missing. */
export interface Touch<W> {
  readonly column: Column;
  readonly writes: boolean;
  readonly actor: ((w: W) => View | undefined) | undefined;
}

/** Says which routine begins where; throws when there is none of that name. */
export type EntryOf = (routine: string) => Entry;

/** Executes a line. `true` means "the branch is not taken": the strand goes on at the line's other successor. */
export type Run<W> = (w: W) => unknown;

/**
 * 1: worth stopping at. 2: and worth letting go another mover for, because overlaps of three begin or end there. 3:
 * worth stopping at until somebody else is at a 2.
 */
export type Fragility = 1 | 2 | 3;

/** One named micro-step: at most one access that another mover could observe. */
export interface Line<W> {
  readonly kind: 'line';
  readonly text: string;
  /** While it is false, the mover waits. Missing: never waits. */
  readonly when?: (w: W) => boolean;
  readonly run: Run<W>;
  /** Lines that refer to other routines learn here where those begin; replaces `run`. */
  readonly link?: (entryOf: EntryOf) => Run<W>;
  /** How many ways the line can go, chosen by the tape; `world.way` says which. Missing: one. */
  readonly ways?: (w: W) => number;
  readonly touches: readonly Touch<W>[];
  /** Somebody is in the middle of something here: schedulers may like to leave this mover here for a while. */
  readonly fragile?: Fragility;
  /** Routines that the line enters. */
  readonly calls?: readonly string[];
}

/** Several lines under one name, so that an edit can move or drop them together. */
export interface Group<W> {
  readonly kind: 'group';
  readonly text: string;
  readonly nodes: readonly Node<W>[];
}

export interface Branch<W> {
  readonly kind: 'branch';
  readonly text: string;
  readonly line: Line<W>;
  readonly yes: readonly Node<W>[];
  readonly no: readonly Node<W>[];
}

/** Repeats its nodes until a `leave` inside. */
export interface Loop<W> {
  readonly kind: 'loop';
  readonly text: string;
  readonly nodes: readonly Node<W>[];
}

/** Goes to the beginning (`again`) or behind the end (`leave`) of the innermost loop, or returns to the caller. */
export interface Jump {
  readonly kind: 'jump';
  readonly text: 'again' | 'leave' | 'return';
}

export type Node<W> = Line<W> | Group<W> | Branch<W> | Loop<W> | Jump;

/** One function of the system under test, top to bottom. */
export interface Routine<W> {
  readonly name: string;
  /** The file it retells, or a word on where it comes from. */
  readonly source: string;
  /** Cells of its frame: the return address and its locals. */
  readonly frameSize: number;
  readonly nodes: readonly Node<W>[];
}

/** What a line is made of besides its text. */
export interface LineParts<W> {
  when?: (w: W) => boolean;
  run?: Run<W>;
  ways?: (w: W) => number;
  touches?: readonly Touch<W>[];
  fragile?: Fragility;
}

/** A value that lines refer to and that is looked up when they run: a local, or something reached from the mover. */
export interface Operand<W, V> {
  (w: W): V;
  readonly text: string;
}

/** A routine's local: a cell of the frame at hand. */
export interface Local<W, V> extends Operand<W, V> {
  readonly slot: number;
  set(w: W, value: V): void;
  /** The number a value is kept as. */
  encode(value: V): number;
}

const nothing = () => {};

/** The words that routines are made of, for one kind of world. */
export const wordsFor = <W extends World>() => ({
  line: (text: string, parts: LineParts<W> = {}): Line<W> => ({
    kind: 'line',
    text,
    run: parts.run ?? nothing,
    touches: parts.touches ?? [],
    ...(parts.when && { when: parts.when }),
    ...(parts.ways && { ways: parts.ways }),
    ...(parts.fragile && { fragile: parts.fragile }),
  }),

  group: (text: string, ...nodes: Node<W>[]): Group<W> => ({ kind: 'group', text, nodes }),

  /** Reads a condition in one step and goes on in `yes` or `no`. */
  iff: (
    text: string,
    test: (w: W) => boolean,
    touches: readonly Touch<W>[],
    yes: readonly Node<W>[],
    no: readonly Node<W>[] = [],
    ways?: (w: W) => number,
  ): Branch<W> => ({
    kind: 'branch',
    text: `if ${text}`,
    line: { kind: 'line', text: `if ${text}`, run: (w) => !test(w), touches, ...(ways && { ways }) },
    yes,
    no,
  }),

  loop: (text: string, ...nodes: Node<W>[]): Loop<W> => ({ kind: 'loop', text, nodes }),
  again: { kind: 'jump', text: 'again' } as Jump,
  leave: { kind: 'jump', text: 'leave' } as Jump,
  ret: { kind: 'jump', text: 'return' } as Jump,

  /** Calls a routine on the strand at hand; the arguments become its first locals, in their order. */
  call: (routine: string, ...args: ArgOf<W>[]): Line<W> => ({
    kind: 'line',
    text: `${routine}(${args.map((arg) => arg.from.text).join(', ')})`,
    run: nothing,
    touches: [],
    calls: [routine],
    link: (entryOf) => {
      const entry = entryOf(routine);
      const [only] = args;
      if (only === undefined) return (w) => void w.enter(entry);
      // Most calls pass one argument; the general way costs a tenth of a run.
      if (args.length === 1)
        return (w) => {
          const value = only.value(w);
          w.put(w.enter(entry) + only.slot, value);
        };
      return (w) => {
        const values = pass(w, args);
        const frame = w.enter(entry);
        for (let i = 0; i < args.length; i++) w.put(frame + args[i]!.slot, values[i]!);
      };
    },
  }),

  routine: (
    name: string,
    source: string,
    locals: readonly { readonly slot: number; readonly text: string }[],
    nodes: readonly Node<W>[],
  ): Routine<W> => {
    for (const [i, it] of locals.entries()) {
      const other = locals.slice(0, i).find(({ slot }) => slot === it.slot);
      if (other !== undefined)
        throw new ModelError(`${name}: its locals "${other.text}" and "${it.text}" have one slot, ${it.slot}`);
    }
    const frameSize = locals.reduce((size, { slot }) => Math.max(size, slot + 1), 1);
    return { name, source, frameSize, nodes };
  },

  /** A local that refers to an actor; reading it while it is nil is a fault of the model. */
  actorLocal: <V extends View>(text: string, slot: number, kind: string): Local<W, V> => {
    const read = (w: W): V => w.actors[kind]![w.s[w.frame + slot]! - 1] as V;
    return local(text, slot, read, (actor: V) => actor.index + 1);
  },

  numberLocal: (text: string, slot: number): Local<W, number> =>
    local(
      text,
      slot,
      (w: W) => w.s[w.frame + slot]!,
      (value: number) => value,
    ),
});

/** An argument: which local of the callee receives which operand of the caller. */
export interface ArgOf<W> {
  readonly slot: number;
  readonly from: { readonly text: string };
  value(w: W): number;
}

const values: number[] = [];

/** Looks the arguments up before the callee's frame exists. The array is reused: a step allocates nothing. */
export function pass<W>(w: W, args: readonly ArgOf<W>[]): readonly number[] {
  for (let i = 0; i < args.length; i++) values[i] = args[i]!.value(w);
  return values;
}

/** Passes `from` as the callee's local `to`. */
export const arg = <W extends World, V>(to: Local<W, V>, from: Operand<W, V> | Local<W, V>): ArgOf<W> => ({
  slot: to.slot,
  from,
  // A local is passed on as the number it is kept as.
  value: 'slot' in from ? (w) => w.s[w.frame + from.slot]! : (w) => to.encode(from(w)),
});

export function operand<W, V>(text: string, read: (w: W) => V): Operand<W, V> {
  return Object.assign((w: W) => read(w), { text });
}

function local<W extends World, V>(
  text: string,
  slot: number,
  read: (w: W) => V,
  encode: (value: V) => number,
): Local<W, V> {
  return Object.assign((w: W) => read(w), {
    text,
    slot,
    encode,
    set: (w: W, value: V) => {
      w.put(w.frame + slot, encode(value));
    },
  });
}

export const reads = <W>(column: Column, actor?: (w: W) => View | undefined): Touch<W> => ({
  column,
  writes: false,
  actor,
});

export const writes = <W>(column: Column, actor?: (w: W) => View | undefined): Touch<W> => ({
  column,
  writes: true,
  actor,
});
