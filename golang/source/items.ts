import type { Node, Routine } from '../../harness/language';
import { partsOf } from './text';

/** Something in a routine that stands for a statement of Go, or says why it does not. */
export interface Item {
  /** Its text, with a number where its scope has several of that text: `if !ok#2`. */
  readonly key: string;
  readonly text: string;
  /** The statements that its text tells, each to be found by itself. */
  readonly parts: readonly string[];
}

/** The lines of a routine, or of a helper that several routines have inside. */
export interface Scope {
  readonly name: string;
  readonly items: readonly Item[];
}

/**
 * Groups that are functions of Go, written out wherever they are called. Each is a scope of its own; where it is
 * called, it is one item. The others only give a name to some lines.
 */
const HELPERS: readonly (readonly [RegExp, string])[] = [
  [/^traceAcquireEnabled$/, 'traceAcquireEnabled'],
  [/^traceAcquire\b/, 'traceAcquire'],
  [/^traceRelease\b/, 'traceRelease'],
  [/^trace\.([A-Z]\w*)/, 'event'],
  [/^casGToWaitingForGC\b/, 'casGToWaitingForGC'],
  [/^dropg$/, 'dropg'],
  [/^releasem$/, 'releasem'],
  [/^unlock /, 'unlock'],
  [/^prologue$/, 'prologue'],
  [/, and signals$/, 'user code'],
];

const helperOf = (text: string): string | undefined => HELPERS.find(([pattern]) => pattern.test(text))?.[1];

/** The scopes of a variant: its routines, and the helpers in them. */
export function scopesOf<W>(routines: readonly Routine<W>[]): Scope[] {
  const helpers = new Map<string, Map<string, Omit<Item, 'key'>>>();
  const found: Scope[] = [];
  for (const { name, nodes } of routines) {
    const items: Omit<Item, 'key'>[] = [];
    collect(nodes, items, helpers);
    found.push({ name, items: numbered(items) });
  }
  for (const [name, items] of helpers) found.push({ name: `${name} (helper)`, items: numbered([...items.values()]) });
  return found;
}

function collect<W>(
  nodes: readonly Node<W>[],
  items: Omit<Item, 'key'>[],
  helpers: Map<string, Map<string, Omit<Item, 'key'>>>,
): void {
  for (const node of nodes) {
    if (node.kind === 'jump') continue;
    const helper = node.kind === 'group' ? helperOf(node.text) : undefined;
    if (helper !== undefined && node.kind === 'group') {
      items.push({ text: node.text, parts: [node.text] });
      const own: Omit<Item, 'key'>[] = [];
      collect(node.nodes, own, helpers);
      const all = helpers.get(helper) ?? new Map();
      helpers.set(helper, all);
      // What a helper has twice, it has twice wherever it is called.
      for (const [i, it] of own.entries()) {
        const nth = own.slice(0, i).filter(({ text }) => text === it.text).length;
        if (!all.has(`${it.text}#${nth}`)) all.set(`${it.text}#${nth}`, it);
      }
    } else if (node.kind === 'line') items.push({ text: node.text, parts: partsOf(node.text) });
    else if (node.kind === 'branch') {
      items.push({ text: node.text, parts: [node.text] });
      collect(node.yes, items, helpers);
      collect(node.no, items, helpers);
    } else collect(node.nodes, items, helpers);
  }
}

function numbered(items: readonly Omit<Item, 'key'>[]): Item[] {
  return items.map((it, at) => {
    const same = items.filter(({ text }) => text === it.text);
    const nth = items.slice(0, at + 1).filter(({ text }) => text === it.text).length;
    return { ...it, key: same.length === 1 ? it.text : `${it.text}#${nth}` };
  });
}

/** What a line of a routine stands for: an item, and where it is a helper's, the item that calls the helper. */
export interface LineItem {
  readonly scope: string;
  readonly key: string;
  readonly calledBy?: Omit<LineItem, 'calledBy'>;
}

/** The items of all lines of a routine, in the order in which they are linked. */
export function itemsOfLines<W>({ name, nodes }: Routine<W>): LineItem[] {
  const counts = new Map<string, number>();
  const texts: { scope: string; text: string; nth: number; calledBy?: { scope: string; text: string; nth: number } }[] =
    [];
  const numbered = (scope: string, text: string, within: Map<string, number>) => {
    const nth = (within.get(text) ?? 0) + 1;
    within.set(text, nth);
    return { scope, text, nth };
  };
  const visit = (
    some: readonly Node<W>[],
    scope: string,
    within: Map<string, number>,
    calledBy?: (typeof texts)[0],
  ) => {
    for (const node of some) {
      if (node.kind === 'jump') continue;
      const helper = node.kind === 'group' ? helperOf(node.text) : undefined;
      if (helper !== undefined && node.kind === 'group') {
        const call = numbered(scope, node.text, within);
        visit(node.nodes, `${helper} (helper)`, new Map(), calledBy ?? call);
      } else if (node.kind === 'line' || node.kind === 'branch') {
        const it = numbered(scope, node.text, within);
        texts.push(calledBy === undefined ? it : { ...it, calledBy });
        if (node.kind === 'branch') {
          visit(node.yes, scope, within, calledBy);
          visit(node.no, scope, within, calledBy);
        }
      } else visit(node.nodes, scope, within, calledBy);
    }
  };
  visit(nodes, name, counts);
  const keyOf = ({ scope, text, nth }: { scope: string; text: string; nth: number }): string =>
    scope !== name || (counts.get(text) ?? 0) > 1 ? `${text}#${nth}` : text;
  return texts.map(({ calledBy, ...it }) => ({
    scope: it.scope,
    key: keyOf(it),
    ...(calledBy && { calledBy: { scope: calledBy.scope, key: keyOf(calledBy) } }),
  }));
}
