import { hash } from '../base/hash';
import type { RacingLine } from './race';

/**
 * How a bug is called: property, cause, and the race in it where that is known (race.ts). Another seed or strategy that
 * finds the same bug comes to the same name.
 */
export const bucketOf = (property: string, cause: string, race: readonly RacingLine[] = []): string =>
  [property, hash(cause), ...(race.length === 0 ? [] : [hash(race.join('\n'))])].join('-');

/** A bucket without its race; undefined where the text is no bucket. */
export const bugOf = (bucket: string): string | undefined => /^([^-]+-[0-9a-f]{8})(-[0-9a-f]{8})?$/.exec(bucket)?.[1];

/** Whether a bucket is of this property and cause, by whatever race. */
export const isAbout = (bucket: string, property: string, cause: string): boolean =>
  bugOf(bucket) === bucketOf(property, cause);
