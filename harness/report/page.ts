import type { Finding } from '../find/finding';
import { type BarKind, barKinds, type Tone } from '../language/lane';
import type { Film, FilmLane } from '../tell/film';
import { raceText } from './html';
import { escaped } from './junit';
import { page } from './style';

/**
 * A finding's page: the run as lanes over its steps, and a slider that goes through them. What the slider shows is put together
 * in the page, from the same spans that are drawn.
 */
export function findingPage<P>(
  { entry, token, known, resembles, strength, steps }: Finding<P>,
  claim: string,
  { story, lanes }: Film,
): string {
  const { property, sentence, cause, race, variant, bucket } = entry;
  const what = known
    ? `${known.id}: ${known.sentence}`
    : resembles
      ? `resembles ${resembles.id}, which races otherwise`
      : '';
  const contested = lanes.flatMap((lane) => lane.contested.map(({ from }) => from));
  const first = contested.length === 0 ? story.length - 1 : Math.min(...contested);
  const turn = turnBefore(lanes, first);
  const data = JSON.stringify({ story, lanes }).replace(/</g, '\\u003c');
  const kinds = [...new Set(lanes.map(({ kind }) => kind))].map((kind) => `each ${escaped(kind)}`).join(' and for ');
  return page(
    `${escaped(sentence)}`,
    `<style>${STYLE}</style>
<main><p><a href="../report.html">The report</a></p>
<h1>${escaped(sentence)}</h1>
<p>Breaks ${escaped(property)} (${escaped(strength)}): ${escaped(claim)}.</p>
<p class="soft">${escaped(cause)}; on ${escaped(variant)}, bucket <code>${escaped(bucket)}</code>${what && `; ${escaped(what)}`}</p>
${raceText(race)}
<pre aria-label="replay">npm run -s replay -- ${escaped(token)}</pre>
<h2>The run</h2>
<p class="soft">${steps} micro-steps, of which these ${story.length} could be noticed by others. A lane for ${kinds}; below it, who
has it or what is done to it. The red line is where it breaks; a red frame, where two hold something who must not. Click into the
drawing, or use the slider: arrow keys, Home, End; Page Up and Page Down go to where another moved before and next.</p>
${legend(lanes)}
<div class="film">${names(lanes)}<div class="wide" id="scroller" tabindex="0" aria-label="the run, drawn">${drawing(lanes, story.length)}</div></div>
<p class="slide"><label for="step">Step <output id="number"></output></label>
<input id="step" type="range" min="0" max="${story.length - 1}" value="${story.length - 1}">
${turn === undefined ? '' : `<button data-step="${turn.step}">to where ${escaped(turn.text)}</button>\n`}<button ${contested.length === 0 ? 'hidden' : ''} data-step="${first}">to where two hold it</button>
<button data-step="${story.length - 1}">to where it breaks</button></p>
<p id="line" class="card" aria-live="polite"></p>
<div class="wide"><table id="state"></table></div>
<h2>The story</h2>
<ol id="story">${story.map(({ mover, actor, routine, line }) => `<li><b>${escaped(mover)}</b> ${escaped(routine)}${actor && ` (${escaped(actor)})`}: ${escaped(line)}</li>`).join('')}</ol>
</main><script type="application/json" id="run">${data}</script><script>${SCRIPT}</script>`,
  );
}

/** A state without what is done to it: `Gwaiting` of `Gwaiting + scan`. */
const plain = (state: string): string => state.replace(/ \+.*/, '');

/** Where the one that two hold came into the state in which they do: often the cause, far ahead of the harm. */
function turnBefore(lanes: readonly FilmLane[], at: number): { step: number; text: string } | undefined {
  const lane = lanes.find(({ contested }) => contested.some(({ from }) => from === at));
  const states = lane?.states.filter(({ from }) => from <= at) ?? [];
  const turn = states.findLast(({ text }, i) => i > 0 && plain(text) !== plain(states[i - 1]!.text));
  return turn && { step: turn.from, text: `${lane!.name} became ${plain(turn.text)}` };
}

const STYLE = `
#story { font: .85rem/1.5 ui-monospace, monospace; max-height: 24rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px; }
#story li.now { background: var(--card); outline: 1px solid var(--blue); } .slide { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.slide input { flex: 1 1 12rem; min-width: 12rem; } #line { font-family: ui-monospace, monospace; font-size: .9rem; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; }
.film { display: flex; } .film > svg { flex: none; } .film > .wide { flex: 1; min-width: 0; cursor: crosshair; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; } .legend i { display: inline-block; width: 1rem; height: .6rem; margin-right: .35rem; }
#state { table-layout: fixed; } #state td:first-child { width: 4rem; } svg text.small { font-size: 10px; }
`;

/** The same on every page. */
const TONES: Readonly<Record<Tone, string>> = {
  run: 'var(--green)',
  ready: 'var(--blue)',
  wait: 'var(--amber)',
  away: 'var(--teal)',
  odd: 'var(--violet)',
  none: 'var(--soft)',
};

const BARS: Readonly<Record<BarKind, string>> = {
  run: 'var(--green)',
  lent: 'var(--amber)',
  locked: 'var(--blue)',
  walked: 'var(--violet)',
  copied: 'var(--red)',
};

const NAMES = 44;

const STATE = 18;

const BAR = 13;

const GAP = 10;

/** Steps are as wide as the page allows, within these. */
const [NARROW, PAGE, BROAD] = [7, 1000, 24];

/** Where a lane begins, which kinds of bars it has, and how high it is. */
function layout(lanes: readonly FilmLane[]) {
  let top = 4;
  return lanes.map((lane) => {
    const kinds = barKinds.filter((kind) => lane.bars.some((bar) => bar.kind === kind));
    const place = { lane, top, kinds, height: STATE + kinds.length * BAR };
    top += place.height + GAP;
    return place;
  });
}

const heightOf = (lanes: readonly FilmLane[]): number => {
  const last = layout(lanes).at(-1);
  return last === undefined ? 0 : last.top + last.height + 4;
};

function drawing(lanes: readonly FilmLane[], steps: number): string {
  const step = Math.max(NARROW, Math.min(BROAD, Math.floor(PAGE / steps)));
  const width = steps * step + 4;
  const height = heightOf(lanes);
  const x = (at: number) => 2 + at * step;
  const rect = (from: number, to: number, y: number, h: number, fill: string, title: string, extra = '') =>
    `<rect x="${x(from)}" y="${y}" width="${(to - from) * step}" height="${h}" fill="${fill}"${extra}><title>${escaped(title)}</title></rect>`;
  const label = (from: number, to: number, y: number, text: string, size: number, kind = '') =>
    (to - from) * step > text.length * size ? `<text x="${x(from) + 3}" y="${y}"${kind}>${escaped(text)}</text>` : '';
  const drawn = layout(lanes).map(({ lane, top, kinds, height: high }) => {
    const states = lane.states.map(
      ({ from, to, text, tone }) =>
        rect(from, to, top, STATE - 2, TONES[tone], text, ' opacity=".35"') + label(from, to, top + 12, text, 7),
    );
    const bars = lane.bars.map(({ kind, from, to, text }) => {
      const y = top + STATE + kinds.indexOf(kind) * BAR;
      return (
        rect(from, to, y, BAR - 2, BARS[kind], text, ' opacity=".55"') +
        label(from, to, y + 9, text, 5.5, ' class="small"')
      );
    });
    const frames = lane.contested.map(({ from, to }) =>
      rect(from, to, top - 3, high + 4, 'none', `${lane.name}: two hold it`, ' stroke="var(--red)" stroke-width="2"'),
    );
    return [...states, ...bars, ...frames].join('');
  });
  return `<svg id="lanes" data-step="${step}" width="${width}" height="${height}" role="img" aria-label="${lanes.length} lanes over ${steps} steps">${drawn.join('')}<line x1="${x(steps) - 1}" x2="${x(steps) - 1}" y1="0" y2="${height}" stroke="var(--red)" stroke-width="2"><title>it breaks here</title></line><line id="cursor" y1="0" y2="${height}" stroke="var(--ink)" stroke-width="1.5"/></svg>`;
}

function names(lanes: readonly FilmLane[]): string {
  const all = layout(lanes).map(
    ({ lane, top }) => `<text x="${NAMES - 6}" y="${top + 12}" text-anchor="end">${escaped(lane.name)}</text>`,
  );
  return `<svg width="${NAMES}" height="${heightOf(lanes)}" aria-hidden="true">${all.join('')}</svg>`;
}

/** What the colours mean, of those that are there. */
function legend(lanes: readonly FilmLane[]): string {
  const states = new Map<string, string>();
  for (const lane of lanes)
    for (const { text, tone } of lane.states) if (tone !== 'none') states.set(plain(text), TONES[tone]);
  const kinds = barKinds.filter((kind) => lanes.some((lane) => lane.bars.some((bar) => bar.kind === kind)));
  const line = (what: string, all: Iterable<readonly [string, string]>) =>
    `<p class="legend"><b>${what}</b>${[...all].map(([text, colour]) => `<span><i style="background:${colour}"></i>${escaped(text)}</span>`).join('')}</p>`;
  return (
    line('state', states) +
    line(
      'below it',
      kinds.map((kind) => [kind, BARS[kind]] as const),
    )
  );
}

/** Runs in the reader's browser. */
const SCRIPT = `

const { story, lanes } = JSON.parse(document.getElementById('run').textContent);

const byId = (id) => document.getElementById(id);

const [slider, cursor, scroller, list, drawn] = ['step', 'cursor', 'scroller', 'story', 'lanes'].map(byId);

const width = Number(drawn.dataset.step);

const at = (spans, step) => spans.filter(({ from, to }) => from <= step && step < to);

const cell = (row, text) => { row.insertCell().textContent = text; };

function show() {
  const step = Number(slider.value);
  const { mover, actor, routine, line } = story[step];
  byId('number').textContent = (step + 1) + ' of ' + story.length;
  byId('line').textContent = mover + (actor && ' (' + actor + ')') + '  ' + routine + ': ' + line;
  slider.setAttribute('aria-valuetext', byId('line').textContent);
  const x = 2 + (step + 0.5) * width;
  cursor.setAttribute('x1', x); cursor.setAttribute('x2', x);
  scroller.scrollLeft = x - scroller.clientWidth / 2;
  const table = byId('state');
  table.textContent = '';
  for (const lane of lanes) {
    const state = at(lane.states, step).map(({ text }) => text).join(', ');
    if (state === '') continue;
    const row = table.insertRow();
    cell(row, lane.name); cell(row, state);
    cell(row, at(lane.bars, step).map(({ text }) => text).join(', '));
    if (at(lane.contested, step).length > 0) row.className = 'red';
  }
  list.querySelector('.now')?.classList.remove('now');
  const now = list.children[step];
  now.classList.add('now');
  list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
}

function go(step) { slider.value = Math.max(0, Math.min(story.length - 1, step)); show(); }
slider.addEventListener('input', show);
slider.addEventListener('keydown', (event) => {
  const way = { PageUp: -1, PageDown: 1 }[event.key];
  if (way === undefined) return;
  event.preventDefault();
  let step = Number(slider.value) + way;
  while (story[step + way] && story[step].mover === story[step + way].mover) step += way;
  go(step);
});
drawn.addEventListener('click', (event) => go(Math.floor((event.clientX - drawn.getBoundingClientRect().left - 2) / width)));
list.addEventListener('click', (event) => {
  const item = event.target.closest('li');
  if (item) go([...list.children].indexOf(item));
});
for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', (event) => { go(Number(event.target.dataset.step)); slider.focus(); });
show();
`;
