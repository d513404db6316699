import type { Model, World } from '../../harness/language';
import { findVariant, presetOf } from '../../harness/language/variants';
import type { Statement } from './go';
import { digestsOf, resolvePreset } from './presets';

/** Where Go has what a line tells: the release, the file and line, and an address. */
export interface Place {
  readonly release: string;
  readonly file: string;
  readonly line: number;
  readonly url: string;
}

const known = new Map<string, ReadonlyMap<string, Place>>();

/** Where Go has the lines of a variant's preset: by `routine: line`. */
export function placesOf<W extends World, P>(model: Model<W, P>, variant: string): ReadonlyMap<string, Place> {
  const preset = presetOf(model, findVariant(model, variant));
  const found = known.get(preset);
  if (found !== undefined) return found;
  const digests = digestsOf(model, preset);
  const places = new Map<string, Place>();
  for (const { scope, lines } of resolvePreset(model, preset))
    for (const { item, statements } of lines) {
      const [first] = statements;
      const place = first === undefined ? undefined : placeOf(first, digests);
      if (place === undefined) continue;
      places.set(`${scope.name}: ${item.key}`, place);
      // A text that a routine has several times stands for the first of them.
      if (!places.has(`${scope.name}: ${item.text}`)) places.set(`${scope.name}: ${item.text}`, place);
    }
  known.set(preset, places);
  return places;
}

function placeOf(it: Statement, digests: ReturnType<typeof digestsOf>): Place | undefined {
  for (const { name, functions } of digests) {
    const found = functions.get(it.in);
    if (found?.statements.includes(it))
      return {
        release: name,
        file: found.file,
        line: it.line,
        url: `https://github.com/golang/go/blob/${name}/src/${found.file}#L${it.line}`,
      };
  }
  return undefined;
}
