/** Text that is HTML or XML already. */
export class Markup {
  constructor(readonly text: string) {}
}
/**
 * What stands between tags or in an attribute: strings and numbers are escaped, nothing is nothing, lists follow one
 * another.
 */
export type Content = Markup | string | number | false | null | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => ENTITIES[it]!);

function textOf(content: Content): string {
  if (content === false || content === null || content === undefined) return '';
  if (content instanceof Markup) return content.text;
  return Array.isArray(content) ? content.map(textOf).join('') : escaped(String(content));
}

/** A piece of a page: tag`<b>${name}</b>`. Whatever is put in is escaped, unless it is a piece itself. */
export const tag = (strings: TemplateStringsArray, ...contents: readonly Content[]): Markup =>
  new Markup(strings.reduce((text, it, i) => text + textOf(contents[i - 1]) + it));

/** Text of ours that is markup as it is, such as a style sheet. */
export const raw = (text: string): Markup => new Markup(text);
