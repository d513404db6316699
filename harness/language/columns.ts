/**
 * Who may use a cell.
 *
 * - `shared`: any mover; lines must declare it among what they touch.
 * - `published`: the actor's own mover writes it, others read it; that mover's own reads need no declaration.
 * - `own`: only the mover that executes on behalf of the actor; never declared.
 * - `ghost`: written by the model, read by properties alone; a line declares that it writes it.
 * - `note`: a ghost that is read in the very step that writes it and never later, so that it tells no states apart.
 */
export type Sharing = 'shared' | 'published' | 'own' | 'ghost' | 'note';

/**
 * One number of state per actor of a kind. Values are integers from 0 to `max`; a `ref` holds 0 for nil, else 1 +
 * index.
 */
export interface ColumnSpec<T> {
  readonly sharing: Sharing;
  readonly max: number;
  /** The kind a reference points at. */
  readonly refersTo?: string;
  readonly isFlag: boolean;
  /** Carries the view's type only. */
  readonly type?: T;
}

/** Several columns under one name, such as a slot for each of three generations; a view has them as `Cells`. */
export interface ArraySpec<T> extends ColumnSpec<T> {
  readonly count: number;
}

/** A cell of every actor of one kind: what lines declare and properties watch. */
export interface Column {
  readonly kind: string;
  readonly name: string;
  readonly offset: number;
  readonly sharing: Sharing;
  readonly max: number;
}

const builder = (sharing: Sharing) => ({
  /** An integer from 0 to `max`. */
  number: (max: number): ColumnSpec<number> => ({ sharing, max, isFlag: false }),
  flag: (): ColumnSpec<boolean> => ({ sharing, max: 1, isFlag: true }),
  numbers: (count: number, max: number): ArraySpec<number> => ({ sharing, count, max, isFlag: false }),
  flags: (count: number): ArraySpec<boolean> => ({ sharing, count, max: 1, isFlag: true }),
  /** Another actor, or undefined for nobody. `T` is its view, `kind` the name of its kind. */
  ref: <T>(kind: string): ColumnSpec<T | undefined> => ({
    sharing,
    max: 255,
    isFlag: false,
    refersTo: kind,
  }),
});

export const shared = builder('shared');
export const published = builder('published');
export const own = builder('own');
export const ghost = builder('ghost');
export const note = builder('note');

/** Whether other movers can see the cell. */
export const isVisible = ({ sharing }: Column): boolean => sharing === 'shared' || sharing === 'published';

/** What views need of the world that they are of. */
export interface Block {
  readonly actors: Readonly<Record<string, readonly View[]>>;
  readonly journal: { mark(index: number): void } | undefined;
  readonly isTraced: boolean;
  put(index: number, value: number): void;
}

/** One actor's cells, by name. Views hold no state of their own: every property reads or writes the block. */
export class View {
  constructor(
    readonly world: Block,
    protected readonly s: Int16Array,
    /** Where the actor's cells begin in the block. */
    readonly at: number,
    /** 0-based, within its kind. */
    readonly index: number,
  ) {}

  /** 1 + index: how a reference or a ghost names this actor; 0 is nobody. */
  get id(): number {
    return this.index + 1;
  }
}

/** The cells of one actor's array of columns. */
export class Cells<T extends number | boolean> {
  constructor(
    private readonly world: Block,
    private readonly s: Int16Array,
    private readonly at: number,
    private readonly isFlag: boolean,
  ) {}

  /** `i` counts from 0. */
  get(i: number): T {
    if (this.world.isTraced) this.world.journal?.mark(this.at + i);
    const value = this.s[this.at + i]!;
    return (this.isFlag ? value !== 0 : value) as T;
  }

  set(i: number, value: T): void {
    this.world.put(this.at + i, Number(value));
  }
}

/** A view of a kind's columns, writable; arrays are there once and for all. */
export type ViewOf<S> = View & {
  -readonly [K in keyof S as S[K] extends ArraySpec<unknown> ? never : K]: S[K] extends ColumnSpec<infer T> ? T : never;
} & {
  readonly [K in keyof S as S[K] extends ArraySpec<unknown> ? K : never]: S[K] extends ArraySpec<infer T>
    ? Cells<T extends boolean ? boolean : number>
    : never;
};

export interface ActorKind<S> {
  readonly kind: string;
  readonly size: number;
  /** Whether each column is a note. */
  readonly isNote: readonly boolean[];
  /** The columns by name, for declarations and properties; of an array, all of them. */
  readonly col: { readonly [K in keyof S]: S[K] extends ArraySpec<unknown> ? readonly Column[] : Column };
  /** All columns, in their order. */
  readonly columns: readonly Column[];
  create(world: Block, s: Int16Array, at: number, index: number): ViewOf<S>;
}

/** Defines a kind of actor (a thread, a processor, the scheduler's own variables…) from its columns. */
export function actorKind<S extends Record<string, ColumnSpec<unknown>>>(kind: string, spec: S): ActorKind<S> {
  class Actor extends View {}
  class TracedActor extends View {}
  const col: Record<string, Column | readonly Column[]> = {};
  const columns: Column[] = [];
  const arrays: { name: string; offset: number; isFlag: boolean }[] = [];
  const add = (name: string, { sharing, max }: ColumnSpec<unknown>): Column => {
    const column = { kind, name, offset: columns.length, sharing, max };
    columns.push(column);
    return column;
  };
  for (const [name, it] of Object.entries(spec)) {
    const { isFlag, refersTo } = it;
    const offset = columns.length;
    if ('count' in it) {
      arrays.push({ name, offset, isFlag });
      col[name] = Array.from({ length: (it as ArraySpec<unknown>).count }, (_, i) => add(`${name}${i}`, it));
      continue;
    }
    col[name] = add(name, it);
    const access = accessors(offset, isFlag, refersTo);
    Object.defineProperty(Actor.prototype, name, access);
    Object.defineProperty(TracedActor.prototype, name, { ...access, ...tracedGetter(offset, isFlag, refersTo) });
  }
  return {
    kind,
    size: columns.length,
    isNote: columns.map(({ sharing }) => sharing === 'note'),
    col: col as ActorKind<S>['col'],
    columns,
    create: (world, s, at, index) => {
      const view = new (world.isTraced ? TracedActor : Actor)(world, s, at, index);
      for (const { name, offset, isFlag } of arrays)
        Object.defineProperty(view, name, { value: new Cells(world, s, at + offset, isFlag) });
      return view as unknown as ViewOf<S>;
    },
  };
}

type Own = { s: Int16Array; at: number; world: Block };

function accessors(offset: number, isFlag: boolean, refersTo: string | undefined): PropertyDescriptor {
  if (refersTo !== undefined) {
    return {
      get(this: Own) {
        const id = this.s[this.at + offset]!;
        return id === 0 ? undefined : this.world.actors[refersTo]![id - 1];
      },
      set(this: Own, actor: View | undefined) {
        this.world.put(this.at + offset, actor === undefined ? 0 : actor.index + 1);
      },
    };
  }
  if (isFlag) {
    return {
      get(this: Own) {
        return this.s[this.at + offset] !== 0;
      },
      set(this: Own, value: boolean) {
        this.world.put(this.at + offset, value ? 1 : 0);
      },
    };
  }
  return {
    get(this: Own) {
      return this.s[this.at + offset];
    },
    set(this: Own, value: number) {
      this.world.put(this.at + offset, value);
    },
  };
}

/** The journal hears of reads. (Calling the plain getter from here would keep the engine from inlining either.) */
function tracedGetter(offset: number, isFlag: boolean, refersTo: string | undefined): PropertyDescriptor {
  if (refersTo !== undefined) {
    return {
      get(this: Own) {
        this.world.journal?.mark(this.at + offset);
        const id = this.s[this.at + offset]!;
        return id === 0 ? undefined : this.world.actors[refersTo]![id - 1];
      },
    };
  }
  if (isFlag) {
    return {
      get(this: Own) {
        this.world.journal?.mark(this.at + offset);
        return this.s[this.at + offset] !== 0;
      },
    };
  }
  return {
    get(this: Own) {
      this.world.journal?.mark(this.at + offset);
      return this.s[this.at + offset];
    },
  };
}
