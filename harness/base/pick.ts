import { UsageError } from './errors';

/** The thing of that name, or a UsageError that names the choices, and the one that was probably meant. */
export function pick<T extends { readonly name: string }>(what: string, name: string, among: readonly T[]): T {
  const found = among.find((it) => it.name === name);
  if (found !== undefined) return found;
  const names = among.map((it) => it.name);
  const near = nearest(name, names);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  throw new UsageError(`no ${what} is called "${name}"`, `${meant}There are: ${names.join(', ')}.`);
}

/** The name that differs least, if that is by a letter or two, or in capitals. */
export function nearest(name: string, among: readonly string[]): string | undefined {
  const distances = among.map((it) => [it, distance(name.toLowerCase(), it.toLowerCase())] as const);
  const [best] = distances.toSorted(([, a], [, b]) => a - b);
  return best !== undefined && best[1] <= Math.min(2, name.length / 2) ? best[0] : undefined;
}

/** How many letters are to be changed, added or taken away (Levenshtein, 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length]!;
}

/** Whether a text is what a pattern with `*` for anything says. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
