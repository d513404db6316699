import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { settled, sharedOf } from '../campaign/settings';
import { toJson, writeUp } from '../find/finding';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { film, spansOf } from '../tell/film';
import { noLoss, small, toy } from '../testing/counter';
import { html } from './html';
import { junit } from './junit';
import { annotations, markdown } from './markdown';
import { groupsOf, headline, type RunSummary, schemaText, summarySchema } from './summary';
import { tag } from './tag';

const project = { model: toy, claims: [small], known: [] };
const built = build(toy, findVariant(toy, 'plain'));
const broken = { property: small, cause: 'it is 3 or more' };
const real = writeUp(project, built, broken, { program: 2, tape: [0, 0, 0, 0, 1] }, { seed: '1', run: 7 }, 1000);

/** Whatever fields there are, and these as they are here. */
const finding = {
  ...toJson(real),
  property: 'S2',
  strength: 'harm',
  claim: 'no walk touches <frames> that have gone',
  sentence: 'M0 reads a frame & more',
  variant: 'H12',
  bucket: 'S2-01234567-89abcdef',
  cause: "it is nobody's",
  race: ['B copystack: memmove(new, old, used)', 'A traceStack: first frame'],
  known: null,
  resembles: null,
  besides: ['S1'],
  token: 'pr1:H12:x',
  file: 'findings/H12-S2.json',
  page: 'findings/H12-S2.html',
  run: 7,
  steps: 75,
};

const night: RunSummary = {
  format: 2,
  tool: 'parkranger',
  version: '0.1.0',
  commandLine: { replay: 'npm run -s replay --' },
  seed: 'nightly-2026-11-22',
  seedAlgorithm: 'alea',
  shard: { parts: [1], of: 1 },
  settings: sharedOf(settled({ mode: 'nightly', for: '20000x', seed: 'nightly-2026-11-22', variant: 'H12' })),
  variant: 'H12',
  variantSentence: 'the event comes after Gwaiting',
  isPlanted: false,
  base: 'plain',
  fingerprint: '01234567',
  commit: '0123456789ab',
  started: '2026-11-22T01:02:03.000Z',
  seconds: 3600,
  runs: 1000,
  steps: 2_000_000,
  stepsPerSecond: 5_000_000,
  stuck: 1,
  circling: 2,
  cutShort: 0,
  interrupted: false,
  goals: { met: ['ran:park'], unmet: ['ran:go'], areAsked: true },
  neverExercised: ['S20'],
  abstractStates: 123,
  newPerRun: { estimate: 0.25, low: 0.2, high: 0.3 },
  growth: [
    { runs: 100, states: 50 },
    { runs: 1000, states: 123 },
  ],
  strategies: { walk: { runs: 1000, steps: 2_000_000, states: 123, bugs: 2 } },
  counts: { 'S2-01234567': 3, 'S8-01234567': 4 },
  known: [{ id: 'L4', times: 4, sentence: 'it lets go too early' }],
  findings: [finding, { ...finding, property: 'S8', known: 'L4', bucket: 'S8-01234567', race: [], page: '' }],
  goalSentences: { 'ran:go': 'somebody does go and goes on' },
  properties: [
    { name: 'S2', sentence: finding.claim, strength: 'harm' },
    { name: 'S8', sentence: 'every event has a status before it', strength: 'order' },
    { name: 'S20', sentence: 'nobody is woken twice', strength: 'liveness' },
  ],
  replayed: { entries: 79, failing: ['corpus/H12-S2.json holds'] },
  restarts: ['batch 3 of seed "a" lost its thread (exit 1); another thread does it again'],
  unwritten: [],
  lost: [],
  canary: {
    variant: 'H12',
    found: true,
    runs: 1,
    sentence: 'planted bug H12 (the event comes late) found after 1 runs by S1',
  },
  calibration: [
    { variant: 'H13', sentence: 'late', runs: 12, found: true, property: 'S1', before: [10, null] },
    { variant: 'H14', sentence: 'later', runs: 500, found: false, property: null, before: [] },
  ],
  exitCode: 1,
};

const quiet: RunSummary = {
  ...night,
  findings: [],
  goals: { met: ['a'], unmet: [], areAsked: true },
  calibration: [],
  restarts: [],
  replayed: null,
  exitCode: 0,
};

describe('the summary', () => {
  it('has a schema, which is published as it is (else: npm run refresh)', () => {
    const published = fs.readFileSync(path.join(__dirname, 'summary.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(schemaText()));
    expect(summarySchema.parse(night)).toEqual(night);
    expect(summarySchema.safeParse({ ...night, extra: 1 }).success).toBe(false);
  });

  it('has a headline that says the worst first', () => {
    expect(headline(night)).toBe(
      '1 new finding, 1 goal unmet: ran:go, 1 of 2 planted bugs not found, 1 saved finding does not break as it did, ' +
        'trouble 1 time',
    );
    expect(headline(quiet)).toBe('Nothing new broke');
    const also = ['S1', 'S12', 'V1'].map((property) => ({
      ...finding,
      property,
      besides: property === 'S1' ? ['S12'] : [],
    }));
    const findings = [finding, ...also];
    expect(headline({ ...quiet, findings })).toBe('4 new findings, probably 2 bugs');
    expect(groupsOf(findings).map((group) => group.map(({ property }) => property))).toEqual([
      ['S2', 'S1', 'S12'],
      ['V1'],
    ]);
    expect(headline({ ...quiet, findings, isPlanted: true })).toBe('Planted bug H12: 4 findings, probably 2 bugs');
    expect(headline({ ...quiet, shard: { parts: [1, 3], of: 4 } })).toBe('Nothing new broke, only parts 1, 3 of 4');
    expect(headline({ ...quiet, canary: { ...night.canary!, found: false } })).toContain('THE CANARY LIVES');
  });
});

it('looks green where nothing is to be done, and not where a planted bug was not found', () => {
  expect(html(quiet, false)).toContain('<h1 class="green">');
  expect(html({ ...quiet, calibration: night.calibration }, false)).toContain('<h1 class="red">');
});

it('is told to people in Markdown', () => {
  expect(markdown(night)).toMatchSnapshot();
});

it('is told to a CI beside the run', () => {
  expect(annotations(night)).toEqual([
    '::error title=S2 (S2-01234567-89abcdef)::M0 reads a frame & more',
    '::warning title=goal not met::ran:go',
  ]);
  expect(annotations(quiet)).toEqual([]);
});

it('is told to a CI in JUnit, with a failure for everything new', () => {
  const xml = junit(night);
  expect(xml).toMatchSnapshot();
  expect(xml.match(/<testcase/g)).toHaveLength(Number(/tests="(\d+)"/.exec(xml)![1]));
  expect(xml.match(/<failure/g)).toHaveLength(Number(/failures="(\d+)"/.exec(xml)![1]));
});

it('escapes whatever is put between tags or into attributes, and no piece twice', () => {
  const piece = tag`<b title="${`<"&'>`}">${['<', 1, false, null, undefined, tag`<i>`]}</b>`;
  expect(tag`${piece}`.text).toBe('<b title="&lt;&quot;&amp;&#39;&gt;">&lt;1<i></b>');
});

it('is a page that needs nothing from anywhere else, and is escaped', () => {
  const page = html(night, true);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(page).toContain('no walk touches &lt;frames&gt; that have gone');
  expect(page).not.toContain('<frames>');
});

describe('a film', () => {
  it('joins what stands at several steps in a row', () => {
    expect(spansOf([['a'], ['a', 'b'], [], ['a']])).toEqual([
      { from: 0, to: 2, text: 'a' },
      { from: 1, to: 2, text: 'b' },
      { from: 3, to: 4, text: 'a' },
    ]);
  });

  it('has a frame for each step of the story', () => {
    const model = {
      ...toy,
      picture: (w: ReturnType<typeof toy.createWorld>) => [
        {
          name: 'counter',
          kind: 'counter',
          state: `is ${w.counter.value}`,
          tone: 'green' as const,
          bars: [],
          isContested: w.counter.value > 1,
        },
      ],
    };
    const built = build(model, findVariant(model, 'plain'));
    const recording = { variant: 'plain', bucket: 'noLoss-0', fingerprint: '', program: 1, tape: [] };
    const { story, lanes } = film(model, built, [noLoss], recording, 100);
    expect(lanes).toEqual([
      {
        name: 'counter',
        kind: 'counter',
        states: [
          { from: 0, to: 1, text: 'is 0', tone: 'green' },
          { from: 1, to: 3, text: 'is 1', tone: 'green' },
          { from: 3, to: 4, text: 'is 2', tone: 'green' },
        ],
        bars: [],
        contested: [{ from: 3, to: 4, text: 'contested' }],
      },
    ]);
    expect(story).toHaveLength(4);
  });
});
