import { hash } from '../base/hash';
import { isVisible } from '../language/columns';
import type { Edit } from '../language/edit';
import type { Branch, Line, Node, Routine } from '../language/line';
import type { Mutation } from '../language/project';

/**
 * Single edits of a routine, each of them one that a programmer could have made by mistake: a line left out, two
 * neighbours swapped, a branch that always goes one way, a line that has come out of what encloses it, a wait that does
 * not wait. The language of `mutants`.
 */

export const operators = ['left out', 'swapped', 'always', 'never', 'before', 'after', 'does not wait'] as const;
export type Operator = (typeof operators)[number];

export interface Mutant<W> {
  /** Eight hexadecimal digits over routine and deed: the same as long as those lines are there. */
  readonly id: string;
  readonly routine: string;
  readonly operator: Operator;
  readonly what: string;
  readonly edit: Edit<W>;
}

type Slot = 'nodes' | 'yes' | 'no';
/** Where a list of nodes is: an index and a slot, again and again. */
type Path = readonly (number | Slot)[];
type Nodes<W> = readonly Node<W>[];

interface Place<W> {
  readonly list: Path;
  readonly index: number;
  readonly node: Node<W>;
}

function listChanged<W>(nodes: Nodes<W>, list: Path, change: (list: Nodes<W>) => Nodes<W>): Nodes<W> {
  if (list.length === 0) return change(nodes);
  const [index, slot, ...rest] = list as [number, Slot, ...Path];
  return nodes.map((node, i) =>
    i === index ? ({ ...node, [slot]: listChanged((node as never)[slot], rest, change) } as Node<W>) : node,
  );
}

function placesIn<W>(nodes: Nodes<W>, list: Path = []): Place<W>[] {
  return nodes.flatMap((node, index): Place<W>[] => {
    const inner = (slot: Slot, it: Nodes<W>) => placesIn(it, [...list, index, slot]);
    const here = { list, index, node };
    if (node.kind === 'group' || node.kind === 'loop') return [here, ...inner('nodes', node.nodes)];
    return node.kind === 'branch' ? [here, ...inner('yes', node.yes), ...inner('no', node.no)] : [here];
  });
}

const innerOf = <W>(node: Node<W>): Nodes<W> =>
  node.kind === 'branch' ? [...node.yes, ...node.no] : node.kind === 'group' || node.kind === 'loop' ? node.nodes : [];

const has = <W>(node: Node<W>, test: (node: Node<W>) => boolean): boolean =>
  test(node) || innerOf(node).some((it) => has(it, test));

/** Lines behind which the routine does not go on: what stands behind them would be new code, and no mistake in old. */
const isJump = <W>({ kind, text }: Node<W>, ends: RegExp): boolean =>
  kind === 'jump' || (kind === 'line' && ends.test(text));

const touches = <W>({ when, touches: all }: Line<W>): boolean =>
  when !== undefined || all.some(({ column }) => isVisible(column));

/** Whether others can see anything of a node. */
const isShared = <W>(node: Node<W>): boolean =>
  (node.kind === 'line' && (touches(node) || (node.calls ?? []).length > 0)) ||
  (node.kind === 'branch' && touches(node.line)) ||
  innerOf(node).some(isShared);

const forced = <W>(node: Branch<W>, way: 'always' | 'never'): Branch<W> => {
  const text = `${node.text} [${way}]`;
  const isNo = way === 'never';
  return {
    ...node,
    text,
    line: {
      ...node.line,
      text,
      run: (w: W) => {
        node.line.run(w);
        return isNo;
      },
    },
  };
};

const unwaiting = <W>({ when: _, ...rest }: Line<W>): Line<W> => ({ ...rest, text: `${rest.text} [does not wait]` });

/** All of them, in the order of the routine's lines. */
export function mutantsOf<W>(
  routine: Routine<W>,
  { pairs, ends }: Pick<Mutation<never>, 'pairs' | 'ends'>,
): Mutant<W>[] {
  const isEnd = (node: Node<W>): boolean => has(node, (it) => isJump(it, ends));
  const found: Mutant<W>[] = [];
  const seen = new Map<string, number>();
  const add = (operator: Operator, list: Path, what: string, change: (list: Nodes<W>) => Nodes<W>): void => {
    const key = `${routine.name}/${operator}/${what}`;
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    const edit: Edit<W> = {
      routine: routine.name,
      sentence: `${what} ${operator}`,
      apply: (it) => ({ ...it, nodes: listChanged(it.nodes, list, change) }),
    };
    found.push({ id: hash(`${key}#${nth}`), routine: routine.name, operator, what, edit });
  };
  const all = placesIn(routine.nodes);
  const put = (at: number, node: (old: Node<W>) => Node<W>) => (list: Nodes<W>) =>
    list.map((it, i) => (i === at ? node(it) : it));
  for (const { node, list, index } of all) {
    if ((node.kind === 'line' || node.kind === 'group') && isShared(node) && !isEnd(node))
      add('left out', list, node.text, (it) => it.toSpliced(index, 1));
    if (node.kind === 'branch' && node.line.ways === undefined && isShared(node))
      for (const way of ['always', 'never'] as const)
        add(
          way,
          list,
          node.text,
          put(index, (it) => forced(it as Branch<W>, way)),
        );
    if (node.kind === 'line' && node.when !== undefined)
      add(
        'does not wait',
        list,
        node.text,
        put(index, (it) => unwaiting(it as Line<W>)),
      );
  }
  const lists = new Map<string, Place<W>[]>();
  for (const it of all) lists.set(it.list.join('.'), [...(lists.get(it.list.join('.')) ?? []), it]);
  for (const list of lists.values()) {
    const [{ list: path }] = list as [Place<W>];
    const movable = list.filter(({ node }) => isShared(node) && !isEnd(node));
    for (const [k, { index: i, node }] of movable.entries()) {
      const next = movable[k + 1];
      if (next === undefined) continue;
      const j = next.index;
      add('swapped', path, `${node.text} <> ${next.node.text}`, (it) => it.with(i, it[j]!).with(j, it[i]!));
    }
    for (const { opens, closes } of pairs)
      for (const begin of list.filter(({ node }) => opens.test(node.text))) {
        const end = list.find(({ node, index }) => index > begin.index && closes.test(node.text));
        if (end === undefined) continue;
        for (const { node, index } of movable) {
          if (index <= begin.index || index >= end.index) continue;
          const moved = (to: number) => (it: Nodes<W>) => it.toSpliced(index, 1).toSpliced(to, 0, it[index]!);
          add('before', path, `${node.text} < ${begin.node.text}`, moved(begin.index));
          add('after', path, `${node.text} > ${end.node.text}`, moved(end.index));
        }
      }
  }
  return found;
}
