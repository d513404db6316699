import type { Model, SourcePlace, World } from '../../harness/language';
import { findVariant, presetOf } from '../../harness/language/variants';
import { helpers } from './anchors/rules';
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
  const several = new Set<string>();
  for (const { scope, lines } of resolvePreset(model, preset))
    for (const { item, statements } of lines) {
      const [first] = statements;
      const place = first === undefined ? undefined : placeOf(first, digests);
      if (place === undefined) continue;
      places.set(`${scope.name}: ${item.key}`, place);
      // A text that a routine has several times stands for one place, or for none.
      if (item.text === item.key) continue;
      const text = `${scope.name}: ${item.text}`;
      if (places.get(text)?.url !== place.url && places.has(text)) several.add(text);
      places.set(text, place);
    }
  for (const text of several) places.delete(text);
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

/**
 * What stories, pages and listings say of a line. Lines of helpers stand in routines that do not have them themselves:
 * they are found if all helpers with such a line agree.
 */
export function sourceOf<W extends World, P>(
  model: Model<W, P>,
  variant: string,
  routine: string,
  line: string,
): SourcePlace | undefined {
  const places = placesOf(model, variant);
  const own = places.get(`${routine}: ${line}`);
  const inHelpers = Object.keys(helpers).flatMap((it) => places.get(`${it}: ${line}`) ?? []);
  const place = own ?? (new Set(inHelpers.map(({ url }) => url)).size === 1 ? inHelpers[0] : undefined);
  return place && { text: `${place.file}:${place.line} (${place.release})`, url: place.url };
}
