import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../../harness/find/entry';
import { build, findVariant } from '../../harness/language';
import { project } from '../../main';
import { hunks } from '../../models/variants/hunks';
import { ROOT, run } from '../../test/command';
import { tellingOf } from '../overlay/telling';
import { presets } from '../source/presets';
import { releasesOf } from '../source/versions';
import { cases, isOf, releasesWith, still } from './cases';
import { gatesText, guardOf, maskFor } from './compile';
import { planOf } from './gates';
import { planLines } from './keep';
import { type Place, placesIn, releaseOf } from './places';
import { ANYONE } from './plan';
import { play } from './play';
import { missingIn, programText } from './program';
import { realText } from './real';
import { REAL_MD, readRows, storyHash } from './rows';
import { undoingOf } from './undo';

const { model } = project;
const entryOf = (name: string) => readEntry(project, `corpus/${name}.json`);
/** Spans are known with Go alone; this is what they mostly say. */
const canHold = ({ statement }: Place): boolean => ['do', 'if', 'for'].includes(statement.kind);

const planned = (name: string, version: string) => {
  const played = play(project, entryOf(name));
  const places = placesIn(model, played.built, releaseOf(version));
  return { played, plans: planOf(model, played, places, canHold) };
};

describe('gates', () => {
  it('are put in front of statements that lines stand for, in every preset and hunk', () => {
    for (const name of [...presets, ...hunks.map((it) => it.name)]) {
      const variant = findVariant(model, name);
      const [release] = releasesOf[variant.isPreset ? name : (variant.base ?? 'commit')]!;
      const built = build(model, variant);
      const places = placesIn(model, built, releaseOf(release!));
      expect([name, places.filter((it) => it !== undefined).length / places.length > 0.7]).toEqual([name, true]);
    }
  });

  it('of L13 hold a worker that copies the stack that the profile walks', () => {
    const { plans, played } = planned('L13-go1.26-S2', 'go1.26.8');
    const lines = plans.flatMap(planLines);
    expect(lines.some((it) => it.includes('anyone about G0') && it.includes('(copystack,'))).toBe(true);
    expect(plans.some(({ gates }) => guardOf(played, gates[0]!) !== '')).toBe(true);
  });

  it('are the same whenever they are made', () => {
    const once = planned('L3-V1', 'go1.23.5').plans.flatMap(planLines);
    expect(planned('L3-V1', 'go1.23.5').plans.flatMap(planLines)).toEqual(once);
    expect(once).not.toEqual([]);
  });

  it('are written as the tables of gates.go', () => {
    const { played, plans } = planned('H12-S2', 'go1.23.5');
    const world = model.createWorld(played.recording.program);
    model.reset(world, played.built.code);
    const plan = plans.find(({ gates: [, it] }) => it?.actor === ANYONE && it.subject === 0);
    const gating = { plans: [plan!], guardOf: () => 'prGuardBig', stands: [], property: 'S2' };
    const text = gatesText(world, gating, 23);
    const rows = text.split('\n').filter((it) => it.includes('{plan: '));
    expect(rows).toHaveLength(plan!.gates.length + plan!.entries.length);
    expect(rows[0]).toMatch(/^\t\{plan: 0, nth: 0, until: .*, role: .*, actor: .*, guard: prGuardBig\},$/);
    expect(rows[1]).toMatch(/role: prAnyone, actor: -1, subject: 0, about: 1\},$/);
  });
});

describe('hunks undone in Go', () => {
  const undoing = (name: string) => undoingOf(model, findVariant(model, name), releaseOf('go1.23.5'));
  it('move a statement behind another', () => {
    const moves = ['H12', 'H13', 'H14', 'H2', 'H3'].map((it) =>
      undoing(it).moves.map(({ what, behind }) => `${what.statement.text} > ${behind?.statement.text}`),
    );
    expect(moves).toMatchInlineSnapshot(`
      [
        [
          "trace.GoPark(mp.waitTraceBlockReason, mp.waitTraceSkip) > casgstatus(gp, _Grunning, _Gwaiting)",
        ],
        [
          "trace.GoSched() > casgstatus(gp, _Grunning, _Grunnable)",
        ],
        [
          "trace.GoPreempt() > casgstatus(gp, _Grunning, _Grunnable)",
        ],
        [
          "trace.GoPark(traceBlockDebugCall, 1) > casGToWaiting(gp, _Grunning, waitReasonDebugCall)",
        ],
        [
          "trace.GoSched() > casgstatus(gp, _Grunning, _Grunnable)",
        ],
      ]
    `);
  });
  it('take one away, with what stands in it', () => {
    expect(undoing('H18').moves.map(({ what, behind }) => [what.statement.text, behind])).toMatchInlineSnapshot(`
      [
        [
          "traceEnabled() && readgstatus(gp)&^_Gscan == _Gwaiting && gp.waitreason.isWaitingForGC()",
          undefined,
        ],
      ]
    `);
  });
  it('take a reason out of its table', () => {
    expect(undoing('H17-StoppingTheWorld').patches.map(({ file }) => file)).toEqual(['runtime2.go', 'proc.go']);
  });
  it('cannot be where the line is none of Go', () => {
    expect(() => undoing('H0')).toThrow('is no line of Go');
  });
});

describe('the program', () => {
  it('does every operation that there is, and says which it does not know', () => {
    const ops = model.operations.map(({ name }) => name as 'park');
    expect(missingIn({ ...entryOf('L4-S8').program, gs: [{ stack: 0, ops }] })).toEqual([]);
    expect(missingIn({ ...entryOf('L4-S8').program, gs: [{ stack: 0, ops: ['nap' as 'park'] }] })).toEqual(['nap']);
  });
  it('begins generations all the time where it is about what they begin with', () => {
    const { program } = entryOf('L4-S8');
    expect(programText(program, '')).not.toContain('ParkrangerAdvance');
    expect(programText(program, '', true)).toContain('ParkrangerAdvance');
  });
  it('does what the goroutines of the finding do, over and over', () => {
    expect(programText(entryOf('L13-go1.26-S2').program, '// L13')).toMatchSnapshot();
  });
});

/** L4, L12, S3weak and S12. */
const OTHERS = 128 + 256 + 512 + 1024;

it('knows what each property looks like, and reports nothing else', () => {
  const signs = ['L13-S2', 'L3-V1', 'N3-noThrow', 'L9-S15', 'FP1', 'L12-S8'].map((it) =>
    tellingOf(entryOf(it).property, entryOf(it).cause, 24),
  );
  expect(signs.map((it) => it?.sign.source)).toMatchInlineSnapshot(`
    [
      "^parkranger: S2: ",
      "^parkranger: V1: ",
      "^(?:fatal error: |runtime: .*)dumpgs in STW - bad status",
      "^parkranger: S15: ",
      "attempted to trace stack of a goroutine this thread does not own",
      "^parkranger: S8: ",
    ]
  `);
  expect([maskFor(play(project, entryOf('L13-S2'))), maskFor(play(project, entryOf('L1-S2')))]).toEqual([
    64 + 8 + 32 + OTHERS,
    1 + 8 + 32 + OTHERS,
  ]);
});

it('tells of no break that it would not see: a cause of another place is not told of yet', () => {
  const isTold = (property: string, cause: string, minor: number) => tellingOf(property, cause, minor) !== undefined;
  const [profile, outside] = [', read by a goroutine profile', 'it happened outside, in '];
  for (const [property, cause, minor, no] of [
    ['S7', 'GoSysExit, blocked of a goroutine that the trace calls Running', 24, 'GoPark of a goroutine'],
    ['S8', 'GoPark of a goroutine that the generation does not know', 26, 'GoStart of a goroutine'],
    ['S10', 'a suspender wrote it before it had the goroutine', 26, 'its own M wrote it after the transition'],
    ['S11', `${outside}injectglist`, 23, `${outside}park_m`],
    ['S11', `${outside}entersyscall`, 26, `${outside}injectglist`],
    ['S1', `the goroutine is Grunning${profile}`, 26, `the goroutine is Gdead${profile}`],
  ] as const)
    expect([property, isTold(property, cause, minor), isTold(property, no, minor)]).toEqual([property, true, false]);
  const unseen = readRows().filter(({ verdict }) => verdict === 'happened' || verdict === 'not');
  for (const { entry, go } of unseen)
    expect([entry, isTold(entryOf(entry).property, entryOf(entry).cause, Number(go.split('.')[1]))]).toEqual([
      entry,
      true,
    ]);
});

describe('findings are tried', () => {
  const of = (bug: string) =>
    cases(project)
      .filter((it) => it.bug === bug)
      .map(({ entry, go, control }) => `${entry} ${go}${control ? ', should not' : ''}`);
  it('on the releases that have the bug, and on one that has it no longer', () => {
    expect(['L3', 'L9', 'L31', 'L13', 'H12 undone'].map(of)).toMatchInlineSnapshot(`
      [
        [
          "L3-V1 go1.23.5",
          "L3-V1 go1.23.11, should not",
        ],
        [
          "L9-S15 go1.23.5",
          "L9-S15 go1.24.4, should not",
        ],
        [
          "L31-S11 go1.23.4",
          "L31-S11 go1.23.5, should not",
        ],
        [
          "L13-S2 go1.23.5",
          "L13-go1.26-S2 go1.26.8",
          "L13-go1.26-S2 go1.27.3",
        ],
        [
          "H12-S1 go1.23.5",
          "H12-S1 go1.23.5, should not",
          "H12-S12 go1.23.5",
          "H12-S12 go1.23.5, should not",
          "H12-S2 go1.23.5",
          "H12-S2 go1.23.5, should not",
        ],
      ]
    `);
  });
  it('on none that was repaired before it was released', () => {
    expect(of('L6')).toEqual(['L6-S2 go1.23.5, should not']);
    expect(of('L11')).toEqual(['L11-noThrow go1.22.12', 'L11-noThrow go1.23.5, should not']);
    expect(['L6', 'L31', 'L4'].map((id) => releasesWith(project.known.find((it) => it.id === id)!))).toEqual([
      [],
      ['go1.23.4'],
      ['go1.22.12', 'go1.23.5', 'go1.24.4', 'go1.25.12'],
    ]);
  });
});

describe('docs/real.json', () => {
  it('has no rows of entries that are gone', () => {
    const rows = readRows();
    const all = cases(project);
    expect(still(rows, all)).toEqual(rows);
    const gone = all.find((it) => rows.some((row) => isOf(row, it)))!;
    const left = all.filter((it) => it !== gone);
    expect(still(rows, left)).toEqual(rows.filter((it) => !isOf(it, gone)));
    expect(still(rows, left)).toHaveLength(rows.length - 1);
  });

  it('says of each row whether its finding is told as it was when it was tried (else: npm run real)', () => {
    expect(fs.readFileSync(REAL_MD, 'utf8')).toBe(realText(readRows(), cases(project)));
    const [row] = readRows();
    const isOld = (story: string): boolean =>
      realText([{ ...row!, story }], [cases(project).find((it) => isOf(row!, it))!]).includes('by an earlier story');
    expect([isOld(storyHash(entryOf(row!.entry))), isOld('another')]).toEqual([false, true]);
  });
});

describe('reproduce', () => {
  it('says in a sentence that it wants Go, where there is none', () => {
    const ran = spawnSync(process.execPath, ['bin/parkranger.js', 'reproduce', 'H12-S2', '--go', 'go1.23.5'], {
      ...{ cwd: ROOT, encoding: 'utf8', env: { ...process.env, PATH: '/nowhere' } },
    });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/^parkranger: this wants Go, and there is no go on the PATH\n/);
  });

  it.each([
    ['H12-S', 'Did you mean H12-S1?'],
    ['pr1:x', 'the token is cut or changed'],
    [path.join('corpus', 'nobody.json'), 'no entry is called'],
  ])('says what is wrong with %s', async (finding, why) => {
    const { code, err } = await run('reproduce', finding, '--go', 'go1.26.8');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  });
});

describe('issue', () => {
  it('writes a report on a known bug, with what came of it', async () => {
    const { code, out } = await run('issue', 'N3-noThrow');
    expect(code).toBe(0);
    expect(out).toMatch(/^# runtime: a heap dump meets/);
    expect(out).toContain('https://github.com/golang/go/blob/go1.26.8/src/runtime/heapdump.go#L425');
    expect(out).toMatch(/^- go1\.26\.8: \*\*happened\*\*, \d of \d runs/m);
    expect(out).toContain('package main');
  });
  it('is about bugs of Go alone', async () => {
    expect(await run('issue', 'H12-S2')).toMatchObject({ code: 2, err: expect.stringContaining('no bug of Go') });
    expect(await run('issue', 'N33')).toMatchObject({ code: 2, err: expect.stringContaining('no entry is called') });
  });
});
