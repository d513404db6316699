import { shellWord } from '../base/format';
import type { Finding } from '../find/finding';
import type { SourcePlace } from '../language/project';
import type { Film, FilmLane } from '../tell/film';
import { drawing, legend, names, plain } from './drawing';
import { raceText } from './html';
import { page } from './style';
import { type Content, raw, tag } from './tag';

/**
 * A finding's page: the run as lanes over its steps, and a slider that goes through them. What the slider shows is put
 * together in the page, from the same spans that are drawn.
 */
export function findingPage<P>(
  finding: Finding<P>,
  claim: string,
  film: Film,
  { replay, sourceOf }: { readonly replay: string; sourceOf(routine: string, line: string): SourcePlace | undefined },
): string {
  const { entry, token, known, resembles, strength, steps } = finding;
  const { property, sentence, cause, race, variant, bucket } = entry;
  const { story, lanes } = film;
  const like = resembles && `; resembles ${resembles.id}, which races otherwise`;
  const what = known ? `; ${known.id}: ${known.sentence}` : like;
  const contested = lanes.flatMap((lane) => lane.contested.map(({ from }) => from));
  const last = story.length - 1;
  const first = contested.length === 0 ? last : Math.min(...contested);
  const turn = turnBefore(lanes, first);
  const data = JSON.stringify({ story, lanes }).replace(/</g, '\\u003c');
  const kinds = [...new Set(lanes.map(({ kind }) => kind))].map((kind) => `each ${kind}`).join(' and for ');
  const lines = story.map(
    ({ mover, actor, routine, line }) =>
      tag`<li><b>${mover}</b> ${routine}${actor !== '' && ` (${actor})`}: ${linked(line, sourceOf(routine, line))}
</li>`,
  );
  const go = (step: number, text: string, isHidden = false): Content =>
    tag`<button${isHidden && raw(' hidden')} data-step="${step}">${text}</button>\n`;
  return page(
    sentence,
    tag`<style>${raw(STYLE)}</style>
<main><p><a href="../report.html">The report</a></p>
<h1>${sentence}</h1>
<p>Breaks ${property} (${strength}): ${claim}.</p>
<p class="soft">${cause}; on ${variant}, bucket <code>${bucket}</code>${what}</p>
${raceText(race)}
<pre aria-label="replay">${replay} ${shellWord(token)}</pre>
<h2>The run</h2>
<p class="soft">${steps} steps, of which these ${story.length} could be noticed by others. A lane for ${kinds};
below it, who has it or what is done to it. The red line is where it breaks; a red frame, where two hold something who
must not. Click into the drawing, or use the slider: arrow keys, Home, End; Page Up and Page Down go to where another
moved before and next.</p>
${legend(film)}
<div class="film">${names(film)}<div class="wide" id="scroller" tabindex="0" aria-label="the run, drawn">
${drawing(film)}</div></div>
<p class="slide"><label for="step">Step <output id="number"></output></label>
<input id="step" type="range" min="0" max="${last}" value="${last}">
${turn && go(turn.step, `to where ${turn.text}`)}${go(first, 'to where two hold it', contested.length === 0)}
${go(last, 'to where it breaks')}</p>
<p id="line" class="card" aria-live="polite"></p>
<div class="wide"><table id="state"></table></div>
<h2>The story</h2>
<ol id="story">${lines}</ol>
</main><script type="application/json" id="run">${raw(data)}</script><script>${raw(SCRIPT)}</script>`,
  );
}

/** A line, with a way to what it tells. */
const linked = (line: string, place: SourcePlace | undefined): Content =>
  place === undefined ? line : tag`<a href="${place.url}" title="${place.text}">${line}</a>`;

/** Where the one that two hold came into the state in which they do: often the cause, far ahead of the harm. */
function turnBefore(lanes: readonly FilmLane[], at: number): { step: number; text: string } | undefined {
  const lane = lanes.find(({ contested }) => contested.some(({ from }) => from === at));
  const states = lane?.states.filter(({ from }) => from <= at) ?? [];
  const turn = states.findLast(({ text }, i) => i > 0 && plain(text) !== plain(states[i - 1]!.text));
  return turn && { step: turn.from, text: `${lane!.name} became ${plain(turn.text)}` };
}

const STYLE = `
#story { font: .85rem/1.5 ui-monospace, monospace; max-height: 24rem; overflow-y: auto; border: 1px solid var(--line);
  border-radius: 8px; }
#story li.now { background: var(--card); outline: 1px solid var(--blue); }
.slide { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.slide input { flex: 1 1 12rem; min-width: 12rem; } #line { font-family: ui-monospace, monospace; font-size: .9rem; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: .2rem .6rem; }
.film { display: flex; } .film > svg { flex: none; } .film > .wide { flex: 1; min-width: 0; cursor: crosshair; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; }
.legend i { display: inline-block; width: 1rem; height: .6rem; margin-right: .35rem; }
#state { table-layout: fixed; } #state td:first-child { width: 4rem; } svg text.small { font-size: 10px; }
`;

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
drawn.addEventListener('click', ({ clientX }) =>
  go(Math.floor((clientX - drawn.getBoundingClientRect().left - 2) / width)));
list.addEventListener('click', (event) => {
  const item = event.target.closest('li');
  if (item) go([...list.children].indexOf(item));
});
for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', (event) => { go(Number(event.target.dataset.step)); slider.focus(); });
show();
`;
