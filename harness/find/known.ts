import { isLike } from '../base/pick';
import type { Variant } from '../language/model';
import { BASELINE, type KnownBug } from '../language/project';

/** What a planted bug has only because its baseline has it, and so says nothing of it. */
export const isInherited = (known: readonly KnownBug[], property: string, cause: string, variant: Variant<never>) =>
  !variant.isPreset && knownBug(known, property, cause, variant) !== undefined;

/** The known bug that a finding is, if the variant (or what it was planted in) is known to have it; by its race, too, if `bucket` is given. */
export function knownBug(
  known: readonly KnownBug[],
  property: string,
  cause: string,
  variant: Variant<never>,
  bucket?: string,
): KnownBug | undefined {
  return known.find(
    (bug) =>
      bug.property === property &&
      isLike(bug.cause, cause) &&
      (bucket === undefined || (bug.buckets?.includes(bucket) ?? true)) &&
      bug.variants.includes(variant.isPreset ? variant.name : BASELINE),
  );
}
