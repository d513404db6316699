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

/** One number of state per actor of a kind. Values are integers from 0 to `max`; a `ref` holds 0 for nil, else 1 + index. */
export interface ColumnSpec<T> {
  readonly sharing: Sharing;
  readonly max: number;
  /** The kind a reference points at. */
  readonly refersTo?: string;
  readonly isFlag: boolean;
  /** Carries the view's type only. */
  readonly type?: T;
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

export type ViewOf<S> = View & { -readonly [K in keyof S]: S[K] extends ColumnSpec<infer T> ? T : never };

export interface ActorKind<S> {
  readonly kind: string;
  readonly size: number;
  /** Whether each column is a note. */
  readonly isNote: readonly boolean[];
  /** The columns by name, for declarations and properties. */
  readonly col: { readonly [K in keyof S]: Column };
  create(world: Block, s: Int16Array, at: number, index: number): ViewOf<S>;
}

/** Defines a kind of actor (a thread, a processor, the scheduler's own variables…) from its columns. */
export function actorKind<S extends Record<string, ColumnSpec<unknown>>>(kind: string, spec: S): ActorKind<S> {
  class Actor extends View {}
  class TracedActor extends View {}
  const col: Record<string, Column> = {};
  let size = 0;
  for (const [name, { sharing, max, isFlag, refersTo }] of Object.entries(spec)) {
    const offset = size++;
    col[name] = { kind, name, offset, sharing, max };
    const access = accessors(offset, isFlag, refersTo);
    Object.defineProperty(Actor.prototype, name, access);
    Object.defineProperty(TracedActor.prototype, name, { ...access, ...tracedGetter(offset, isFlag, refersTo) });
  }
  return {
    kind,
    size,
    isNote: Object.values(col).map(({ sharing }) => sharing === 'note'),
    col: col as ActorKind<S>['col'],
    create: (world, s, at, index) =>
      new (world.isTraced ? TracedActor : Actor)(world, s, at, index) as unknown as ViewOf<S>,
  };
}

type Cells = { s: Int16Array; at: number; world: Block };

function accessors(offset: number, isFlag: boolean, refersTo: string | undefined): PropertyDescriptor {
  if (refersTo !== undefined) {
    return {
      get(this: Cells) {
        const id = this.s[this.at + offset]!;
        return id === 0 ? undefined : this.world.actors[refersTo]![id - 1];
      },
      set(this: Cells, actor: View | undefined) {
        this.world.put(this.at + offset, actor === undefined ? 0 : actor.index + 1);
      },
    };
  }
  if (isFlag) {
    return {
      get(this: Cells) {
        return this.s[this.at + offset] !== 0;
      },
      set(this: Cells, value: boolean) {
        this.world.put(this.at + offset, value ? 1 : 0);
      },
    };
  }
  return {
    get(this: Cells) {
      return this.s[this.at + offset];
    },
    set(this: Cells, value: number) {
      this.world.put(this.at + offset, value);
    },
  };
}

/** The journal hears of reads. (Calling the plain getter from here would keep the engine from inlining either.) */
function tracedGetter(offset: number, isFlag: boolean, refersTo: string | undefined): PropertyDescriptor {
  if (refersTo !== undefined) {
    return {
      get(this: Cells) {
        this.world.journal?.mark(this.at + offset);
        const id = this.s[this.at + offset]!;
        return id === 0 ? undefined : this.world.actors[refersTo]![id - 1];
      },
    };
  }
  if (isFlag) {
    return {
      get(this: Cells) {
        this.world.journal?.mark(this.at + offset);
        return this.s[this.at + offset] !== 0;
      },
    };
  }
  return {
    get(this: Cells) {
      this.world.journal?.mark(this.at + offset);
      return this.s[this.at + offset];
    },
  };
}
