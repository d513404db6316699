import { InternalError } from '../base/errors';
import { pick } from '../base/pick';
import type { Build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Variant } from '../language/model';
import type { KnownBug, Project } from '../language/project';
import type { Property } from '../language/property';
import type { World } from '../language/world';
import type { Tape } from '../run/tape';
import { bucketOf } from '../tell/bucket';
import { toToken } from '../tell/recording';
import { type Telling, tell } from '../tell/story';
import type { Entry } from './entry';
import type { Hit } from './hit';
import { knownBug } from './known';
import { shrink } from './shrink';

/** A bug, once per bucket and campaign, as small as shrinking makes it. */
export interface Finding<P> {
  readonly entry: Entry<P>;
  readonly strength: string;
  readonly token: string;
  /** Steps of the shrunk run. */
  readonly steps: number;
  /** Steps of the campaign up to the end of the run that hit it. */
  readonly after: number;
  readonly known: KnownBug | undefined;
  /** A known bug that breaks the same for the same cause, by another race. */
  readonly resembles: KnownBug | undefined;
  /** Other properties that its story breaks by something that is not known: probably the same bug. */
  readonly besides: readonly string[];
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
  const like = knownBug(project.known, property, cause, build.variant);
  const isWorthIt = shrinks === 'new' ? like === undefined : shrinks;
  const hit = { program, tape };
  const small = isWorthIt ? await shrink(project, build, claim, cause, hit, maxSteps, isStopped) : hit;
  // Before shrinking, most of what seems to race does not, and much breaks besides.
  const finding = writeUp(project, build, { property: claim, cause }, small, { seed, run }, maxSteps, isWorthIt);
  const { bucket, race } = finding.entry;
  const known = like && race.length > 0 ? knownBug(project.known, property, cause, build.variant, bucket) : like;
  return { ...finding, after, known, resembles: known === undefined ? like : undefined };
}

/**
 * Tells what a run shows of a bug; of one that is not small, neither the race nor what else breaks. Throws an InternalError when it does
 * not show it.
 */
export function writeUp<W extends World, P>(
  { model, claims, known }: Project<W, P>,
  build: Build<W>,
  { property: { name: property, strength }, cause }: { readonly property: Property<W>; readonly cause: string },
  run: { readonly program: P; readonly tape: Tape },
  found: Entry<P>['found'],
  maxSteps: number,
  isSmall = true,
): Finding<P> {
  const { variant, fingerprint } = build;
  const recording = { variant: variant.name, bucket: bucketOf(property, cause), fingerprint, ...run };
  const { broken, besides, story, steps } = tell(model, build, claims, recording, maxSteps);
  if (broken === undefined)
    throw new InternalError(`${recording.bucket} does not happen again: ${toToken(model, recording)}`);
  const race = isSmall ? broken.race : [];
  const bucket = bucketOf(property, cause, race);
  return {
    entry: { ...recording, bucket, property, cause, race, sentence: broken.sentence, found, story },
    strength,
    token: toToken(model, { ...recording, bucket }),
    steps,
    after: 0,
    known: knownBug(known, property, cause, variant),
    resembles: undefined,
    besides: isSmall ? unknownIn(besides, property, known, variant) : [],
  };
}

/** The other properties among these that no known bug accounts for. */
export function unknownIn(
  besides: Telling<never>['besides'],
  property: string,
  known: readonly KnownBug[],
  variant: Variant<never>,
): string[] {
  const others = besides.filter(
    (it) => it.property !== property && knownBug(known, it.property, it.cause, variant) === undefined,
  );
  return [...new Set(others.map((it) => it.property))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
