import { describe, expect, it } from 'vitest';
import { type Exploration, explore } from '../harness/explore/search';
import { isInherited, knownBug } from '../harness/find/known';
import { build } from '../harness/language/build';
import type { Cast } from '../harness/language/cast';
import { type Edit, without } from '../harness/language/edit';
import type { Variant } from '../harness/language/model';
import { findVariant } from '../harness/language/variants';
import { traced } from '../harness/language/world';
import { judgedIn, staged } from '../harness/run/stage';
import { reach } from '../harness/testing/reach';
import { project } from '../main';
import type { Program } from './program';
import type { Runtime } from './runtime';

const { model, claims } = project;

async function search(plain: Cast<Runtime, Program>, name: string, isReduced: boolean, ...edits: Edit<Runtime>[]) {
  const cast = { ...plain, edits: [...plain.edits, ...edits] };
  const stage = staged(model, cast);
  const { code, variant } = build(stage, findVariant(stage, name));
  const world = stage.createWorld(cast.program, isReduced ? traced : undefined);
  stage.reset(world, code);
  const result = await explore(code, world, judgedIn(cast, claims), {
    isReduced,
    maxStates: 1e8,
    maxBytes: 4e9,
    isStopped: () => false,
    progress: () => {},
  });
  return { ...result, variant, code, world };
}

/** What breaks, with the length of the shortest way; what the commit breaks by itself goes by its id. */
function verdictOf({ breaks, variant }: Exploration<Runtime> & { variant: Variant<Runtime> }): string {
  const own = new Map<string, number>();
  const ids = new Set<string>();
  for (const { property, cause, path } of breaks) {
    const bug = knownBug(project, variant, property.name, cause);
    if (bug !== undefined) ids.add(bug.id);
    if (bug === undefined || !(variant.isPreset || isInherited(project, variant, property.name, cause)))
      own.set(property.name, Math.min(path.length, own.get(property.name) ?? Number.POSITIVE_INFINITY));
  }
  const text = [...own].map(([name, length]) => `${name} in ${length}`).sort();
  return `${text.join(', ') || 'holds'}${ids.size === 0 ? '' : `; known: ${[...ids].sort().join(' ')}`}`;
}

/** Casts of more states than this are searched reduced, and only for their own variants, as tests have to be quick. */
const SMALL = 100_000;
/** Moves of a cast. */
const MANY = 10_000;
const BIG = new Set([
  'debugcall',
  'poll',
  'retake',
  'assist',
  'advance',
  'switchOff',
  'markDone',
  'start',
  'coroutine',
  'profile',
]);

describe('every state of a cast', () => {
  it.each(model.casts.flatMap((cast) => [...new Set(['commit', ...cast.variants])].map((name) => ({ cast, name }))))(
    '$cast.name on $name',
    async ({ cast, name }) => {
      const found = await search(cast, name, true);
      const { states, transitions, executions, depth, end } = found;
      expect(end).toBe('complete');
      // Few of them have to be made, once there are many.
      if (transitions > MANY) expect(executions).toBeLessThan(transitions / 4);
      // Else: add it to BIG, or take it out.
      expect({ cast: cast.name, isBig: states > SMALL }).toEqual({ cast: cast.name, isBig: BIG.has(cast.name) });
      expect(`${states} states, ${transitions} transitions, ${depth} deep; ${verdictOf(found)}`).toMatchSnapshot();
    },
  );
});

describe('what passes for rest', () => {
  it('is what the cuts bring about, and nothing else', async () => {
    const cast = model.casts.find(({ name }) => name === 'park')!;
    const { breaks } = await search(cast, 'commit', true, without('resumeG', 'casfrom_Gscanstatus(gp)'));
    const atRest = breaks.filter(({ property }) => property.name === 'V1').map(({ cause }) => cause);
    expect(atRest).toEqual([
      'ready: casgstatus(gp, Gwaiting, Grunnable)',
      'execute: casgstatus(gp, Grunnable, Grunning)',
    ]);
  });
});

describe('the reduced search', () => {
  const small = model.casts.filter(({ name }) => !BIG.has(name));

  it.each(small)('of $name finds the same as the full one, on every variant that differs there', async (cast) => {
    const commit = await search(cast, 'commit', false);
    const reached = new Set(
      commit.code.lines.flatMap((_, pc) => (commit.isReached[pc] === 1 ? [commit.code.describe(pc).routine] : [])),
    );
    const lines: string[] = [];
    for (const { name, edits } of model.variants) {
      if (name !== 'commit' && !edits.some(({ routine }) => reached.has(routine))) continue;
      const [full, reduced] = [await search(cast, name, false), await search(cast, name, true)];
      expect(causesOf(reduced)).toEqual(causesOf(full));
      expect(reduced.met.map((it) => it.name).sort()).toEqual(full.met.map((it) => it.name).sort());
      expect(reduced.states).toBeLessThanOrEqual(full.states);
      lines.push(`${name}: ${full.states} states, reduced ${reduced.states}; ${verdictOf(reduced)}`);
    }
    expect(lines).toMatchSnapshot();
  });
});

const causesOf = ({ breaks }: Exploration<Runtime>) => breaks.map((it) => `${it.property.name}: ${it.cause}`).sort();

describe('fingerprints of 64 bits', () => {
  it.each(['park', 'stw'])('take no two states of %s for one', async (name) => {
    const found = await search(model.casts.find((it) => it.name === name)!, 'commit', true);
    expect(reach(found.code, found.world, SMALL, () => {}, found.isElided)).toBe(found.states);
  });
});
