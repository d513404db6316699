import { UsageError } from '../base/errors';
import type { Node, Routine } from './line';

/** Departs from a routine in one place, from outside. */
export interface Edit<W> {
  readonly routine: string;
  readonly sentence: string;
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

/** Moves the one node `text` directly behind the one node `anchor`; both must be in the routine, once. */
export const moveAfter = <W>(routine: string, text: string, anchor: string): Edit<W> =>
  edit(routine, `${text} moved after ${anchor}`, (nodes, it) => {
    const moved = find(it, text);
    find(it, anchor);
    return rewrite(
      rewrite(nodes, text, () => []),
      anchor,
      (node) => [node, moved],
    );
  });

export const without = <W>(routine: string, text: string): Edit<W> =>
  edit(routine, `${text} left out`, (nodes, it) => {
    find(it, text);
    return rewrite(nodes, text, () => []);
  });

/** Puts nodes directly behind the one node `anchor`. */
export const insertAfter = <W>(routine: string, anchor: string, ...more: Node<W>[]): Edit<W> =>
  edit(routine, `${more.map((node) => node.text).join('; ')} after ${anchor}`, (nodes, it) => {
    find(it, anchor);
    return rewrite(nodes, anchor, (node) => [node, ...more]);
  });

export const replace = <W>(routine: string, text: string, ...by: Node<W>[]): Edit<W> =>
  edit(routine, `${text} replaced by ${by.map((node) => node.text).join('; ')}`, (nodes, it) => {
    find(it, text);
    return rewrite(nodes, text, () => by);
  });

/** Changes every node `text` in every routine that has any; an edit for each. */
export const everywhere = <W>(
  routines: readonly Routine<W>[],
  text: string,
  by: (node: Node<W>) => readonly Node<W>[],
  sentence: string,
): Edit<W>[] => {
  const has = (nodes: readonly Node<W>[]): boolean => nodes.some((node) => node.text === text || has(children(node)));
  return routines
    .filter(({ nodes }) => has(nodes))
    .map(({ name }) => edit(name, `${text} ${sentence}`, (nodes) => rewrite(nodes, text, by)));
};

/** Writes a routine anew. */
export const rewriteRoutine = <W>(routine: Routine<W>, sentence: string): Edit<W> => ({
  routine: routine.name,
  sentence,
  apply: () => routine,
});

/** Puts what a branch does in the place of the branch, so that it is always done. */
export const unwrap = <W>(routine: string, text: string): Edit<W> =>
  edit(routine, `${text} taken as true`, (nodes, it) => {
    find(it, text);
    return rewrite(nodes, text, (node) => (node.kind === 'branch' ? node.yes : [node]));
  });

/** Brackets everything that a routine does. */
export const bracket = <W>(routine: string, before: readonly Node<W>[], behind: readonly Node<W>[]): Edit<W> => {
  const names = (nodes: readonly Node<W>[]) => nodes.map((node) => node.text).join('; ');
  return edit(routine, `begins with ${names(before)}, ends with ${names(behind)}`, (nodes) => [
    ...before,
    ...nodes,
    ...behind,
  ]);
};

function children<W>(node: Node<W>): readonly Node<W>[] {
  if (node.kind === 'branch') return [...node.yes, ...node.no];
  return node.kind === 'group' || node.kind === 'loop' ? node.nodes : [];
}

function find<W>(routine: Routine<W>, text: string): Node<W> {
  const found: Node<W>[] = [];
  const lines: string[] = [];
  const visit = (node: Node<W>, indent: string): void => {
    if (node.text === text) found.push(node);
    lines.push(`${indent}${node.text}`);
    for (const child of children(node)) visit(child, `${indent}  `);
  };
  for (const node of routine.nodes) visit(node, '  ');
  if (found.length !== 1)
    throw new UsageError(
      `${routine.name} has ${found.length} lines "${text}", wanted one. Its lines are:\n${lines.join('\n')}`,
    );
  return found[0]!;
}

function rewrite<W>(
  nodes: readonly Node<W>[],
  text: string,
  into: (node: Node<W>) => readonly Node<W>[],
): readonly Node<W>[] {
  return nodes.flatMap((node): readonly Node<W>[] => {
    if (node.text === text) return into(node);
    if (node.kind === 'group' || node.kind === 'loop') return [{ ...node, nodes: rewrite(node.nodes, text, into) }];
    if (node.kind !== 'branch') return [node];
    return [{ ...node, yes: rewrite(node.yes, text, into), no: rewrite(node.no, text, into) }];
  });
}
