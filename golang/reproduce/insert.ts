import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Span } from '../source/go';
import { spansOf } from '../source/toolchain';
import type { Place } from './places';

/** Code that is put in front of a statement. `code` hears of the goroutine that is at hand there, or "nil". */
export interface Insertion {
  readonly place: Place;
  readonly code: (g: string) => string;
}

/** The spans of a file's statements, by the name of the function. */
export type Spans = ReadonlyMap<string, readonly Span[]>;

export function spansIn(texts: ReadonlyMap<string, string>): Map<string, Spans> {
  if (texts.size === 0) return new Map();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-spans-'));
  try {
    const found = new Map<string, Spans>();
    for (const [file, text] of texts) fs.writeFileSync(path.join(dir, file.replaceAll('/', '_')), text);
    const listed = spansOf([...texts.keys()].map((it) => path.join(dir, it.replaceAll('/', '_'))));
    for (const file of texts.keys()) found.set(file, listed.get(file.replaceAll('/', '_')) ?? new Map());
    return found;
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

export function spanOf(spans: Spans | undefined, { statement, nth }: Place): Span | undefined {
  const own = spans?.get(statement.in) ?? [];
  return own.filter(({ text, closure }) => text === statement.text && closure === statement.closure)[nth];
}

/** Where code is put for a statement: in front of it, or for a loop at the beginning of its body; -1: nowhere. */
export const offsetIn = (span: Span | undefined, { statement }: Place): number =>
  span === undefined ? -1 : statement.kind === 'for' ? span.body : span.begin;

/** A file's text with insertions, each in front of its statement; several at one place in their order. */
export function inserted(text: string, spans: Spans, insertions: readonly Insertion[]): string {
  const bytes = Buffer.from(text);
  const at = insertions.map((it, i) => {
    const span = spanOf(spans, it.place)!;
    return { ...it, i, g: span.g, offset: offsetIn(span, it.place) };
  });
  let result = bytes;
  for (const { offset, g, code } of at.toSorted((a, b) => b.offset - a.offset || b.i - a.i)) {
    const put = Buffer.from(code(g === '' ? 'nil' : g));
    result = Buffer.concat([result.subarray(0, offset), put, result.subarray(offset)]);
  }
  return result.toString();
}
