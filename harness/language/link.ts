import { ModelError } from '../base/errors';
import { nearest } from '../base/pick';
import { isVisible } from './columns';
import type { Line, Node, Routine, Run } from './line';
import type { Entry, Program, World } from './world';

/** Routines laid out one behind the other. Index 0 belongs to nobody, so that address 0 can mean "nowhere". */
export interface Code<W> extends Program {
  readonly lines: readonly Line<W>[];
  readonly routineAt: readonly Routine<W>[];
  readonly run: readonly Run<W>[];
  readonly when: readonly (((w: W) => boolean) | undefined)[];
  readonly ways: readonly (((w: W) => number) | undefined)[];
  /** Where a strand goes on behind the line. */
  readonly next: Int16Array;
  /** Where it goes on when the line's `run` says so. */
  readonly other: Int16Array;
  /** 1 for lines that touch nothing shared and never wait: no other mover can tell when they happen. */
  readonly isLocal: Uint8Array;
  /** A Fragility for lines in the middle of something, 0 for the others. */
  readonly fragility: Uint8Array;
  readonly frameSizeAt: Uint8Array;
  readonly entryOf: (routine: string) => Entry;
  /** The routines as people read them, one line of text per line; also what the fingerprint is made of. */
  readonly listing: string;
}

/** Computes something of code once, for all who ask. */
export function perCode<T>(compute: (code: Code<never>) => T): (code: Code<never>) => T {
  const known = new WeakMap<object, T>();
  return (code) => {
    const made = known.get(code) ?? compute(code);
    known.set(code, made);
    return made;
  };
}

interface Draft<W> {
  readonly line: Line<W>;
  readonly routine: Routine<W>;
  next: number;
  other: number;
}

/** Lays routines out and resolves every branch, loop and call. Throws on a call of a routine that is not there. */
export function link<W extends World>(routines: readonly Routine<W>[]): Code<W> {
  const drafts: Draft<W>[] = [];
  const entries = new Map<string, Entry>();
  const listing: string[] = [];
  const add = (line: Line<W>, routine: Routine<W>): number => {
    const pc = drafts.length;
    drafts.push({ line, routine, next: pc + 1, other: pc + 1 });
    return pc;
  };
  const back: Line<W> = { kind: 'line', text: 'return', run: (w) => w.leave(), touches: [] };
  const goOn: Line<W> = { kind: 'line', text: 'go on', run: () => {}, touches: [] };
  add({ ...goOn, text: 'nowhere' }, { name: 'nowhere', source: '', frameSize: 1, nodes: [] });

  const lay = (
    nodes: readonly Node<W>[],
    routine: Routine<W>,
    depth: number,
    loop?: { top: number; out: number[] },
  ) => {
    for (const node of nodes) {
      const own = node.kind === 'branch' ? node.line : node;
      listing.push(`${'  '.repeat(depth)}${node.text}${own.kind === 'line' ? touched(own) : ''}`);
      if (node.kind === 'line') add(node, routine);
      else if (node.kind === 'group') lay(node.nodes, routine, depth + 1, loop);
      else if (node.kind === 'loop') {
        const inner = { top: drafts.length, out: [] as number[] };
        lay(node.nodes, routine, depth + 1, inner);
        drafts[add(goOn, routine)]!.next = inner.top;
        for (const pc of inner.out) drafts[pc]!.next = drafts.length;
      } else if (node.kind === 'branch') {
        const test = add(node.line, routine);
        lay(node.yes, routine, depth + 1, loop);
        if (node.no.length === 0) drafts[test]!.other = drafts.length;
        else {
          const skip = add(goOn, routine);
          drafts[test]!.other = drafts.length;
          listing.push(`${'  '.repeat(depth)}else`);
          lay(node.no, routine, depth + 1, loop);
          drafts[skip]!.next = drafts.length;
        }
      } else if (node.text === 'return') add(back, routine);
      else {
        if (loop === undefined) throw new ModelError(`${routine.name}: "${node.text}" outside a loop`);
        const pc = add(goOn, routine);
        if (node.text === 'again') drafts[pc]!.next = loop.top;
        else loop.out.push(pc);
      }
    }
  };
  for (const routine of routines) {
    if (entries.has(routine.name)) throw new ModelError(`two routines are called ${routine.name}`);
    entries.set(routine.name, { pc: drafts.length, frameSize: routine.frameSize });
    listing.push(`${routine.name}  ${routine.source}`);
    lay(routine.nodes, routine, 1);
    add(back, routine);
  }

  /** Jumps cost no step: whoever would go to one goes where it leads. */
  const through = (pc: number): number => {
    let at = pc;
    for (let hops = 0; drafts[at]?.line === goOn; hops++) {
      if (hops > drafts.length) throw new ModelError(`${drafts[pc]!.routine.name} has a loop without a line`);
      at = drafts[at]!.next;
    }
    return at;
  };
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new ModelError(`no routine is called "${name}"${meant(name, [...entries.keys()])}`);
    return { ...entry, pc: through(entry.pc) };
  };
  const lines = drafts.map(({ line }) => line);
  return {
    lines,
    routineAt: drafts.map(({ routine }) => routine),
    run: drafts.map(({ line, routine }) => linked(line, routine, entryOf) ?? line.run),
    when: lines.map((line) => line.when),
    ways: lines.map((line) => line.ways),
    next: Int16Array.from(drafts, ({ line, next }, pc) => (line === back ? pc : through(next))),
    other: Int16Array.from(drafts, ({ other }) => through(other)),
    isLocal: Uint8Array.from(lines, (line) =>
      Number(!line.when && !line.touches.some(({ column }) => isVisible(column))),
    ),
    fragility: Uint8Array.from(lines, (line) => line.fragile ?? 0),
    frameSizeAt: Uint8Array.from(drafts, ({ routine }) => routine.frameSize),
    entryOf,
    describe: (pc) => ({ routine: drafts[pc]!.routine.name, line: lines[pc]!.text }),
    listing: listing.join('\n'),
  };
}

const meant = (name: string, among: readonly string[]): string => {
  const near = nearest(name, among);
  return near === undefined ? '' : `; did you mean ${near}?`;
};

/** What a line does that refers to other routines. */
function linked<W>(line: Line<W>, routine: Routine<W>, entryOf: Code<W>['entryOf']): Run<W> | undefined {
  try {
    return line.link?.(entryOf);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(`${routine.name}: "${line.text}": ${error.message}`);
  }
}

const touched = <W>({ touches }: Line<W>): string =>
  touches.map(({ column, writes }) => `  ${writes ? 'w' : 'r'} ${column.kind}.${column.name}`).join('');
