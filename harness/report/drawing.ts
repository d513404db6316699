import type { Colour } from '../language/lane';
import type { Film, FilmLane } from '../tell/film';
import { type Content, type Markup, tag } from './tag';

/** A run as lanes over its steps: for each actor its states, below them what is done to it. */

/** A state without what is done to it: `waiting` of `waiting + locked`. */
export const plain = (state: string): string => state.replace(/ \+.*/, '');
const ink = (colour: Colour): string => `var(--${colour})`;
const NAMES = 44;
const STATE = 18;
const BAR = 13;
const GAP = 10;
/** Steps are as wide as the page allows, within these. */
const [NARROW, PAGE, BROAD] = [7, 1000, 24];

/** Where a lane begins, which kinds of bars it has, and how high it is. */
function layout({ lanes, barKinds }: Film) {
  let top = 4;
  return lanes.map((lane) => {
    const kinds = barKinds.filter(({ kind }) => lane.bars.some((bar) => bar.kind === kind));
    const place = { lane, top, kinds, height: STATE + kinds.length * BAR };
    top += place.height + GAP;
    return place;
  });
}
const heightOf = (film: Film): number => {
  const last = layout(film).at(-1);
  return last === undefined ? 0 : last.top + last.height + 4;
};

export function drawing(film: Film): Markup {
  const steps = film.story.length;
  const step = Math.max(NARROW, Math.min(BROAD, Math.floor(PAGE / steps)));
  const height = heightOf(film);
  const x = (at: number) => 2 + at * step;
  const rect = (from: number, to: number, y: number, high: number, title: string, look: Markup) =>
    tag`<rect x="${x(from)}" y="${y}" width="${(to - from) * step}" height="${high}" ${look}>
<title>${title}</title></rect>`;
  const filled = (colour: Colour, opacity: number) => tag`fill="${ink(colour)}" opacity="${opacity}"`;
  const label = (from: number, to: number, y: number, text: string, width: number, kind: Content = '') =>
    (to - from) * step > text.length * width && tag`<text x="${x(from) + 3}" y="${y}"${kind}>${text}</text>`;
  const drawn = layout(film).map(({ lane, top, kinds, height: high }) => {
    const states = lane.states.map(({ from, to, text, tone }) => [
      rect(from, to, top, STATE - 2, text, filled(tone, 0.35)),
      label(from, to, top + 12, text, 7),
    ]);
    const bars = lane.bars.map(({ kind, from, to, text }) => {
      const at = kinds.findIndex((it) => it.kind === kind);
      const y = top + STATE + at * BAR;
      const look = filled(kinds[at]!.colour, 0.55);
      return [rect(from, to, y, BAR - 2, text, look), label(from, to, y + 9, text, 5.5, tag` class="small"`)];
    });
    const frame = tag`fill="none" stroke="var(--red)" stroke-width="2"`;
    const frames = lane.contested.map(({ from, to }) =>
      rect(from, to, top - 3, high + 4, `${lane.name}: two hold it`, frame),
    );
    return [states, bars, frames];
  });
  const end = x(steps) - 1;
  const title = `${film.lanes.length} lanes over ${steps} steps`;
  const width = steps * step + 4;
  return tag`<svg id="lanes" data-step="${step}" width="${width}" height="${height}" role="img" aria-label="${title}">
${drawn}
<line x1="${end}" x2="${end}" y1="0" y2="${height}" stroke="var(--red)" stroke-width="2">
<title>it breaks here</title></line>
<line id="cursor" y1="0" y2="${height}" stroke="var(--ink)" stroke-width="1.5"/></svg>`;
}

export function names(film: Film): Markup {
  const all = layout(film).map(
    ({ lane, top }) => tag`<text x="${NAMES - 6}" y="${top + 12}" text-anchor="end">${lane.name}</text>`,
  );
  return tag`<svg width="${NAMES}" height="${heightOf(film)}" aria-hidden="true">${all}</svg>`;
}

/** What the colours mean, of those that are there. */
export function legend({ lanes, barKinds }: Film): Content {
  const states = new Map<string, Colour>();
  for (const lane of lanes)
    for (const { text, tone } of lane.states) if (tone !== 'soft') states.set(plain(text), tone);
  const isThere = (kind: string) => lanes.some((lane: FilmLane) => lane.bars.some((bar) => bar.kind === kind));
  const bars = barKinds.filter(({ kind }) => isThere(kind)).map(({ kind, colour }) => [kind, colour] as const);
  const line = (what: string, all: readonly (readonly [string, Colour])[]) =>
    tag`<p class="legend"><b>${what}</b>${all.map(
      ([text, colour]) => tag`<span><i style="background:${ink(colour)}"></i>${text}</span>`,
    )}</p>`;
  return [line('state', [...states]), line('below it', bars)];
}
