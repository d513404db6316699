import { count, duration, millions, oneRunIn, percent, shellWord } from '../base/format';
import { LEARNERS } from '../campaign/learner';
import { bugOf } from '../tell/bucket';
import { page } from './style';
import { groupsOf, headline, type RunSummary } from './summary';
import { type Content, type Markup, tag } from './tag';

/** `report.html`: what a night came to, the worst first, on one page without network. */
export function html(summary: RunSummary, hasEvents: boolean): string {
  const { tool, variant, variantSentence, started, version, fingerprint, isPlanted, base, commit } = summary;
  const title = headline(summary);
  // A night that has not found all that it planted is not red, and no reason to be reassured.
  const isBad = summary.exitCode !== 0 || summary.calibration.some(({ found }) => !found);
  const when = `${started.slice(0, 16).replace('T', ' ')} UTC, ${duration(summary.seconds)}`;
  const events = hasEvents && tag`<a href="events.jsonl">events.jsonl</a>, `;
  return page(
    `${tool}: ${title}`,
    tag`<main><h1 class="${isBad ? 'red' : 'green'}">${title}</h1>
<p class="soft">${isPlanted && `${base} with a planted bug, `}${variant}: ${variantSentence}.
Seed <code>${summary.seed}</code> (${summary.seedAlgorithm}), ${when}</p>
${tiles(summary)}
${findings(summary)}
${goals(summary)}
${growth(summary)}
${calibration(summary)}
${known(summary)}
${strategies(summary)}
${notes(summary)}
<p class="soft">${tool} ${version}, model ${fingerprint}${commit !== null && `, commit ${commit}`}. The same for
machines: <a href="summary.json">summary.json</a>, ${events}<a href="junit.xml">junit.xml</a>.</p></main>`,
  );
}

function tiles(summary: RunSummary): Markup {
  const { runs, steps, goals, abstractStates, newPerRun, calibration, stuck, circling, canary, properties } = summary;
  const waits = properties.filter(({ strength }) => strength === 'liveness').map(({ name }) => name);
  const which = waits.length > 0 && ` (${waits.join(', ')} say which)`;
  const all: (readonly [figure: string, what: Content])[] = [
    [count(runs), `runs of ${count(steps)} steps, ${millions(summary.stepsPerSecond)} million a second`],
    goals.areAsked
      ? [`${goals.met.length} of ${goals.met.length + goals.unmet.length}`, 'goals met']
      : [`${goals.met.length}`, 'goals met, and none asked of a planted bug'],
    [count(abstractStates), `abstract states; another is seen by ${oneRunIn(newPerRun)}`],
    [count(stuck + circling), ['runs in which somebody waits for ever', which]],
    [count(summary.cutShort), 'runs cut short'],
  ];
  if (canary?.found === true) all.push([count(canary.runs), 'runs, and the canary (a planted bug) was found']);
  if (canary?.found === false) all.push(['ALIVE', 'canary']);
  if (calibration.length === 0) all.push(['not looked for', 'planted bugs (--mode nightly does)']);
  else {
    const caught = calibration.filter(({ found }) => found).length;
    all.push([`${caught} of ${calibration.length}`, 'planted bugs found']);
  }
  const each = all.map(([figure, what]) => tag`<div class="tile"><b>${figure}</b><span>${what}</span></div>`);
  return tag`<div class="tiles">${each}</div>`;
}

function findings(summary: RunSummary): Markup {
  const { findings: all, isPlanted, variant, base, commit } = summary;
  const fresh = all.filter((it) => it.known === null);
  if (fresh.length === 0) return tag`<h2>New findings</h2><p>None. What broke is known.</p>`;
  const groups = groupsOf(fresh);
  const cards = fresh.map((it) => card(it, groups.find((group) => group.includes(it))!, summary));
  const what = isPlanted
    ? `What ${variant} breaks that ${base} does not break by itself: it is planted, so that this is as it should be.`
    : 'New: not in corpus/known.json.';
  return tag`<h2>New findings</h2>
<p class="soft">${what} Harm first, then waits for ever, then a record that tells it wrong, then broken rules. Replay
in a checkout of ${commit ?? 'this version'}; it tells the story and exits with 1.</p>${cards}`;
}

type Found = RunSummary['findings'][number];

function card(it: Found, group: readonly Found[], { counts, runs, commandLine }: RunSummary): Markup {
  const others = group.filter((other) => other !== it).map(({ property }) => property);
  const times = counts[bugOf(it.bucket) ?? ''] ?? 0;
  const same = `Probably the same bug as ${others.join(', ')}: the story of one breaks the other.`;
  const like = it.resembles !== null && `; resembles ${it.resembles}, which races otherwise`;
  return tag`<section class="card"><h3><a href="${encodeURI(it.page)}">${it.sentence}</a></h3>
<p>Breaks ${it.property} (${it.strength}): ${it.claim}. Hit in ${count(times)} of ${count(runs)} runs, first in run
${count(it.run)}.</p>
${others.length > 0 && tag`<p>${same}</p>`}
<p class="soft">Cause: ${it.cause}. ${count(it.steps)} steps; bucket <code>${it.bucket}</code>${like}</p>
${raceText(it.race)}
<pre aria-label="replay">${commandLine.replay} ${shellWord(it.token)}</pre></section>`;
}

/** The lines that conflict; of a single one there is nobody to race with. */
export const raceText = (race: readonly string[]): Content =>
  race.length > 0 &&
  tag`<p class="soft">${race.length === 1 ? 'Where it breaks:' : 'The race (A breaks it):'}</p>
<pre aria-label="race">${race.join('\n')}</pre>`;

function calibration({ calibration: all, canary }: RunSummary): Content {
  if (all.length === 0) return canary?.found === false && tag`<p class="red">${canary.sentence}</p>`;
  const hasTrend = all.some(({ before }) => before.length > 0);
  const rows = all.map(({ variant, sentence, found, property, runs, before }) => {
    const by = found ? property : tag`<b class="red">not found</b>`;
    const nights = hasTrend && tag`<td>${trend([...before, found ? runs : null])}</td>`;
    return tag`<tr><td>${variant}</td><td>${by}</td><td class="number">${found ? '' : '> '}${count(runs)}</td>
${nights}<td>${sentence}</td></tr>`;
  });
  const since = hasTrend && ', tonight (last) and in earlier nights';
  return tag`<h2>Planted bugs</h2>
<p class="soft">What the net must catch: who found it, and after how many runs${since}.</p>${verdict(all)}
<div class="wide"><table><tr><th>bug</th><th>found by</th><th class="number">runs</th>
${hasTrend && tag`<th>trend</th>`}<th>what it is</th></tr>${rows}</table></div>`;
}

/** What to make of planted bugs that were not found. */
function verdict(all: RunSummary['calibration']): Markup {
  const lost = all.filter(({ found }) => !found);
  if (lost.length === 0) return tag`<p>The net has its mesh: every one was found.</p>`;
  const before = lost.filter((it) => it.before.some((runs) => runs !== null)).map(({ variant }) => variant);
  const seen =
    before.length === 0
      ? 'No earlier night is known to have found one of them'
      : `Earlier nights have found ${before.join(', ')}`;
  return tag`<p class="red">${lost.length} of ${all.length} were not found in the runs that they had. Of bugs like
those, tonight’s silence says nothing. ${seen}. More time (--for) tells a rare bug from a hole in the net.</p>`;
}

/** Bars on a logarithmic scale, a red one where it was not found. */
function trend(runs: readonly (number | null)[]): Markup {
  const WIDTH = 8;
  const HEIGHT = 20;
  const bars = runs.map((it, i) => {
    const height = it === null ? HEIGHT : Math.min(HEIGHT, 2 + 3.5 * Math.log10(Math.max(1, it)));
    const [y, high] = [HEIGHT - height, height].map((value) => value.toFixed(1));
    const colour = it === null ? 'var(--red)' : 'var(--blue)';
    return tag`<rect x="${i * WIDTH}" y="${y}" width="${WIDTH - 2}" height="${high}" fill="${colour}"/>`;
  });
  const label = runs.map((it) => it ?? 'not found').join(', ');
  return tag`<svg width="${runs.length * WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}">${bars}</svg>`;
}

function goals({ goals: { met, unmet, areAsked }, neverExercised, goalSentences, newPerRun }: RunSummary): Markup {
  const missed = unmet.map((name) => `${name} (${goalSentences[name] ?? ''})`).join('; ');
  const idle = `Never exercised, so that their silence means nothing: ${neverExercised.join(', ')}`;
  const isGood = areAsked && unmet.length === 0 && neverExercised.length === 0;
  return tag`<h2>What was covered</h2>
${unmet.length > 0 && tag`<p class="red">Not met: ${missed}</p>`}
${neverExercised.length > 0 && tag`<p class="red">${idle}</p>`}
${isGood && tag`<p>Every goal was met, every property exercised.</p>`}
${newPerRun.low > 0.001 && tag`<p>It is not exhausted: new abstract states still turn up.</p>`}
<p class="soft">Met: ${met.join(', ') || 'none'}</p>`;
}

function known({ known: bugs }: RunSummary): Content {
  const rows = bugs.map(
    ({ id, times, sentence }) =>
      tag`<tr><td>${id}</td><td class="number">${count(times)}</td><td>${sentence}</td></tr>`,
  );
  return (
    rows.length > 0 &&
    tag`<h2>Known bugs</h2><p class="soft">What corpus/known.json holds against this version of the system, and how
often it was hit. Each has its story in corpus/stories.</p>
<div class="wide"><table><tr><th>id</th><th class="number">times</th><th>what it is</th></tr>${rows}</table></div>`
  );
}

function growth({ growth: points, runs, abstractStates }: RunSummary): Content {
  if (points.length < 2) return '';
  const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 180, 48, 24];
  const x = (at: number) => LEFT + ((WIDTH - LEFT - 8) * at) / runs;
  const y = (at: number) => 8 + (HEIGHT - BOTTOM - 8) * (1 - at / Math.max(1, abstractStates));
  const steps = points.map((it, i) => `${i === 0 ? 'M' : 'L'}${x(it.runs).toFixed(1)} ${y(it.states).toFixed(1)}`);
  const label = `${count(abstractStates)} abstract states after ${count(runs)} runs`;
  const low = HEIGHT - BOTTOM;
  return tag`<h3>Abstract states over runs</h3>
<p class="soft"> A line that still climbs says that more time would show more.</p>
<div class="wide"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" style="width:100%;max-width:${WIDTH}px" role="img"
aria-label="${label}">
<path d="M${LEFT} 8V${low}H${WIDTH - 8}" fill="none" stroke="var(--line)"/>
<path d="${steps.join('')}" fill="none" stroke="var(--blue)" stroke-width="2"/>
<text x="${LEFT - 6}" y="16" text-anchor="end">${count(abstractStates)}</text>
<text x="${LEFT - 6}" y="${low}" text-anchor="end">0</text>
<text x="${WIDTH - 8}" y="${HEIGHT - 6}" text-anchor="end">${count(runs)} runs</text></svg></div>`;
}

function strategies({ strategies: all, steps }: RunSummary): Markup {
  const rows = Object.entries(all).map(([name, earned]) => {
    const pace = earned.steps === 0 ? '' : ((1e6 * earned.states) / earned.steps).toFixed(1);
    const figures = [percent(earned.steps / Math.max(1, steps)), count(earned.states), count(earned.bugs), pace];
    return tag`<tr><td>${name}</td>${figures.map((it) => tag`<td class="number">${it}</td>`)}</tr>`;
  });
  const heads = ['share of steps', 'new states', 'first hits', 'states per million steps'];
  return tag`<h2>Strategies</h2>
<p class="soft">New states and first hits are new to the learner that had the batch; a campaign has ${LEARNERS}, so that
they add up to more than there are.</p>
<div class="wide"><table><tr><th>strategy</th>${heads.map((it) => tag`<th class="number">${it}</th>`)}</tr>
${rows}</table></div>`;
}

function notes({ restarts, unwritten, replayed, lost }: RunSummary): Markup {
  const all = [...(replayed?.failing ?? []), ...lost, ...restarts, ...unwritten];
  const isGood = replayed !== null && replayed.failing.length === 0;
  const good = isGood && `${count(replayed.entries)} saved findings were replayed first, and break as they did.`;
  return tag`${good && tag`<p class="soft">${good}</p>`}
${all.length > 0 && tag`<h2>Trouble</h2><ul>${all.map((it) => tag`<li>${it}</li>`)}</ul>`}`;
}
