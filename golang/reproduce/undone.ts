import path from 'node:path';
import { type Spans, spanOf, spansIn } from './insert';
import type { Place } from './places';
import { CannotTry } from './plan';
import type { Undoing } from './undo';

/** The files with statements moved and taken away. */
export function undone(
  files: ReadonlyMap<string, string>,
  read: (file: string) => string,
  { moves }: Undoing,
): Map<string, string> {
  const result = new Map(files);
  for (const { what, behind } of moves) {
    const name = path.basename(what.file);
    const text = result.get(name) ?? read(what.file);
    const spans = spansIn(new Map([[what.file, text]])).get(what.file)!;
    result.set(name, moved(text, spans, what, behind));
  }
  return result;
}

function moved(text: string, spans: Spans, what: Place, behind: Place | undefined): string {
  const bytes = Buffer.from(text);
  const from = spanOf(spans, what);
  if (from === undefined || from.begin < 0)
    throw new CannotTry(`"${what.statement.text}" cannot be taken away in ${what.file}`);
  const statement = bytes.subarray(from.begin, from.end).toString();
  const without = (it: Buffer): Buffer => Buffer.concat([it.subarray(0, from.begin), it.subarray(from.end)]);
  if (behind === undefined) return without(bytes).toString();
  const to = spanOf(spans, behind);
  if (to === undefined || to.end < from.end)
    throw new CannotTry(`"${behind.statement.text}" is not behind "${what.statement.text}" in ${what.file}`);
  // What writes to the trace stands where there is a section, and has to ask for that once more.
  const put = /^trace\.[A-Z]/.test(statement) ? `\n\tif trace.ok() {\n\t\t${statement}\n\t}` : `\n\t${statement}`;
  return without(Buffer.concat([bytes.subarray(0, to.end), Buffer.from(put), bytes.subarray(to.end)])).toString();
}
