import type fc from 'fast-check';
import { campaign, type Summary } from '../campaign/campaign';
import { explore } from '../explore/search';
import { isInherited, knownBug } from '../find/known';
import { type Build, build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import { traced, type World } from '../language/world';
import { findCast, judgedIn, staged } from '../run/stage';
import type { Mutant } from './grammar';

/**
 * Whether a mutant is noticed: by a property that the unchanged preset does not break that way, by a bug of the preset
 * that comes far more often, by something that no longer happens at all, or by a fault where the system would crash.
 */

export interface JudgeOptions<P> {
  readonly preset: string;
  readonly seed: string;
  /** Runs of each of two campaigns: one of all programs, one of those for the routine. */
  readonly runs: number;
  readonly maxSteps: number;
  /** States of a cast. */
  readonly maxStates: number;
  readonly programs: fc.Arbitrary<P>;
  readonly casts: readonly string[];
  isStopped(): boolean;
}

export interface Verdict {
  readonly verdict: 'killed' | 'alive' | 'no model';
  /** The property, or `often`, `goal`, `fault`; null where it is alive. */
  readonly by: string | null;
  readonly cause: string | null;
  /** Runs up to it, or all. */
  readonly runs: number;
  /** The cast that saw it, or the campaign; null where it is alive. */
  readonly where: string | null;
}

const MAX_BYTES = 1e9;
const MAX_CAUSE = 160;

export const variantOf = <W>(preset: string, { id, what, operator, edit }: Mutant<W>): Variant<W> => ({
  name: `mutant ${id}`,
  sentence: `${what} ${operator}`,
  source: 'a mutant',
  base: preset,
  edits: [edit],
  isPreset: false,
  breaks: [],
});

/** What a preset does by itself, with programs of a kind. */
export interface Base {
  readonly runs: number;
  /** In how many of so many runs each of its own bugs came, with the seed with which it came most often. */
  readonly most: Readonly<Record<string, number>>;
  /** Goals that it meets in a quarter of so many runs, with any seed. */
  readonly met: ReadonlySet<string>;
}

/** A search learns, so that rates are those of campaigns of the same length. */
const RATE_SEEDS = 3;
/** What is met in each of six short ones is missed by a long one in one of a thousand. */
const GOAL_SEEDS = 6;

/** Judges the mutants of one preset. */
export class Judge<W extends World, P> {
  private readonly bases = new Map<string, Base>();

  constructor(private readonly project: Project<W, P>) {}

  async judge(mutant: Mutant<W>, options: JudgeOptions<P>): Promise<Verdict> {
    const variant = variantOf(options.preset, mutant);
    let built: Build<W>;
    try {
      built = build(this.project.model, variant);
    } catch {
      return { verdict: 'no model', by: null, cause: null, runs: 0, where: null };
    }
    let runs = 0;
    try {
      for (const kind of ['all', 'routine'] as const) {
        const { verdict, runs: more } = await this.campaign(built, kind, options);
        runs += more;
        if (verdict !== undefined) return { verdict: 'killed', ...verdict, runs, where: kind };
      }
      for (const cast of options.casts) {
        const verdict = await this.explore(variant, cast, options);
        if (verdict !== undefined) return { verdict: 'killed', ...verdict, runs, where: cast };
      }
    } catch (error) {
      // A nil pointer, or what a cast's lead does not come to.
      const cause = (error as Error).message.split('\n')[0]!.slice(0, MAX_CAUSE);
      return { verdict: 'killed', by: 'fault', cause, runs, where: 'campaign' };
    }
    return { verdict: 'alive', by: null, cause: null, runs, where: null };
  }

  private on(kind: 'all' | 'routine', { programs }: JudgeOptions<P>): Project<W, P> {
    if (kind === 'all') return this.project;
    return { ...this.project, model: { ...this.project.model, programs, swarms: programs } };
  }

  private async campaign(built: Build<W>, kind: 'all' | 'routine', options: JudgeOptions<P>) {
    const base = await this.base(kind, options);
    let first: { by: string; cause: string; run: number } | undefined;
    const { seed, runs, maxSteps, isStopped } = options;
    const isIgnored = (property: string, cause: string) => isInherited(this.project, built.variant, property, cause);
    const summary = await campaign(
      this.on(kind, options),
      built,
      { seed, budget: { runs }, maxSteps, stopAtFirst: true, shrinks: false, isIgnored },
      {
        finding: ({ entry: { property, cause, found } }) => {
          first ??= { by: property, cause, run: found.run + 1 };
        },
        progress: () => {},
        isStopped,
      },
    );
    if (first !== undefined) return { verdict: { by: first.by, cause: first.cause }, runs: first.run };
    return { verdict: summary.interrupted ? undefined : differs(summary, base), runs: summary.runs };
  }

  private async base(kind: 'all' | 'routine', options: JudgeOptions<P>): Promise<Base> {
    const { seed, runs, maxSteps, preset, casts } = options;
    const key = kind === 'all' ? kind : casts.join();
    const found = this.bases.get(key);
    if (found !== undefined) return found;
    const variant = this.project.model.variants.find(({ name }) => name === preset)!;
    const built = build(this.project.model, variant);
    const summaryOf = (stream: string, length: number): Promise<Summary> =>
      campaign(
        this.on(kind, options),
        built,
        {
          ...{ seed: stream, budget: { runs: length }, maxSteps },
          ...{ stopAtFirst: false, shrinks: false, isIgnored: () => true },
        },
        { finding: () => {}, progress: () => {}, isStopped: () => false },
      );
    const most: Record<string, number> = {};
    // Several runs have one program, so that the mutant's own seed, above all, says how often something comes.
    for (const stream of [seed, ...Array.from({ length: RATE_SEEDS }, (_, i) => `${seed}/rates ${i}`)])
      for (const [bucket, count] of Object.entries((await summaryOf(stream, runs)).findings))
        most[bucket] = Math.max(most[bucket] ?? 0, count);
    const met = new Map<string, number>();
    for (let i = 0; i < GOAL_SEEDS; i++)
      for (const goal of (await summaryOf(`${seed}/goals ${i}`, Math.ceil(runs / 4))).goals.met)
        met.set(goal, (met.get(goal) ?? 0) + 1);
    const always = [...met].filter(([, times]) => times === GOAL_SEEDS).map(([goal]) => goal);
    const base = { runs, most, met: new Set(always) };
    this.bases.set(key, base);
    return base;
  }

  private async explore(variant: Variant<W>, name: string, { maxStates, isStopped }: JudgeOptions<P>) {
    const cast = findCast(this.project.model, name);
    const stage = staged(this.project.model, cast);
    const built = build(stage, variant);
    const world = stage.createWorld(cast.program, traced);
    stage.reset(world, built.code);
    const claims = judgedIn(cast, this.project.claims.filter(isProperty));
    const { breaks } = await explore(built.code, world, claims, {
      ...{ isReduced: true, maxStates, maxBytes: MAX_BYTES, isStopped, progress: () => {} },
    });
    const own = breaks.find(
      ({ property, cause }) => knownBug(this.project, variant, property.name, cause) === undefined,
    );
    return own && { by: own.property.name, cause: own.cause };
  }
}

/** Campaigns differ by more than single runs do by chance: they learn, and several runs have one program. */
const MORE = 1.5;
const SIGMAS = 5;
const FEW = 10;

/** What is the base's own, and comes far more often; or comes no more. */
export function differs(
  {
    runs,
    findings,
    goals: { met },
  }: Pick<Summary, 'runs' | 'findings'> & { readonly goals: Pick<Summary['goals'], 'met'> },
  base: Base,
): { by: string; cause: string } | undefined {
  for (const [bucket, count] of Object.entries(findings)) {
    const before = base.most[bucket] ?? 0;
    const deviation = Math.sqrt(Math.max(before, 1));
    if (count >= FEW && count > ((MORE * before + SIGMAS * deviation) * runs) / base.runs)
      return {
        by: 'often',
        cause: `${bucket}: in ${count} of ${runs} runs, at most ${before} of ${base.runs} without it`,
      };
  }
  const lost = [...base.met].filter((it) => !met.includes(it)).sort();
  return lost.length === 0 ? undefined : { by: 'goal', cause: lost.join(', ') };
}
