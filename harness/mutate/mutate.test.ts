import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { actorKind, shared } from '../language/columns';
import { wordsFor, writes } from '../language/line';
import { link } from '../language/link';
import type { World } from '../language/world';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { noHang, noLoss, reachesTwo, small, toy } from '../testing/counter';
import { mutantsOf } from './grammar';
import { type Base, differs, Judge } from './judge';
import { appendRow, type Row, readRows, rewriteRows, scores } from './rows';

const { line, group, iff, loop, leave, routine } = wordsFor<World>();
const { col } = actorKind('cell', { x: shared.flag() });
const touches = [writes(col.x, () => undefined)];
const seen = (text: string) => line(text, { touches });

const f = routine(
  'f',
  'test',
  [],
  [
    seen('lock'),
    line('private'),
    group('inside', seen('a'), seen('b')),
    seen('unlock'),
    loop(
      'for',
      iff('x', () => true, touches, [leave], [line('wait', { when: () => true })]),
    ),
  ],
);
const rules = { pairs: [{ name: 'lock', opens: /^lock/, closes: /^unlock/ }], ends: /^end/ };

describe('mutants of a routine', () => {
  const all = mutantsOf(f, rules);
  it('are one mistake each, in what others can see', () => {
    expect(all.map(({ operator, what }) => `${what} | ${operator}`)).toMatchInlineSnapshot(`
      [
        "lock | left out",
        "inside | left out",
        "a | left out",
        "b | left out",
        "unlock | left out",
        "if x | always",
        "if x | never",
        "wait | left out",
        "wait | does not wait",
        "lock <> inside | swapped",
        "inside <> unlock | swapped",
        "inside < lock | before",
        "inside > unlock | after",
        "a <> b | swapped",
      ]
    `);
  });

  it('are other models, whose lines say how', () => {
    const listing = (it: typeof f) => link([it]).listing;
    const texts = all.map(({ edit }) => listing(edit.apply(f)));
    // To swap with what closes it is to come out behind it: whoever runs them leaves one out.
    expect(new Set([...texts, listing(f)]).size).toBe(all.length - 1 + 1);
    const never = all.find(({ operator }) => operator === 'never')!;
    expect(listing(never.edit.apply(f))).toContain('if x [never]');
    const moved = all.find(({ operator }) => operator === 'after')!;
    expect(listing(moved.edit.apply(f))).toMatch(/lock.*private.*unlock.*inside.*a.*b/s);
  });

  it('are called the same as long as their lines are there', () => {
    const longer = { ...f, nodes: [...f.nodes, seen('more')] };
    const ids = new Set(mutantsOf(longer, rules).map(({ id }) => id));
    expect(all.filter(({ id }) => !ids.has(id))).toEqual([]);
  });
});

describe('a judge', () => {
  const project = { model: toy, claims: [noLoss, noHang, small, reachesTwo], known: [] };
  const options = {
    ...{ preset: 'plain', seed: '1', runs: 64, maxSteps: DEFAULT_MAX_STEPS, maxStates: 10_000 },
    ...{ programs: fc.constant(1), casts: ['two'], isStopped: () => false },
  };
  const verdicts = async (of: typeof project) => {
    const add = of.model.routines.find(({ name }) => name === 'add')!;
    const judge = new Judge(of);
    const found: string[] = [];
    for (const it of mutantsOf(add, { ...rules, pairs: [] })) {
      const { verdict, by, where } = await judge.judge(it, options);
      found.push(`${it.what} ${it.operator}: ${verdict} ${by ?? ''} ${where ?? ''}`.trim());
    }
    return found;
  };
  it('says what sees a mutant, and where', async () => {
    // What the model does by itself is known, as additions that are lost are here.
    const signs = ['noLoss', 'small'].map((property) => ({ property, cause: '*' }));
    const known = [{ id: 'B', sentence: 'it is known', variants: ['plain'], signs }];
    expect(await verdicts({ ...project, known: known as never })).toMatchInlineSnapshot(`
      [
        "lock() left out: alive",
        "seen = value left out: killed goal all",
        "value = seen + 1 left out: killed goal all",
        "unlock() left out: alive",
        "done left out: killed fault campaign",
        "done does not wait: killed fault campaign",
        "lock() <> seen = value swapped: alive",
        "seen = value <> value = seen + 1 swapped: killed goal all",
        "value = seen + 1 <> unlock() swapped: alive",
      ]
    `);
  });

  const base: Base = { runs: 1000, most: { 'S1-a': 100 }, met: new Set(['two']) };
  const summary = (count: number, met: readonly string[]) => ({
    runs: 1000,
    findings: { 'S1-a': count },
    goals: { met },
  });
  it('notices what comes far more often than before, and what comes no more', () => {
    expect(differs(summary(150, ['two']), base)).toBeUndefined();
    expect(differs(summary(300, ['two']), base)).toMatchObject({ by: 'often', cause: expect.stringContaining('S1-a') });
    expect(differs(summary(0, []), base)).toEqual({ by: 'goal', cause: 'two' });
    expect(differs({ ...summary(0, ['two']), findings: { 'S2-b': 9 } }, base)).toBeUndefined();
    expect(differs({ ...summary(0, ['two']), findings: { 'S2-b': 12 } }, base)).toMatchObject({ by: 'often' });
  });
});

describe('rows', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parkranger-rows-'));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const row: Row = {
    ...{ type: 'mutant', id: '1', routine: 'f', operator: 'never', what: 'if x', variant: 'plain', seed: '1' },
    ...{ verdict: 'killed', by: 'S1', cause: 'c', where: 'all', runs: 3 },
  } as const;
  it('are read as they were written, but for a line that was not written to its end', () => {
    const file = path.join(dir, 'rows.jsonl');
    expect(readRows(file)).toEqual([]);
    rewriteRows(file, [row]);
    appendRow(file, { ...row, id: '2' });
    fs.appendFileSync(file, '{"type":"mut');
    expect(readRows(file).map(({ id }) => id)).toEqual(['1', '2']);
    fs.writeFileSync(file, '{"type":"other"}\n');
    expect(() => readRows(file)).toThrow(`${file}:1`);
  });
  it('are counted by routine, operator and what saw them', () => {
    const rows = [row, { ...row, verdict: 'alive' as const, by: null }, { ...row, verdict: 'no model' as const }];
    expect(scores(rows, 'routine')).toEqual(['f: 1 of 2 (50 %)']);
    expect(scores(rows, 'operator')).toEqual(['never: 1 of 2 (50 %)']);
    expect(scores(rows, 'by')).toEqual(['S1 1']);
  });
});
