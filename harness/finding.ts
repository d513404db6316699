import type { Hit } from './batch';
import type { Entry } from './entry';
import { InternalError } from './errors';
import { type Build, bucketOf, isProperty, type KnownBug, knownBug, type Project, pick, type Variant } from './model';
import { toToken } from './recording';
import { shrink } from './shrink';
import { type Telling, tell } from './story';
import type { World } from './world';

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
  { model, claims, known: knownBugs }: Project<W, P>,
  build: Build<W>,
  { seed, maxSteps, shrinks = true }: FinishOptions,
  { property, cause, program, tape, run, after }: Hit<P>,
  isStopped: () => boolean,
): Promise<Finding<P>> {
  const claim = pick('property', property, claims.filter(isProperty));
  const like = knownBug(knownBugs, property, cause, build.variant);
  const isWorthIt = shrinks === 'new' ? like === undefined : shrinks;
  const found = { program, tape };
  const project = { model, claims, known: knownBugs };
  const small = isWorthIt ? await shrink(project, build, claim, cause, found, maxSteps, isStopped) : found;
  const recording = {
    variant: build.variant.name,
    bucket: bucketOf(property, cause),
    fingerprint: build.fingerprint,
    program: small.program,
    tape: small.tape,
  };
  const { broken, besides, story, steps } = tell(model, build, claims, recording, maxSteps);
  if (broken === undefined)
    throw new InternalError(`${recording.bucket} does not happen again: ${toToken(model, recording)}`);
  // Before shrinking, most of what seems to race does not.
  const race = isWorthIt ? broken.race : [];
  const bucket = bucketOf(property, cause, race);
  const known = like && race.length > 0 ? knownBug(knownBugs, property, cause, build.variant, bucket) : like;
  const { sentence } = broken;
  return {
    entry: { ...recording, bucket, property, cause, race, sentence, found: { seed, run }, story },
    strength: claim.strength,
    token: toToken(model, { ...recording, bucket }),
    steps,
    after,
    known,
    resembles: known === undefined ? like : undefined,
    besides: isWorthIt ? unknownIn(besides, property, knownBugs, build.variant) : [],
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
