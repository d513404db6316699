import { z } from 'zod';
import { isLike } from '../base/pick';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import { presetOf } from '../language/variants';

/** What is said of a bug that is known. */
export const knownSchema = z.strictObject({ id: z.string(), sentence: z.string() });
export type Known = Readonly<z.infer<typeof knownSchema>>;

type Knowing = Pick<Project<never, never>, 'known'> & {
  readonly model: { readonly variants: readonly Variant<never>[] };
};

/**
 * The known bug that a finding is, if the variant (or what it is planted in) is known to have it; by its race, too, if
 * `bucket` is given.
 */
export function knownBug(
  { model, known }: Knowing,
  variant: Variant<never>,
  property: string,
  cause: string,
  bucket?: string,
): Known | undefined {
  const preset = presetOf(model, variant);
  for (const { id, sentence, variants, signs } of known) {
    const sign = signs.find(
      (it) =>
        it.property === property &&
        isLike(it.cause, cause) &&
        (it.variants ?? variants).includes(preset) &&
        (bucket === undefined || (it.buckets?.includes(bucket) ?? true)),
    );
    if (sign !== undefined) return { id, sentence: sign.sentence ?? sentence };
  }
  return undefined;
}

/** What a planted bug has only because the preset has it that it is planted in, and so says nothing of it. */
export const isInherited = (project: Knowing, variant: Variant<never>, property: string, cause: string): boolean =>
  !variant.isPreset && knownBug(project, variant, property, cause) !== undefined;
