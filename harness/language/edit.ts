import { UsageError } from '../base/errors';
import type { Node, Routine } from './line';

/**
 * Departs from a routine in one place, from outside. A place is named by its line's text; where a routine has that text
 * several times, `text#2` is the second from the top.
 */
export interface Edit<W> {
  readonly routine: string;
  readonly sentence: string;
  /** Whether it asks for nothing of what the routine was before. */
  readonly isWhole?: boolean;
  /** Throws a UsageError that lists the routine's lines where the place is not there, or there are several. */
  apply(routine: Routine<W>): Routine<W>;
}

const edit = <W>(
  routine: string,
  sentence: string,
  change: (nodes: readonly Node<W>[], routine: Routine<W>) => readonly Node<W>[],
): Edit<W> => ({
  routine,
  sentence,
  apply: (it) => ({ ...it, nodes: change(it.nodes, it) }),
});

/** Moves the one node `text` directly behind the one node `anchor`. */
export const moveAfter = <W>(routine: string, text: string, anchor: string): Edit<W> =>
  edit(routine, `${text} moved after ${anchor}`, (nodes, it) => {
    const moved = find(it, text);
    const target = find(it, anchor);
    if (moved.at <= target.at && target.at < moved.at + sizeOf(moved.node))
      throw new UsageError(`${routine}: "${anchor}" is a part of "${text}", which cannot move behind it`);
    return rewrite(nodes, (node, at) => {
      if (at === moved.at) return [];
      return at === target.at ? [node, moved.node] : undefined;
    });
  });

export const without = <W>(routine: string, text: string): Edit<W> =>
  edit(routine, `${text} left out`, (nodes, it) => replaceOne(nodes, find(it, text).at, () => []));

/** Puts nodes directly behind the one node `anchor`. */
export const insertAfter = <W>(routine: string, anchor: string, ...more: Node<W>[]): Edit<W> =>
  edit(routine, `${named(more)} after ${anchor}`, (nodes, it) =>
    replaceOne(nodes, find(it, anchor).at, (node) => [node, ...more]),
  );

export const replace = <W>(routine: string, text: string, ...by: Node<W>[]): Edit<W> =>
  edit(routine, `${text} replaced by ${named(by)}`, (nodes, it) => replaceOne(nodes, find(it, text).at, () => by));

/** Changes every node `text` in every routine that has any; an edit for each. */
export const everywhere = <W>(
  routines: readonly Routine<W>[],
  text: string,
  by: (node: Node<W>) => readonly Node<W>[],
  sentence: string,
): Edit<W>[] =>
  routines
    .filter((it) => placesIn(it).some(({ node }) => node.text === text))
    .map(({ name }) =>
      edit(name, `${text} ${sentence}`, (nodes) =>
        rewrite(nodes, (node) => (node.text === text ? by(node) : undefined)),
      ),
    );

/** Writes a routine anew; what other edits have done to it is gone. */
export const rewriteRoutine = <W>(routine: Routine<W>, sentence: string): Edit<W> => ({
  routine: routine.name,
  sentence,
  isWhole: true,
  apply: () => routine,
});

/** Puts what a branch does in the place of the branch, so that it is always done. */
export const unwrap = <W>(routine: string, text: string): Edit<W> =>
  edit(routine, `${text} taken as true`, (nodes, it) =>
    replaceOne(nodes, find(it, text).at, (node) => (node.kind === 'branch' ? node.yes : [node])),
  );

/** Brackets everything that a routine does. */
export const bracket = <W>(routine: string, before: readonly Node<W>[], behind: readonly Node<W>[]): Edit<W> =>
  edit(routine, `begins with ${named(before)}, ends with ${named(behind)}`, (nodes) => [
    ...before,
    ...nodes,
    ...behind,
  ]);

const named = <W>(nodes: readonly Node<W>[]): string => nodes.map((node) => node.text).join('; ');

/** A node of a routine; `at` counts from the top, and tells apart what one object does in several places. */
interface Place<W> {
  readonly node: Node<W>;
  readonly at: number;
  readonly depth: number;
  /** How an edit names it: its text, numbered where others have the same. */
  readonly name: string;
}

const childrenOf = <W>(node: Node<W>): readonly Node<W>[] => {
  if (node.kind === 'branch') return [...node.yes, ...node.no];
  return node.kind === 'group' || node.kind === 'loop' ? node.nodes : [];
};
const sizeOf = <W>(node: Node<W>): number => childrenOf(node).reduce((size, it) => size + sizeOf(it), 1);

function placesIn<W>({ nodes }: Routine<W>): readonly Place<W>[] {
  const all: { node: Node<W>; depth: number }[] = [];
  const visit = (node: Node<W>, depth: number): void => {
    all.push({ node, depth });
    for (const child of childrenOf(node)) visit(child, depth + 1);
  };
  for (const node of nodes) visit(node, 1);
  return all.map(({ node, depth }, at) => {
    const same = all.filter((it) => it.node.text === node.text);
    const nth = all.slice(0, at + 1).filter((it) => it.node.text === node.text).length;
    return { node, at, depth, name: same.length === 1 ? node.text : `${node.text}#${nth}` };
  });
}

function find<W>(routine: Routine<W>, name: string): Place<W> {
  const places = placesIn(routine);
  const found = places.filter((it) => it.name === name || it.node.text === name || `${it.name}#1` === name);
  if (found.length === 1) return found[0]!;
  const numbered = found.length > 1 ? ` (say ${found.map((it) => it.name).join(' or ')})` : '';
  const lines = places.map((it) => `${'  '.repeat(it.depth)}${it.name}`);
  throw new UsageError(
    `${routine.name} has ${found.length} lines "${name}", wanted one${numbered}`,
    `Its lines are:\n${lines.join('\n')}`,
  );
}

const replaceOne = <W>(
  nodes: readonly Node<W>[],
  place: number,
  into: (node: Node<W>) => readonly Node<W>[],
): readonly Node<W>[] => rewrite(nodes, (node, at) => (at === place ? into(node) : undefined));

/** Nodes with some of them replaced: `into` says by what, or nothing where a node stays. */
function rewrite<W>(
  nodes: readonly Node<W>[],
  into: (node: Node<W>, at: number) => readonly Node<W>[] | undefined,
): readonly Node<W>[] {
  let next = 0;
  const through = (some: readonly Node<W>[]): readonly Node<W>[] =>
    some.flatMap((node): readonly Node<W>[] => {
      const at = next++;
      const by = into(node, at);
      if (by !== undefined) {
        next = at + sizeOf(node);
        return by;
      }
      if (node.kind === 'group' || node.kind === 'loop') return [{ ...node, nodes: through(node.nodes) }];
      if (node.kind !== 'branch') return [node];
      return [{ ...node, yes: through(node.yes), no: through(node.no) }];
    });
  return through(nodes);
}
