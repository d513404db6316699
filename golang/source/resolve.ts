import { isLike } from '../../harness/base/pick';
import type { Routine } from '../../harness/language';
import { align, type Level } from './align';
import type { Anchors, At } from './anchor';
import { anchors } from './anchors';
import { NOWHERE } from './anchors/rules';
import type { Release, Statement } from './go';
import { type Item, type Scope, scopesOf } from './items';
import { callsIn } from './text';

/** What a line stands for: statements, or nothing and why. */
export interface Anchored {
  readonly item: Item;
  /** 0: it is written down where; else how its text shows it. */
  readonly level: 0 | Level;
  readonly statements: readonly Statement[];
  readonly nowhere?: string;
  /** What is wrong with it, if anything is. */
  readonly fault?: string;
}

export interface Resolved {
  readonly scope: Scope;
  /** The functions that were found. */
  readonly functions: readonly string[];
  readonly lines: readonly Anchored[];
  /** Pairs of lines that Go has the other way round. */
  readonly disorder: readonly string[];
}

/** A function, or one of its closures: `forEachP{casGToWaitingForGC}`. */
const REFERENCE = /^([^{]+)(?:\{(.+)\})?$/;

/** What the scopes of a variant stand for in a release. */
export function resolve<W>(routines: readonly Routine<W>[], releases: readonly Release[]): Resolved[] {
  return scopesOf(routines).map((scope) => resolveScope(scope, releases));
}

function resolveScope(scope: Scope, releases: readonly Release[]): Resolved {
  const own = anchors[scope.name] ?? {};
  if (releases.length === 0) return { scope, functions: [], lines: [], disorder: [] };
  const all = releases.map((release) => inRelease(scope, own, release));
  // A version between two releases has lines of both; what the nearer one lacks is looked for in the other.
  const [near, ...others] = all as [Resolved, ...Resolved[]];
  const lines = near.lines.map((it, at) =>
    it.fault === undefined
      ? it
      : (others.map((other) => other.lines[at]!).find(({ fault }) => fault === undefined) ?? it),
  );
  return { ...near, lines, functions: [...new Set(all.flatMap(({ functions }) => functions))] };
}

function inRelease(
  scope: Scope,
  { in: references = defaultOf(scope.name), at = {}, order }: Anchors,
  release: Release,
): Resolved {
  const functions = references.filter((it) => release.functions.has(REFERENCE.exec(it)![1]!));
  const statements = follow(functions, release);
  const plans = scope.items.map((item) => planOf(item, at, statements));
  const open = plans.map((it, i) => (it === undefined ? scope.items[i]! : undefined));
  const fixed = plans.map((it) => (it?.statements.length === 1 ? it.statements[0]! : undefined));
  const found = align(scope.items, open, fixed, statements);
  const lines = scope.items.map((item, i): Anchored => {
    const plan = plans[i];
    if (plan !== undefined) return { item, level: 0, ...plan };
    const parts = found[i]!;
    const level = Math.max(1, ...parts.map((it) => it?.[1] ?? 0)) as Level;
    const fault = parts.some((it) => it === undefined) ? 'stands for no statement' : undefined;
    const some = parts.flatMap((it) => (it === undefined ? [] : [it[0]]));
    return { item, level, statements: some, ...(fault !== undefined && { fault }) };
  });
  const disorder = order === undefined ? disorderOf(lines, statements) : [];
  return { scope, functions, lines, disorder };
}

/** The functions that a scope tells, of whatever release. */
export const functionsOf = (scope: string): string[] =>
  (anchors[scope]?.in ?? defaultOf(scope)).map((it) => REFERENCE.exec(it)![1]!);

const defaultOf = (name: string): string[] => [name.replace(/,.*| \(helper\)/, '')];

/** The first function, the others where they are called, and behind it those that are called nowhere. */
function follow(references: readonly string[], release: Release): Statement[] {
  const bodies = new Map<string, Statement[]>();
  for (const reference of references) {
    const [, name, within] = REFERENCE.exec(reference)!;
    const all = release.functions.get(name!)!.statements;
    const closure =
      within === undefined
        ? ''
        : (all.find(({ text, closure: it }) => it !== '' && text.includes(within))?.closure ?? 'none');
    const isIn = (it: string) => closure === '' || it === closure || it.startsWith(`${closure}.`);
    bodies.set(
      reference,
      all.filter((it) => isIn(it.closure)),
    );
  }
  const placed = new Set<string>();
  const expand = (reference: string, above: readonly string[]): Statement[] => {
    placed.add(reference);
    return bodies.get(reference)!.flatMap((it) => {
      const called = callsIn(it.text).flatMap((name) =>
        references.filter((other) => other.split('.').at(-1) === name && !above.includes(other) && other !== reference),
      );
      return [it, ...called.flatMap((other) => expand(other, [...above, reference]))];
    });
  };
  return references.flatMap((it) => (placed.has(it) ? [] : expand(it, [])));
}

type Plan = Pick<Anchored, 'statements' | 'nowhere' | 'fault'>;

/** What is written down of a line; undefined: its text has to say it. */
function planOf(item: Item, at: Readonly<Record<string, At>>, statements: readonly Statement[]): Plan | undefined {
  const told = at[item.key] ?? at[item.text] ?? patternIn(at, item.text);
  if (told === undefined) {
    const why = NOWHERE.find(([pattern]) => pattern.test(item.text))?.[1];
    return why === undefined ? undefined : { statements: [], nowhere: why };
  }
  if (typeof told !== 'string' && 'nowhere' in told) return { statements: [], nowhere: told.nowhere };
  const faults: string[] = [];
  for (const text of typeof told === 'string' ? [told] : told) {
    if (typeof text !== 'string') return { statements: [], nowhere: text.nowhere };
    const found = lookUp(text, statements);
    if (typeof found !== 'string') return { statements: [found] };
    faults.push(found);
  }
  return { statements: [], fault: faults.join('; ') };
}

/** What is written down of all lines that are like it. */
const patternIn = (at: Readonly<Record<string, At>>, text: string): At | undefined =>
  Object.entries(at).find(([key]) => key.includes('*') && isLike(key, text))?.[1];

/** The one statement that is meant, or what is wrong with that. */
function lookUp(reference: string, statements: readonly Statement[]): Statement | string {
  const [, text, where, mark] = /^(.*) (before|after) (.*)$/.exec(reference) ?? [];
  if (text === undefined) return theOne(reference, statements);
  const found = theOne(mark!, statements);
  if (typeof found === 'string') return found;
  const at = statements.indexOf(found);
  const like = (it: Statement) => it.text.includes(text);
  const near = where === 'before' ? statements.slice(0, at).findLast(like) : statements.slice(at + 1).find(like);
  return near ?? `there is no "${text}" ${where} "${mark}"`;
}

function theOne(reference: string, statements: readonly Statement[]): Statement | string {
  const [, fn, rest] = /^([\w.]+): (.*)$/.exec(reference) ?? [];
  const [, text = '', number] = /^(.*?)(?:#(\d+))?$/.exec(rest ?? reference)!;
  const among = statements.filter((it) => fn === undefined || it.in === fn);
  const same = among.filter((it) => it.text === text);
  const like = same.length > 0 ? same : among.filter((it) => it.text.includes(text));
  // A function that is followed into twice is there twice.
  const once = like.filter(
    (it, i) => like.findIndex((other) => other.line === it.line && other.in === it.in && other.text === it.text) === i,
  );
  if (number !== undefined) return once[Number(number) - 1] ?? `there is no ${number}. "${text}"`;
  return once.length === 1 ? once[0]! : `"${text}" is there ${once.length} times`;
}

function disorderOf(lines: readonly Anchored[], statements: readonly Statement[]): string[] {
  const placed = lines.flatMap(({ item, statements: found }) => {
    const first = found[0];
    return first === undefined || first.kind === 'for' ? [] : [{ key: item.key, statement: first }];
  });
  const found: string[] = [];
  let last: { readonly at: number; readonly key: string; isTold: boolean } | undefined;
  for (const { key, statement } of placed) {
    const places = statements.flatMap((it, at) => (it === statement ? [at] : []));
    const next = places.find((it) => last === undefined || it >= last.at);
    if (next !== undefined) last = { at: next, key, isTold: false };
    else if (last !== undefined && !last.isTold) {
      last.isTold = true;
      found.push(`"${last.key}" is in front of "${key}", and Go has it behind (line ${statement.line})`);
    }
  }
  return found;
}
