import type { Model, World } from '../../harness/language';
import { type Digest, digestFrom, digestOf } from './digest';
import type { GoFunction, Statement } from './go';
import { reasonToLeaveOut } from './leftout';
import { modelledNames, presets, routinesOf } from './presets';
import { type Resolved, resolve } from './resolve';
import { sourcesOf, versionIn } from './toolchain';
import { isShared, touchOf } from './touches';
import { releasesOf } from './versions';

/** What two releases differ in, as far as the model is about it. */
export interface Drift {
  readonly from: string;
  readonly to: string;
  /** The preset that both are read beside. */
  readonly preset: string;
  readonly functions: readonly FunctionDrift[];
  /** Lines that stand in another order than the second release has them. */
  readonly disorder: readonly string[];
  /** Functions outside the model that touch what it is about, and did not. */
  readonly newcomers: readonly Newcomer[];
  /** How many modelled functions are the same. */
  readonly same: number;
}

export interface FunctionDrift {
  readonly name: string;
  readonly kind: 'changed' | 'new' | 'gone';
  readonly file: string;
  readonly line: number;
  readonly changes: readonly Change[];
}

export interface Change {
  /** Whether it is gone from the first release, or new in the second. */
  readonly sign: '-' | '+';
  readonly line: number;
  readonly text: string;
  readonly isShared: boolean;
  /** The lines of the model that stand for it. */
  readonly lines: readonly string[];
  /** Why the model leaves it out, if it says so. */
  readonly leftOut: string | null;
  /** Whether somebody has to look at it: a line has lost its statement, or a new one has no line. */
  readonly isUnknown: boolean;
}

export interface Newcomer {
  readonly name: string;
  readonly file: string;
  readonly touches: readonly { readonly what: string; readonly line: number; readonly text: string }[];
}

/** A release from what is checked in, or from its sources. */
function releaseOf<W extends World, P>(model: Model<W, P>, reference: string): Digest {
  const version = versionIn(reference);
  const digest = version === undefined ? undefined : digestOf(version);
  if (digest !== undefined) return digest;
  const names = modelledNames(model);
  return digestFrom(sourcesOf(reference), (name) => names.has(name));
}

const numbers = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);
function isNotLater(a: string, b: string): boolean {
  const [x, y] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++)
    if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) < (y[i] ?? 0);
  return true;
}

/** The preset that retells a release, or the last one before it; the newest for a tree. */
export function presetFor(reference: string): string {
  const version = versionIn(reference);
  const named = presets.filter((it) => releasesOf[it]!.length === 1);
  const exact = named.find((it) => releasesOf[it]![0] === version);
  if (exact !== undefined) return exact;
  const earlier = named.filter((it) => version === undefined || isNotLater(releasesOf[it]![0]!, version));
  return earlier.at(-1) ?? named[0]!;
}

/** Compares two releases, each a version or the path of a Go tree. */
export function drift<W extends World, P>(model: Model<W, P>, from: string, to: string): Drift {
  return compare(model, releaseOf(model, from), releaseOf(model, to), presetFor(from));
}

/** The same of what is at hand already. */
export function compare<W extends World, P>(model: Model<W, P>, before: Digest, after: Digest, preset: string): Drift {
  const routines = routinesOf(model, preset);
  const [were, are] = [resolve(routines, [before]), resolve(routines, [after])];
  const told = { '-': standing(were), '+': standing(are) };
  const stillStands = new Set([...told['+'].values()].flat());
  const names = [...new Set([...before.functions.keys(), ...after.functions.keys()])].sort();
  const functions: FunctionDrift[] = [];
  let same = 0;
  for (const name of names) {
    const [a, b] = [before.functions.get(name), after.functions.get(name)];
    const edits = differences(a?.statements ?? [], b?.statements ?? []);
    if (edits.length === 0 && a !== undefined && b !== undefined) {
      same++;
      continue;
    }
    const { file, line } = (b ?? a) as GoFunction;
    const kind = a === undefined ? 'new' : b === undefined ? 'gone' : 'changed';
    const changes = edits.map(([sign, it]): Change => {
      const lines = told[sign].get(keyOf(it)) ?? [];
      const leftOut = reasonToLeaveOut(it, preset) ?? null;
      const shared = isShared(it.text);
      const isUnknown =
        sign === '-' ? lines.some((line) => !stillStands.has(line)) : shared && lines.length === 0 && leftOut === null;
      return { sign, line: it.line, text: it.text, isShared: shared, lines, leftOut, isUnknown };
    });
    functions.push({ name, kind, file, line, changes });
  }
  const disorder = are.flatMap(({ scope, disorder: now }, i) =>
    now.filter(() => were[i]!.disorder.length === 0).map((it) => `${scope.name}: ${it}`),
  );
  return { from: before.name, to: after.name, preset, functions, disorder, newcomers: newcomers(before, after), same };
}

/** Whether there is something that the model does not know. */
export const isUnknown = ({ functions, disorder, newcomers: some }: Drift): boolean =>
  some.length > 0 || disorder.length > 0 || functions.some(({ changes }) => changes.some((it) => it.isUnknown));

const keyOf = ({ in: fn, line, text }: Statement): string => `${fn}:${line}:${text}`;

function standing(resolved: readonly Resolved[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { scope, lines } of resolved)
    for (const { item, statements } of lines)
      for (const it of statements) {
        const key = keyOf(it);
        found.set(key, [...(found.get(key) ?? []), `${scope.name}: ${item.key}`]);
      }
  return found;
}

/** A shortest list of what is to be taken out and put in, beside a longest common subsequence. */
function differences(a: readonly Statement[], b: readonly Statement[]): ['-' | '+', Statement][] {
  const isSame = (i: number, j: number) => a[i]!.text === b[j]!.text && a[i]!.kind === b[j]!.kind;
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i]![j] = isSame(i, j) ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const found: ['-' | '+', Statement][] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && isSame(i, j)) [i, j] = [i + 1, j + 1];
    else if (j === b.length || (i < a.length && length[i + 1]![j]! >= length[i]![j + 1]!)) found.push(['-', a[i++]!]);
    else found.push(['+', b[j++]!]);
  }
  return found;
}

function newcomers(before: Digest, after: Digest): Newcomer[] {
  return [...after.outside.values()].flatMap(({ name, file, statements }) => {
    const old = (before.outside.get(name) ?? before.functions.get(name))?.statements.map(({ text }) => text) ?? [];
    const touches = statements.flatMap(({ line, text }) => {
      const at = old.indexOf(text);
      if (at >= 0) old.splice(at, 1);
      return at >= 0 ? [] : [{ what: touchOf(text)!, line, text }];
    });
    return touches.length === 0 ? [] : [{ name, file, touches }];
  });
}
