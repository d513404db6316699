/**
 * The middle one when seeds without a finding count as later than all others; undefined when the middle is one of
 * those.
 */
export function medianOf(found: readonly number[], seedCount: number): number | undefined {
  return found.toSorted((a, b) => a - b)[Math.ceil(seedCount / 2) - 1];
}

export interface Comparison {
  /** The chance of a difference at least this large if both came from the same distribution, either way. */
  readonly p: number;
  /** The chance that a value of `a` is less than one of `b`, ties counting half (Vargha and Delaney's A, 2000). */
  readonly less: number;
}

/**
 * The Mann-Whitney U test, by the normal approximation with corrections for ties and continuity, which is good from
 * about eight values a side. Values may be infinite: whoever found nothing comes last.
 * Source: Mann, Whitney, "On a test of whether one of two random variables is stochastically larger than the other",
 * 1947.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): Comparison {
  const all = [...a, ...b].sort((x, y) => x - y);
  const n = all.length;
  /** Twice the rank of each value; equal values share the middle one. */
  const ranks = new Map<number, number>();
  let ties = 0;
  for (let from = 0; from < n; ) {
    let to = from;
    while (to < n && all[to] === all[from]) to++;
    ranks.set(all[from]!, from + 1 + to);
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const rankSum = a.reduce((sum, it) => sum + ranks.get(it)! / 2, 0);
  const pairs = a.length * b.length;
  /** How many pairs have the value of `a` above that of `b`. */
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const variance = (pairs / 12) * (n + 1 - ties / (n * (n - 1)));
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  return { p: variance === 0 ? 1 : 2 * upperTail(distance / Math.sqrt(variance)), less: 1 - u / pairs };
}

/**
 * The chance that a standard normal variable is above z >= 0. Source: Abramowitz and Stegun, 26.2.17; off by less than
 * 10⁻⁷.
 */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => t * (factor + rest), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/**
 * The chance that a fix which does nothing looks like one: all of `hits` hits fall into the first `before` of `before +
 * after` runs. Runs count as independent, and each as likely to hit; hits of one run count once. (The exact test of two
 * Poisson rates, given their sum: Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson
 * series", 1940.)
 */
export const chanceOfLuck = (hits: number, before: number, after: number): number =>
  (before / (before + after)) ** hits;

/** How many clean runs bring that chance below p. */
export const runsWanted = (hits: number, before: number, p: number): number =>
  Math.ceil(before * (p ** (-1 / hits) - 1));
