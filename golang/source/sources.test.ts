import { describe, expect, it } from 'vitest';
import { isLike } from '../../harness/base/pick';
import { type Edit, moveAfter, replace, without } from '../../harness/language';
import { project } from '../../main';
import type { Runtime } from '../../models/runtime';
import { line } from '../../models/words';
import { anchors } from './anchors';
import { type Digest, digested, digestOf } from './digest';
import { compare, drift, isUnknown, presetFor } from './drift';
import type { GoFunction, Statement } from './go';
import { leftOut } from './leftout';
import { placesOf } from './links';
import { newsIn } from './news';
import { presets, resolvePreset, routinesOf, silent, silentIn } from './presets';
import { type Resolved, resolve } from './resolve';
import { releases, releasesOf } from './versions';

const { model } = project;
const digest = (name: string): Digest => digestOf(name)!;

describe.each(presets)('%s, line by line', (preset) => {
  const scopes = resolvePreset(model, preset);

  it('has a statement of Go for each line, or a reason (else: sources show, golang/source/anchors)', () => {
    const faults = scopes.flatMap(({ scope, lines }) =>
      lines.flatMap(({ item, fault }) => (fault === undefined ? [] : [`${scope.name}: "${item.key}": ${fault}`])),
    );
    expect(faults).toEqual([]);
    expect(scopes.flatMap(({ lines }) => lines).length).toBeGreaterThan(1000);
  });

  it("has them in Go's order, or says why not", () => {
    expect(scopes.flatMap(({ scope, disorder }) => disorder.map((text) => `${scope.name}: ${text}`))).toEqual([]);
  });

  it('is silent about no statement on shared state (else: a line, or a reason in leftout.ts)', () => {
    expect(silentIn(model, preset)).toEqual([]);
  });

  it('has no routine that nobody calls', () => {
    const routines = routinesOf(model, preset);
    const text = JSON.stringify(routines, (_, value) => (typeof value === 'function' ? undefined : value));
    const called = new Set(
      [...text.matchAll(/"calls":\[([^\]]*)\]/g)].flatMap(([, names]): string[] => JSON.parse(`[${names}]`)),
    );
    // Where strands begin.
    const roots = ['bgsweep', 'gcBgMarkWorker', 'goroutine', 'sysmon'];
    expect(routines.map(({ name }) => name).filter((it) => !called.has(it) && !roots.includes(it))).toEqual([]);
  });
});

it('the files that routines name are those of a release that they retell', () => {
  const routines = routinesOf(model, 'commit').filter(({ source }) => source.startsWith('runtime/'));
  const wrong = routines.flatMap(({ name, source }) => {
    const files = resolvePreset(model, 'commit')
      .filter(({ scope }) => scope.name === name)
      .flatMap(({ functions }) => functions.map((it) => it.replace(/\{.*/, '')))
      .flatMap((fn) => releasesOf.commit!.map((release) => digest(release).functions.get(fn)?.file));
    return files.length === 0 || files.includes(source) ? [] : [`${name} names ${source}, and is in ${files[0]}`];
  });
  expect(wrong).toEqual([]);
});

describe('what is written down', () => {
  it('is all used: a line that is gone takes its anchor along', () => {
    const items = new Map<string, { key: string; text: string }[]>();
    for (const preset of presets)
      for (const { scope, lines } of resolvePreset(model, preset))
        items.set(scope.name, [...(items.get(scope.name) ?? []), ...lines.map(({ item }) => item)]);
    const unused = Object.entries(anchors).flatMap(([name, { at = {} }]) =>
      Object.keys(at)
        .filter((key) => !items.get(name)?.some((it) => key === it.key || key === it.text || isLike(key, it.text)))
        .map((key) => `${name}: ${key}`),
    );
    expect(unused).toEqual([]);
  });

  it('leaves out what there is, in some release', () => {
    const idle = leftOut.filter(([fn, pattern]) =>
      releases.every(
        (it) =>
          !digest(it)
            .functions.get(fn)
            ?.statements.some(({ text }) => isLike(pattern, text)),
      ),
    );
    expect(idle).toEqual([]);
  });

  it('has a digest of every release', () => {
    expect(digested()).toEqual(expect.arrayContaining([...releases]));
    expect(presets.flatMap((it) => releasesOf[it]!).every((it) => releases.includes(it as 'go1.26.8'))).toBe(true);
  });
});

describe('a planted fault', () => {
  const planted = (edit: Edit<Runtime>) =>
    resolve(
      routinesOf(model, 'go1.26').map((it) => (it.name === edit.routine ? edit.apply(it) : it)),
      [digest('go1.26.8')],
    );
  const scope = (resolved: readonly Resolved[], name: string) => resolved.find((it) => it.scope.name === name)!;

  it('in the text of a line is told', () => {
    const { lines } = scope(planted(replace<Runtime>('park_m', 'dropg', line('drop the goroutine'))), 'park_m');
    expect(lines.flatMap(({ item, fault }) => (fault === undefined ? [] : [item.key]))).toEqual(['drop the goroutine']);
  });

  it('in the order of lines is told', () => {
    const found = scope(planted(moveAfter<Runtime>('goyield_m', 'traceAcquire', 'traceRelease')), 'goyield_m');
    const faults = found.lines.filter(({ fault }) => fault !== undefined).map(({ item }) => item.key);
    expect([...faults, ...found.disorder]).not.toEqual([]);
  });

  it('that leaves a statement out is told', () => {
    const resolved = planted(without<Runtime>('park_m', 'dropg'));
    expect(silent(resolved, digest('go1.26.8'), 'go1.26')).toEqual(['park_m:4280: dropg()']);
  });
});

/** A release in which one function is another one. */
function changed(release: string, name: string, change: (statements: Statement[]) => Statement[]): Digest {
  const it = digest(release);
  const fn = it.functions.get(name)!;
  const to: GoFunction = { ...fn, statements: change([...fn.statements]) };
  return { ...it, name: 'changed', functions: new Map([...it.functions, [name, to]]) };
}

describe('drift', () => {
  const beside = (after: Digest) => compare(model, digest('go1.26.8'), after, 'go1.26');

  it('shows the leak profile between 1.26.8 and 1.27.3', () => {
    const found = drift(model, 'go1.26.8', 'go1.27.3');
    expect(found.newcomers.map(({ name }) => name)).toContain('findGoroutineLeaks');
    expect(isUnknown(found)).toBe(true);
    expect(found.functions.map(({ name }) => name)).toMatchSnapshot();
  });

  it('shows between 1.24.4 and 1.24.13 that who stops the world lends itself, and who says so', () => {
    const found = drift(model, 'go1.24.4', 'go1.24.13');
    const stop = found.functions.find(({ name }) => name === 'stopTheWorld')!;
    expect(stop.changes.filter((it) => it.isUnknown).map(({ text, lines }) => [text, lines])).toEqual([
      [
        'casGToWaitingForGC(gp, _Grunning, waitReasonStoppingTheWorld)',
        ['stopTheWorld.func1: casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'],
      ],
      ['casgstatus(gp, _Gwaiting, _Grunning)', ['stopTheWorld.func1: casgstatus(curg, Gwaiting, Grunning)']],
    ]);
  });

  it('is silent where nothing changed', () => {
    const found = beside({ ...digest('go1.26.8'), name: 'again' });
    expect({ ...found, same: 0 }).toMatchObject({ functions: [], disorder: [], newcomers: [] });
    expect(isUnknown(found)).toBe(false);
  });

  it('tells two statements of park_m that were swapped, and their lines', () => {
    const found = beside(
      changed('go1.26.8', 'park_m', (all) => {
        const at = (text: string) => all.findIndex((it) => it.text === text);
        const [a, b] = [at('casgstatus(gp, _Grunning, _Gwaiting)'), at('dropg()')];
        return all.with(a, { ...all[b]!, line: all[a]!.line }).with(b, { ...all[a]!, line: all[b]!.line });
      }),
    );
    expect(isUnknown(found)).toBe(true);
    const lines = found.functions.flatMap(({ changes }) => changes.flatMap((it) => it.lines));
    expect([...lines, ...found.disorder].join()).toContain('park_m: dropg');
  });

  it('tells a transition that is new in a modelled function, and one elsewhere', () => {
    const more = (all: Statement[]) => [
      ...all,
      { ...all[0]!, text: 'casgstatus(gp, _Gwaiting, _Grunnable)', line: 9999 },
    ];
    const found = beside(changed('go1.26.8', 'goyield_m', more));
    const news = found.functions.flatMap(({ changes }) => changes.filter((it) => it.isUnknown));
    expect(news.map(({ sign, text }) => `${sign} ${text}`)).toEqual(['+ casgstatus(gp, _Gwaiting, _Grunnable)']);
    const before = digest('go1.26.8');
    const stranger = { ...before.functions.get('goyield_m')!, name: 'stranger', statements: more([]) };
    const elsewhere = beside({
      ...before,
      name: 'more',
      outside: new Map([...before.outside, ['stranger', stranger]]),
    });
    expect(elsewhere.newcomers).toMatchObject([{ name: 'stranger', touches: [{ what: 'status' }] }]);
    expect(isUnknown(elsewhere)).toBe(true);
  });

  it('reads each release beside the preset that retells it, or the last one before', () => {
    expect(['go1.22.0', 'go1.23.5', '1.24.4', 'go1.24.13', 'go1.25.12', 'go1.27.3', '/a/tree'].map(presetFor)).toEqual([
      'go1.22',
      'go1.23',
      'go1.24',
      'go1.24',
      'go1.25',
      'go1.27',
      'go1.27',
    ]);
  });
});

describe('news', () => {
  const list = (...names: string[]) => names.map((it) => `v0.0.1-${it}.linux-amd64`).join('\n');

  it('are patch releases beyond those that are checked in, and new lines', () => {
    const all = list('go1.21.13', 'go1.26.8', 'go1.26.10', 'go1.26.9', 'go1.27.3', 'go1.28.0', 'go1.25.12', 'go1.24.5');
    expect(newsIn(`${all}\nv0.0.1-go1.29rc1.linux-amd64\nv0.0.1-go1.27.9.darwin-arm64`)).toEqual([
      { from: 'go1.26.8', to: 'go1.26.10' },
      { from: 'go1.27.3', to: 'go1.28.0' },
    ]);
  });

  it('there are none where all are known', () => {
    expect(newsIn(list(...releases))).toEqual([]);
  });
});

it('a line has an address at its release', () => {
  const place = placesOf(model, 'go1.26').get('park_m: casgstatus(gp, Grunning, Gwaiting)');
  expect(place).toEqual({
    ...{ release: 'go1.26.8', file: 'runtime/proc.go', line: 4275 },
    url: 'https://github.com/golang/go/blob/go1.26.8/src/runtime/proc.go#L4275',
  });
});
