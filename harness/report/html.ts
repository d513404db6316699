import { LEARNERS } from '../campaign/learner';
import { bugOf } from '../tell/bucket';
import { escaped } from './junit';
import { page } from './style';
import { groupsOf, headline, type RunSummary } from './summary';

/** `report.html`: what a night came to, the worst first, on one page without network. */
export function html(summary: RunSummary, hasEvents: boolean): string {
  const { seed, seedAlgorithm, variant, started, version, fingerprint, seconds, isPlanted, commit } = summary;
  const title = headline(summary);
  // A night that has not found all that it planted is not red, and no reason to be reassured.
  const isBad = summary.exitCode !== 0 || summary.calibration.some(({ found }) => !found);
  return page(
    `parkranger: ${escaped(title)}`,
    [
      `<main><h1 class="${isBad ? 'red' : 'green'}">${escaped(title)}</h1>`,
      `<p class="soft">${isPlanted ? 'The commit with a planted bug, ' : ''}${escaped(variant)}: ${escaped(summary.variantSentence)}. Seed <code>${escaped(seed)}</code> (${escaped(seedAlgorithm)}), ${escaped(started.slice(0, 16).replace('T', ' '))} UTC, ${duration(seconds)}</p>`,
      tiles(summary),
      findings(summary),
      goals(summary),
      growth(summary),
      calibration(summary),
      known(summary),
      strategies(summary),
      notes(summary),
      `<p class="soft">parkranger ${escaped(version)}, model ${escaped(fingerprint)}${commit === null ? '' : `, commit ${escaped(commit)}`}. The same for machines: <a href="summary.json">summary.json</a>, ${hasEvents ? '<a href="events.jsonl">events.jsonl</a>, ' : ''}<a href="junit.xml">junit.xml</a>.</p></main>`,
    ].join('\n'),
  );
}

const count = (n: number): string => n.toLocaleString('en-US');

const percent = (part: number): string => `${(100 * part).toFixed(part > 0.995 || part < 0.005 ? 1 : 0)} %`;

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function tiles({
  runs,
  steps,
  stepsPerSecond,
  goals,
  abstractStates,
  chanceOfNew,
  calibration,
  stuck,
  circling,
  cutShort,
  canary,
}: RunSummary) {
  const all = [
    [count(runs), `runs of ${count(steps)} steps, ${(stepsPerSecond / 1e6).toFixed(1)} million a second`],
    [`${goals.met.length} of ${goals.met.length + goals.unmet.length}`, 'goals met'],
    [count(abstractStates), `abstract states; chance of another in 1,000 runs: ${percent(chanceOfNew)}`],
    [count(stuck + circling), 'runs in which somebody waits for ever (V1 to V8 say which)'],
    [count(cutShort), 'runs cut short'],
    ...(canary === null
      ? []
      : [
          [
            canary.found ? count(canary.runs) : 'ALIVE',
            canary.found ? 'runs, and the canary (a planted bug) was found' : 'canary',
          ],
        ]),
    calibration.length === 0
      ? ['not looked for', 'planted bugs (--mode nightly does)']
      : [`${calibration.filter(({ found }) => found).length} of ${calibration.length}`, 'planted bugs found'],
  ];
  return `<div class="tiles">${all.map(([figure, what]) => `<div class="tile"><b>${figure}</b><span>${what}</span></div>`).join('')}</div>`;
}

function findings({ findings: all, counts, runs, isPlanted, variant, commit }: RunSummary): string {
  const fresh = all.filter(({ known }) => known === null);
  if (fresh.length === 0) return '<h2>New findings</h2><p>None. What broke is known.</p>';
  const groups = groupsOf(fresh);
  const cards = fresh.map((it) => {
    const others = groups.find((group) => group.includes(it))!.filter((other) => other !== it);
    const times = counts[bugOf(it.bucket) ?? ''] ?? 0;
    const parts = [
      `<h3><a href="${escaped(encodeURI(it.page))}">${escaped(it.sentence)}</a></h3>`,
      `<p>Breaks ${escaped(it.property)} (${escaped(it.strength)}): ${escaped(it.claim)}. Hit in ${count(times)} of ${count(runs)} runs, first in run ${count(it.run)}.</p>`,
      ...(others.length === 0
        ? []
        : [
            `<p>Probably the same bug as ${others.map(({ property }) => escaped(property)).join(', ')}: the story of one breaks the other.</p>`,
          ]),
      `<p class="soft">Cause: ${escaped(it.cause)}. ${count(it.steps)} micro-steps; bucket <code>${escaped(it.bucket)}</code>${it.resembles === null ? '' : `; resembles ${escaped(it.resembles)}, which races otherwise`}</p>`,
      raceText(it.race),
      `<pre aria-label="replay">npm run -s replay -- ${escaped(it.token)}</pre>`,
    ];
    return `<section class="card">${parts.join('\n')}</section>`;
  });
  const what = isPlanted
    ? `What ${escaped(variant)} breaks that the commit does not break by itself: it is planted, so that this is as it should be.`
    : 'New: not in corpus/known.json.';
  return `<h2>New findings</h2><p class="soft">${what} Harm first, then waits for ever, then a record that tells it wrong, then broken rules. Replay in a checkout of ${commit === null ? 'this version' : escaped(commit)}; it tells the story and exits with 1.</p>${cards.join('\n')}`;
}

/** The lines that conflict; of a single one there is nobody to race with. */
export const raceText = (race: readonly string[]): string =>
  race.length === 0
    ? ''
    : `<p class="soft">${race.length === 1 ? 'Where it breaks:' : 'The race (A breaks it):'}</p><pre aria-label="race">${escaped(race.join('\n'))}</pre>`;

function calibration({ calibration: all, canary }: RunSummary): string {
  if (all.length === 0) return canary === null || canary.found ? '' : `<p class="red">${escaped(canary.sentence)}</p>`;
  const hasTrend = all.some(({ before }) => before.length > 0);
  const rows = all.map(
    ({ variant, sentence, found, property, runs, before }) =>
      `<tr><td>${escaped(variant)}</td><td>${found ? escaped(property ?? '') : '<b class="red">not found</b>'}</td><td class="number">${found ? '' : '> '}${count(runs)}</td>${hasTrend ? `<td>${trend([...before, found ? runs : null])}</td>` : ''}<td>${escaped(sentence)}</td></tr>`,
  );
  return `<h2>Planted bugs</h2><p class="soft">What the net must catch: who found it, and after how many runs${hasTrend ? ', tonight (last) and in earlier nights' : ''}.</p>${verdict(all)}
<div class="wide"><table><tr><th>bug</th><th>found by</th><th class="number">runs</th>${hasTrend ? '<th>trend</th>' : ''}<th>what it is</th></tr>${rows.join('')}</table></div>`;
}

/** What to make of planted bugs that were not found. */
function verdict(all: RunSummary['calibration']): string {
  const lost = all.filter(({ found }) => !found);
  if (lost.length === 0) return '<p>The net has its mesh: every one was found.</p>';
  const before = lost
    .filter(({ before: nights }) => nights.some((it) => it !== null))
    .map(({ variant }) => escaped(variant));
  const seen =
    before.length === 0
      ? 'No earlier night is known to have found one of them'
      : `Earlier nights have found ${before.join(', ')}`;
  return `<p class="red">${lost.length} of ${all.length} were not found in the runs that they had. Of bugs like those, tonight’s silence says nothing. ${seen}. More time (--for) tells a rare bug from a hole in the net.</p>`;
}

/** Bars on a logarithmic scale, a red one where it was not found. */
function trend(runs: readonly (number | null)[]): string {
  const WIDTH = 8;
  const HEIGHT = 20;
  const bars = runs.map((it, i) => {
    const height = it === null ? HEIGHT : Math.min(HEIGHT, 2 + 3.5 * Math.log10(Math.max(1, it)));
    const colour = it === null ? 'var(--red)' : 'var(--blue)';
    return `<rect x="${i * WIDTH}" y="${(HEIGHT - height).toFixed(1)}" width="${WIDTH - 2}" height="${height.toFixed(1)}" fill="${colour}"/>`;
  });
  const label = runs.map((it) => it ?? 'not found').join(', ');
  return `<svg width="${runs.length * WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}">${bars.join('')}</svg>`;
}

function goals({ goals: { met, unmet }, neverExercised, goalSentences, chanceOfNew }: RunSummary): string {
  const bad = [
    ...(unmet.length === 0
      ? []
      : [
          `<p class="red">Not met: ${unmet.map((name) => `${escaped(name)} (${escaped(goalSentences[name] ?? '')})`).join('; ')}</p>`,
        ]),
    ...(neverExercised.length === 0
      ? []
      : [
          `<p class="red">Never exercised, so that their silence means nothing: ${neverExercised.map(escaped).join(', ')}</p>`,
        ]),
  ];
  const isOpen = chanceOfNew > 0.5 ? '<p>It is not exhausted: new abstract states still turn up.</p>' : '';
  return `<h2>What was covered</h2>${bad.join('') || '<p>Every goal was met, every property exercised.</p>'}${isOpen}<p class="soft">Met: ${met.map(escaped).join(', ') || 'none'}</p>`;
}

function known({ known: bugs }: RunSummary): string {
  if (bugs.length === 0) return '';
  const rows = bugs.map(
    ({ id, times, sentence }) =>
      `<tr><td>${escaped(id)}</td><td class="number">${count(times)}</td><td>${escaped(sentence)}</td></tr>`,
  );
  return `<h2>Known bugs</h2><p class="soft">What corpus/known.json holds against this version of the system, and how often it was hit. Each has its story in corpus/stories.</p><div class="wide"><table><tr><th>id</th><th class="number">times</th><th>what it is</th></tr>${rows.join('')}</table></div>`;
}

function growth({ growth: points, runs, abstractStates }: RunSummary): string {
  if (points.length < 2) return '';
  const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 180, 48, 24];
  const x = (at: number) => LEFT + ((WIDTH - LEFT - 8) * at) / runs;
  const y = (at: number) => 8 + (HEIGHT - BOTTOM - 8) * (1 - at / Math.max(1, abstractStates));
  const line = points
    .map((it, i) => `${i === 0 ? 'M' : 'L'}${x(it.runs).toFixed(1)} ${y(it.states).toFixed(1)}`)
    .join('');
  return `<h3>Abstract states over runs</h3><p class="soft"> A line that still climbs says that more time would show more.</p>
<div class="wide"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" style="width:100%;max-width:${WIDTH}px" role="img" aria-label="${count(abstractStates)} abstract states after ${count(runs)} runs">
<path d="M${LEFT} 8V${HEIGHT - BOTTOM}H${WIDTH - 8}" fill="none" stroke="var(--line)"/>
<path d="${line}" fill="none" stroke="var(--blue)" stroke-width="2"/>
<text x="${LEFT - 6}" y="16" text-anchor="end">${count(abstractStates)}</text><text x="${LEFT - 6}" y="${HEIGHT - BOTTOM}" text-anchor="end">0</text>
<text x="${WIDTH - 8}" y="${HEIGHT - 6}" text-anchor="end">${count(runs)} runs</text></svg></div>`;
}

function strategies({ strategies: all, steps }: RunSummary): string {
  const rows = Object.entries(all).map(
    ([name, earned]) =>
      `<tr><td>${escaped(name)}</td><td class="number">${percent(earned.steps / Math.max(1, steps))}</td><td class="number">${count(earned.states)}</td><td class="number">${count(earned.bugs)}</td><td class="number">${earned.steps === 0 ? '' : ((1e6 * earned.states) / earned.steps).toFixed(1)}</td></tr>`,
  );
  return `<h2>Strategies</h2><p class="soft">New states and first hits are new to the learner that had the batch; a campaign has ${LEARNERS}, so that they add up to more than there are.</p><div class="wide"><table><tr><th>strategy</th><th class="number">share of steps</th><th class="number">new states</th><th class="number">first hits</th><th class="number">states per million steps</th></tr>${rows.join('')}</table></div>`;
}

function notes({ restarts, unwritten, replayed }: RunSummary): string {
  const all = [...(replayed?.failing ?? []), ...restarts, ...unwritten];
  const good =
    replayed === null || replayed.failing.length > 0
      ? ''
      : `<p class="soft">${count(replayed.entries)} saved findings were replayed first, and break as they did.</p>`;
  return all.length === 0
    ? good
    : `${good}<h2>Trouble</h2><ul>${all.map((it) => `<li>${escaped(it)}</li>`).join('')}</ul>`;
}
