import type { Finding } from '../campaign';
import type { Film, FilmLane } from '../picture';
import { escaped } from './junit';
import { page } from './style';

/**
 * A finding's page: the run as lanes over its steps, and a slider that goes through them. What the slider shows is put together
 * in the page, from the same spans that are drawn.
 */
export function findingPage<P>(
  { entry, token, known, resembles }: Finding<P>,
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
  const data = JSON.stringify({ story, lanes }).replace(/</g, '\\u003c');
  return page(
    `${escaped(property)}: ${escaped(claim)}`,
    `<style>${STYLE}</style>
<main><p><a href="../report.html">The report</a></p>
<h1>${escaped(property)}: ${escaped(claim)}</h1>
<p>${escaped(sentence)}.</p>
<p class="soft">${escaped(cause)}; on ${escaped(variant)}, bucket <code>${escaped(bucket)}</code>${what && `; ${escaped(what)}`}</p>
${race.length === 0 ? '' : `<pre aria-label="race">${escaped(race.join('\n'))}</pre>`}
<pre aria-label="replay">npm run -s replay -- ${escaped(token)}</pre>
<h2>The run</h2>
<p class="soft">A lane for each mover and each actor, coloured by what it is doing; below a lane, who holds it (thin), reads it or replaces it (thick).
A red frame: two hold it who must not. Arrow keys, Home and End move the slider; Page Up and Page Down go to the next change of mover.</p>
<div class="film">${names(lanes)}<div class="wide" id="scroller" tabindex="0" aria-label="the run, drawn">${drawing(lanes, story.length)}</div></div>
<p class="slide"><label for="step">Step <output id="number"></output></label>
<input id="step" type="range" min="0" max="${story.length - 1}" value="${story.length - 1}">
<button id="contested" ${contested.length === 0 ? 'hidden' : ''} data-step="${first}">to where two hold it</button></p>
<p id="line" class="card" aria-live="polite"></p>
<div class="wide"><table id="state"></table></div>
<h2>The story</h2>
<ol id="story">${story.map(({ mover, actor, routine, line }) => `<li><b>${escaped(mover)}</b> ${escaped(routine)}${actor && ` (${escaped(actor)})`}: ${escaped(line)}</li>`).join('')}</ol>
</main><script type="application/json" id="run">${data}</script><script>${SCRIPT}</script>`,
  );
}

const STYLE = `
.film { display: flex; } .film > svg { flex: none; } .film > .wide { flex: 1; min-width: 0; }
#story { font: .85rem/1.5 ui-monospace, monospace; max-height: 24rem; overflow-y: auto; } #story li.now { background: var(--card);
  outline: 1px solid var(--blue); } .slide { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.slide input { flex: 1 1 12rem; min-width: 12rem; } #line { font-family: ui-monospace, monospace; font-size: .9rem; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; }
`;

const STEP = 7;
/** Room for the names, which stay where they are. */
const NAMES = 44;
const LANE = 40;

/** By how often it comes to mind: what a lane is doing, as one of a few colours. */
const COLOURS = ['var(--blue)', 'var(--teal)', 'var(--amber)', 'var(--violet)', 'var(--green)', 'var(--soft)'];

function drawing(lanes: readonly FilmLane[], steps: number): string {
  const texts = [...new Set(lanes.flatMap((lane) => lane.states.map(({ text }) => `${lane.kind} ${text}`)))];
  const colourOf = (kind: string, text: string) => COLOURS[texts.indexOf(`${kind} ${text}`) % COLOURS.length]!;
  const width = steps * STEP + 8;
  const height = lanes.length * LANE + 8;
  const drawn = lanes.map((lane, at) => {
    const top = 6 + at * LANE;
    const x = (step: number) => 2 + step * STEP;
    const rect = (from: number, to: number, y: number, h: number, fill: string, title: string, extra = '') =>
      `<rect x="${x(from)}" y="${y}" width="${(to - from) * STEP}" height="${h}" fill="${fill}"${extra}><title>${escaped(title)}</title></rect>`;
    const states = lane.states.map(({ from, to, text }) => {
      const label =
        (to - from) * STEP > text.length * 7
          ? `<text x="${x(from) + 4}" y="${top + 12}" class="on">${escaped(text)}</text>`
          : '';
      return rect(from, to, top, 16, colourOf(lane.kind, text), text, ' opacity=".35"') + label;
    });
    const bars = lane.bars.map(({ kind, from, to, text }) =>
      kind === 'own'
        ? rect(from, to, top + 18, 3, 'var(--soft)', text)
        : rect(
            from,
            to,
            top + (kind === 'walk' ? 23 : 28),
            5,
            kind === 'walk' ? 'var(--violet)' : 'var(--amber)',
            text,
          ),
    );
    const frames = lane.contested.map(({ from, to }) =>
      rect(from, to, top - 3, LANE - 4, 'none', 'two hold it', ' stroke="var(--red)" stroke-width="2"'),
    );
    return [...states, ...bars, ...frames].join('');
  });
  return `<svg width="${width}" height="${height}" role="img" aria-label="${lanes.length} lanes over ${steps} steps">${drawn.join('')}<line id="cursor" y1="0" y2="${height}" stroke="var(--red)" stroke-width="1.5"/></svg>`;
}

function names(lanes: readonly FilmLane[]): string {
  const all = lanes.map(
    ({ name }, at) => `<text x="${NAMES - 6}" y="${18 + at * LANE}" text-anchor="end">${escaped(name)}</text>`,
  );
  return `<svg width="${NAMES}" height="${lanes.length * LANE + 8}" aria-hidden="true">${all.join('')}</svg>`;
}

/** Runs in the reader's browser. */
const SCRIPT = `
const { story, lanes } = JSON.parse(document.getElementById('run').textContent);
const byId = (id) => document.getElementById(id);
const [slider, cursor, scroller, list] = ['step', 'cursor', 'scroller', 'story'].map(byId);
const at = (spans, step) => spans.filter(({ from, to }) => from <= step && step < to).map(({ text }) => text).join(', ');
const cell = (row, text) => { row.insertCell().textContent = text; };
function show() {
  const step = Number(slider.value);
  const { mover, actor, routine, line } = story[step];
  byId('number').textContent = (step + 1) + ' of ' + story.length;
  byId('line').textContent = mover + (actor && ' (' + actor + ')') + '  ' + routine + ': ' + line;
  slider.setAttribute('aria-valuetext', byId('line').textContent);
  const x = 2 + (step + 1) * ${STEP};
  cursor.setAttribute('x1', x); cursor.setAttribute('x2', x);
  scroller.scrollLeft = x - scroller.clientWidth / 2;
  const table = byId('state');
  table.textContent = '';
  for (const lane of lanes) {
    const state = at(lane.states, step);
    if (state === '') continue;
    const row = table.insertRow();
    cell(row, lane.name); cell(row, state); cell(row, at(lane.bars, step));
    if (at(lane.contested, step) !== '') row.className = 'red';
  }
  list.querySelector('.now')?.classList.remove('now');
  const now = list.children[step];
  now.classList.add('now');
  list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
}
function go(step) { slider.value = step; show(); }
slider.addEventListener('input', show);
slider.addEventListener('keydown', (event) => {
  const way = { PageUp: -1, PageDown: 1 }[event.key];
  if (way === undefined) return;
  event.preventDefault();
  let step = Number(slider.value) + way;
  while (story[step + way] && story[step].mover === story[step + way].mover) step += way;
  go(Math.max(0, Math.min(story.length - 1, step)));
});
list.addEventListener('click', (event) => {
  const item = event.target.closest('li');
  if (item) go([...list.children].indexOf(item));
});
byId('contested').addEventListener('click', (event) => { go(Number(event.target.dataset.step)); slider.focus(); });
show();
`;
