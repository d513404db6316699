/**
 * Characters that could steer a terminal, end a line or break XML: control characters (with line breaks and tabs),
 * marks that turn the direction of text or are not seen, separators of lines and paragraphs, halves of surrogates, and
 * what is no character.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** A text with its control characters written out: `\u{1b}`. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (it) => `\\u{${it.codePointAt(0)!.toString(16)}}`);

/** A value from JSON in which every text, and every name of a field, is visible. */
export function visibleIn(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(visibleIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [visible(name), visibleIn(it)]));
}
