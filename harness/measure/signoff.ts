import { UsageError } from '../base/errors';
import { chance, count } from '../base/format';
import { isLike } from '../base/pick';
import type { Summary } from '../campaign/campaign';
import type { Settings } from '../campaign/settings';
import { readSummary } from '../report/read';
import { bugOf } from '../tell/bucket';
import { chanceOfLuck, runsWanted } from './statistics';

/** A fix counts as one once the chance that it does nothing is below this. */
const ENOUGH = 0.01;

export interface SignOff {
  /** The bucket, without its race. */
  readonly bug: string;
  /** In how many runs a campaign before the fix has hit it, and how many there were. */
  readonly hits: number;
  readonly runs: number;
}

/** How a campaign looks for bugs, which decides how often it hits one. */
type How = Pick<Settings, 'property' | 'strategy' | 'maxSteps'>;

/** Looks a bucket up in the campaign before the fix. */
export function signOffFor(bucket: string, before: string | undefined, { property, strategy, maxSteps }: How): SignOff {
  if (before === undefined)
    throw new UsageError(
      '--sign-off wants --before',
      'Give the folder of a campaign that has hit the bug, before the fix.',
    );
  const bug = bugOf(bucket);
  if (bug === undefined)
    throw new UsageError(
      `"${bucket}" is no bucket`,
      'A bucket is a property and one or two numbers, NAME-4c696f21-4cefa558; findings and reports name theirs.',
    );
  if (!isLike(property, bug.slice(0, bug.indexOf('-'))))
    throw new UsageError(`--property ${property} leaves out what ${bug} is about`, 'Leave one of the two out.');
  const earlier = readSummary(before);
  const { counts, runs } = earlier;
  const hits = counts[bug] ?? 0;
  if (hits === 0)
    throw new UsageError(
      `the campaign in "${before}" has not hit ${bug}`,
      `It has hit: ${Object.keys(counts).sort().join(', ') || 'nothing'}.`,
    );
  const then = earlier.settings;
  const differs = [
    ['--strategy', then.strategy ?? 'the portfolio', strategy ?? 'the portfolio'],
    ['--max-steps', then.maxSteps, maxSteps],
  ].find(([, before, now]) => before !== now);
  if (differs !== undefined)
    throw new UsageError(
      `the campaign in "${before}" looked otherwise: ${differs[0]} was ${differs[1]} then, and is ${differs[2]} now`,
      'Its rate says nothing of this one. Give the same options.',
    );
  return { bug, hits, runs };
}

/** What the runs since say of the fix. */
export function signOff(
  { bug, hits, runs }: SignOff,
  { findings, runs: after }: Summary,
): { readonly sentence: string; readonly verdict: 'broken' | 'open' | 'fixed'; readonly json: object } {
  const again = findings[bug] ?? 0;
  const p = chanceOfLuck(hits, runs, after);
  const wanted = Math.max(0, runsWanted(hits, runs, ENOUGH) - after);
  const before = `hit in ${count(hits)} of ${count(runs)} runs before`;
  const luck = p < 1e-6 ? 'less than one in a million' : chance(p);
  const told =
    again > 0
      ? `${before}, AND IN ${count(again)} of ${count(after)} now: it is not fixed`
      : `${before}, and in none of ${count(after)} now: if the fix did nothing, the chance of that would be ${luck}` +
        (wanted === 0 ? '' : `; ${count(wanted)} more clean runs would bring it below ${ENOUGH}`);
  const json = { type: 'sign-off', bug, before: { hits, runs }, now: { hits: again, runs: after }, p, wanted };
  const verdict = again > 0 ? 'broken' : wanted > 0 ? 'open' : 'fixed';
  return { sentence: `${bug} ${told}`, verdict, json };
}
