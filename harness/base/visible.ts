/**
 * Control characters, which could steer a terminal, end a line or break XML: those of C0 (with line breaks and tabs),
 * DEL, C1, marks that turn the direction of text, separators of lines and paragraphs, halves of surrogates, and what is
 * no character.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text with its control characters written out: `\u{1b}`. */
export const visible = (text: string): string => text.replace(UNSEEN, (it) => `\\u{${it.charCodeAt(0).toString(16)}}`);

/** A value from JSON in which every text, and every name of a field, is visible. */
export function visibleIn(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(visibleIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [visible(name), visibleIn(it)]));
}
