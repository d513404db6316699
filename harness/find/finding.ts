import { z } from 'zod';
import { InternalError } from '../base/errors';
import { naturally } from '../base/format';
import { pick } from '../base/pick';
import type { Build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import type { Property } from '../language/property';
import type { World } from '../language/world';
import type { Tape } from '../run/tape';
import { bucketOf } from '../tell/bucket';
import { toToken } from '../tell/recording';
import { type Telling, tell } from '../tell/story';
import type { Entry } from './entry';
import type { Hit } from './hit';
import { knownBug, knownSchema } from './known';
import { shrink } from './shrink';

/** What is found out of a bug beside its entry; checkpoints keep it as it is. */
export const factsSchema = z.strictObject({
  strength: z.string(),
  token: z.string(),
  /** Steps of the shrunk run. */
  steps: z.int().min(0),
  /** Steps of the campaign up to the end of the run that hit it. */
  after: z.int().min(0),
  known: knownSchema.nullable(),
  /** A known bug that breaks the same for the same cause, by another race. */
  resembles: knownSchema.nullable(),
  /** Other properties that its story breaks by something that is not known: probably the same bug. */
  besides: z.array(z.string()),
});
type Facts = Readonly<z.infer<typeof factsSchema>>;

/** A bug, once per bucket and campaign, as small as shrinking makes it. */
export interface Finding<P> extends Facts {
  readonly entry: Entry<P>;
}

/** What machines are told of a finding, wherever they are. */
export const findingSchema = z.strictObject({
  property: z.string(),
  strength: z.string(),
  variant: z.string(),
  bucket: z.string(),
  cause: z.string(),
  race: z.array(z.string()),
  sentence: z.string().describe('what happened instead of what the property claims'),
  besides: z.array(z.string()).describe('other properties that its story breaks: probably the same bug'),
  known: z.string().nullable().describe('the id of the known bug that it is'),
  resembles: z.string().nullable().describe('the id of a known bug with the same cause and another race'),
  token: z.string(),
  run: z.int().min(0),
  steps: z.int().min(0),
});
export type FindingJson = z.infer<typeof findingSchema>;

export function toJson<P>({ entry, strength, besides, known, resembles, token, steps }: Finding<P>): FindingJson {
  const { property, variant, bucket, cause, race, sentence, found } = entry;
  const what = { property, strength, variant, bucket, cause, race: [...race], sentence, besides: [...besides] };
  return { ...what, known: known?.id ?? null, resembles: resembles?.id ?? null, token, run: found.run, steps };
}

export interface FinishOptions {
  readonly seed: string;
  /** Longest run, in steps. */
  readonly maxSteps: number;
  /** False leaves findings as they were hit, `new` those that are known. All are shrunk by default. */
  readonly shrinks?: boolean | 'new';
}

/** Shrinks a hit and writes it up. */
export async function finish<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  { seed, maxSteps, shrinks = true }: FinishOptions,
  { property, cause, program, tape, run, after }: Hit<P>,
  isStopped: () => boolean,
): Promise<Finding<P>> {
  const claim = pick('property', property, project.claims.filter(isProperty));
  const like = knownBug(project, build.variant, property, cause);
  const isWorthIt = shrinks === 'new' ? like === undefined : shrinks;
  const hit = { program, tape };
  const small = isWorthIt ? await shrink(project, build, claim, cause, hit, maxSteps, isStopped) : hit;
  // Before shrinking, most of what seems to race does not, and much breaks besides.
  const finding = writeUp(project, build, { property: claim, cause }, small, { seed, run }, maxSteps, isWorthIt);
  const { bucket, race } = finding.entry;
  const known = like && race.length > 0 ? knownBug(project, build.variant, property, cause, bucket) : like;
  return { ...finding, after, known: known ?? null, resembles: (known === undefined && like) || null };
}

/**
 * Tells what a run shows of a bug; of one that is not small, neither the race nor what else breaks. Throws an
 * InternalError when it does not show it.
 */
export function writeUp<W extends World, P>(
  project: Project<W, P>,
  build: Build<W>,
  { property: { name: property }, cause }: { readonly property: Property<W>; readonly cause: string },
  run: { readonly program: P; readonly tape: Tape },
  found: Entry<P>['found'],
  maxSteps: number,
  isSmall = true,
): Finding<P> {
  const { variant, fingerprint } = build;
  const recording = { variant: variant.name, bucket: bucketOf(property, cause), fingerprint, ...run };
  const telling = tell(project.model, build, project.claims, recording, maxSteps);
  const finding = findingOf(project, build, telling, run, found, isSmall);
  if (finding !== undefined) return finding;
  throw new InternalError(`${recording.bucket} does not happen again: ${toToken(project.model, recording)}`);
}

/** The finding that a telling is of; undefined where it shows none. */
export function findingOf<W extends World, P>(
  project: Project<W, P>,
  { variant, fingerprint }: Build<W>,
  { broken, besides, story, steps }: Telling<W>,
  { program, tape }: { readonly program: P; readonly tape: Tape },
  found: Entry<P>['found'],
  isSmall = true,
): Finding<P> | undefined {
  if (broken === undefined) return undefined;
  const { cause, sentence } = broken;
  const { name: property, strength } = broken.property;
  const race = isSmall ? broken.race : [];
  const bucket = bucketOf(property, cause, race);
  const recording = { variant: variant.name, bucket, fingerprint, program, tape };
  return {
    entry: { ...recording, property, cause, race, sentence, found, story },
    strength,
    token: toToken(project.model, recording),
    steps,
    after: 0,
    known: knownBug(project, variant, property, cause) ?? null,
    resembles: null,
    besides: isSmall ? unknownIn(project, variant, property, besides) : [],
  };
}

/** The other properties among these that no known bug accounts for. */
function unknownIn<W extends World, P>(
  project: Project<W, P>,
  variant: Variant<never>,
  property: string,
  besides: Telling<never>['besides'],
): string[] {
  const others = besides.filter(
    (it) => it.property !== property && knownBug(project, variant, it.property, it.cause) === undefined,
  );
  return [...new Set(others.map((it) => it.property))].sort(naturally);
}
