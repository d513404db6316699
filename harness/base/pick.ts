import { UsageError } from './errors';

/** The thing of that name, or a UsageError that names the choices. */
export function pick<T extends { readonly name: string }>(what: string, name: string, among: readonly T[]): T {
  const found = among.find((it) => it.name === name);
  if (found === undefined)
    throw new UsageError(`no ${what} is called "${name}"`, `There are: ${among.map((it) => it.name).join(', ')}.`);
  return found;
}

/** Whether a text is what a pattern with `*` for anything says. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
