import type { Statement } from './go';
import type { Item } from './items';
import { callsIn, nameless, plain } from './text';

/** How an item was found: 1 its very text, 2 in the common spelling, 3 but for names, 4 by what it calls. */
export type Level = 1 | 2 | 3 | 4;

const WEIGHT: Readonly<Record<Level, number>> = { 1: 8, 2: 7, 3: 6, 4: 4 };

interface Spelt {
  readonly text: string;
  readonly plain: string;
  readonly nameless: string;
  readonly calls: ReadonlySet<string>;
  readonly statuses: string;
}

const spellings = new Map<string, Spelt>();
function spelt(text: string): Spelt {
  const known = spellings.get(text);
  if (known !== undefined) return known;
  const it = {
    text: text.replace(/^(?:if|for|switch|return) /, ''),
    plain: plain(text),
    nameless: nameless(text),
    calls: new Set((bareCall(text) ?? callsIn(text)).map((name) => SAME.get(name) ?? name)),
    statuses: [
      ...plain(text).matchAll(/\bG(?:running|waiting|runnable|syscall|dead|copystack|preempted|scan\w*)\b/g),
    ].join(' '),
  };
  spellings.set(text, it);
  return it;
}

/** A line that is a name alone calls it: `runqput`, `traceAcquire, to go on`, `unlock q`, `trace.GoPark`. */
function bareCall(text: string): string[] | undefined {
  const [, name] = /^(?:trace\.)?(\w+)(?:, [a-z ]+| [\w.]+)?$/.exec(text) ?? [];
  return name === undefined ? undefined : [name];
}

/** Names of one function in different releases, or of a function and what the model calls it. */
const SAME = new Map([
  ['traceReleaseOnG', 'traceRelease'],
  ['casGToWaitingForSuspendG', 'casGToWaitingForGC'],
  ['notetsleepg', 'notetsleep'],
  ['goready', 'ready'],
  ['semacquire1', 'semacquire'],
  ['semrelease1', 'semrelease'],
  ['gosched_m', 'goschedImpl'],
  ['gopreempt_m', 'goschedImpl'],
  ['reentersyscall', 'entersyscall'],
  ['stopTheWorldGC', 'stopTheWorld'],
  ['startTheWorldGC', 'startTheWorld'],
]);

/** How much a part of a line looks like a statement. */
export function levelOf(part: string, statement: Statement): Level | undefined {
  const [a, b] = [spelt(part), spelt(statement.text)];
  if (a.text === b.text) return 1;
  if (a.plain === b.plain) return 2;
  if (a.nameless === b.nameless || a.nameless === `!${b.nameless}` || b.nameless === `!${a.nameless}`) return 3;
  if (statement.text.split('; ').some((it) => spelt(it).plain === a.plain)) return 2;
  if (a.statuses !== '' && b.statuses !== '' && a.statuses !== b.statuses) return undefined;
  for (const it of a.calls) if (b.calls.has(it)) return 4;
  return undefined;
}

/**
 * What each part of each item is taken for, in an order that agrees with Go's, so that as much as can be is found.
 * `open` are the items that are looked for; `fixed` has the statements of others, which say where they are.
 */
export function align(
  items: readonly Item[],
  open: readonly (Item | undefined)[],
  fixed: readonly (Statement | undefined)[],
  statements: readonly Statement[],
): (readonly [Statement, Level] | undefined)[][] {
  const parts = items.flatMap((it, at): { part: string | undefined; at: number }[] => {
    if (open[at] !== undefined) return it.parts.map((part) => ({ part, at }));
    return fixed[at] === undefined ? [] : [{ part: undefined, at }];
  });
  const [n, m] = [parts.length, statements.length];
  const weight = (own: Level | undefined) => (own === undefined ? 0 : WEIGHT[own]);
  const level = parts.map(({ part, at }) =>
    statements.map((it): Level | undefined =>
      part === undefined ? (it === fixed[at] ? 1 : undefined) : levelOf(part, it),
    ),
  );
  const best = Array.from({ length: n + 1 }, () => new Float64Array(m + 1));
  for (let i = 1; i <= n; i++)
    for (let j = 1; j <= m; j++) {
      const own = weight(level[i - 1]![j - 1]);
      const [up, left] = [best[i - 1]![j]!, best[i]![j - 1]!];
      let value = Math.max(up, left);
      // Two lines may tell of one statement.
      if (own > 0) value = Math.max(value, best[i - 1]![j - 1]! + own, up + own - 1);
      best[i]![j] = value;
    }
  const found: (readonly [Statement, Level] | undefined)[] = Array(n).fill(undefined);
  for (let i = n, j = m; i > 0 && j > 0; ) {
    const own = level[i - 1]![j - 1];
    const here = best[i]![j]!;
    if (own !== undefined && here === best[i - 1]![j - 1]! + WEIGHT[own]) found[--i] = [statements[--j]!, own];
    else if (own !== undefined && here === best[i - 1]![j]! + WEIGHT[own] - 1) found[--i] = [statements[j - 1]!, own];
    else if (here === best[i - 1]![j]!) i--;
    else j--;
  }
  return items.map((_, at) => parts.flatMap((it, i) => (it.at === at && it.part !== undefined ? [found[i]] : [])));
}
