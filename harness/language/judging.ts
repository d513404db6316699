import { UsageError } from '../base/errors';
import { isLike, pick } from '../base/pick';
import type { Claim, Property } from './property';

/**
 * The properties that a pattern names, all goals, and whatever ends a run: behind a throw there is nothing to judge.
 * Throws a UsageError when the pattern names no property.
 */
export function judging<W>(claims: readonly Claim<W>[], glob: string): Claim<W>[] {
  const isNamed = (claim: Claim<W>) => isProperty(claim) && isLike(glob, claim.name);
  const isFatal = (claim: Claim<W>) => claim.kind === 'always' && claim.isFatal === true;
  if (claims.some(isNamed)) return claims.filter((it) => !isProperty(it) || isNamed(it) || isFatal(it));
  pick('property', glob, claims.filter(isProperty));
  throw new UsageError(`no property is called "${glob}"`);
}

export const isProperty = <W>(claim: Claim<W>): claim is Property<W> => claim.kind !== 'sometimes';
