import { Coverage } from '../coverage';
import { UsageError } from '../errors';
import { MORE_RUNS } from '../ledger';
import type { RunSummary } from './summary';

/** A part of a campaign: what it came to, and the abstract states that it saw. */
export interface Part {
  readonly dir: string;
  readonly summary: RunSummary;
  readonly coverage: Coverage;
}

/** What several parts came to together. Throws a UsageError when they are no parts of one thing. */
export function merge(parts: readonly Part[]): Omit<RunSummary, 'exitCode'> {
  const [first] = parts as readonly [Part, ...Part[]];
  for (const { dir, summary } of parts)
    if (summary.variant !== first.summary.variant || summary.fingerprint !== first.summary.fingerprint)
      throw new UsageError(
        `"${dir}" is of ${summary.variant} (model ${summary.fingerprint}), and "${first.dir}" of ${first.summary.variant} (model ${first.summary.fingerprint})`,
        'Merge parts of one campaign.',
      );
  const all = parts.map(({ summary }) => summary);
  const seeds = all.map(({ seed }) => seed);
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) < i);
  if (twice !== undefined)
    throw new UsageError(
      `two of these are the same part: seed "${twice}"`,
      'Give each part once; different nights have different seeds.',
    );
  const coverage = new Coverage();
  for (const part of parts) coverage.join(part.coverage);
  const sum = (of: (it: RunSummary) => number) => all.reduce((total, it) => total + of(it), 0);
  const seconds = Math.max(...all.map((it) => it.seconds));
  const met = new Set(all.flatMap(({ goals }) => goals.met));
  const idle = (name: string) => all.every(({ neverExercised }) => neverExercised.includes(name));
  const buckets = new Map(all.flatMap(({ findings }) => findings.map((it) => [it.bucket, it] as const)).reverse());
  const canaries = all.flatMap(({ canary }) => (canary === null ? [] : [canary]));
  return {
    ...first.summary,
    seed: [...new Set(all.map(({ seed }) => seed.replace(/, part \d+ of \d+$/, '')))].join(' + '),
    started: all.map(({ started }) => started).sort()[0]!,
    seconds,
    runs: sum(({ runs }) => runs),
    steps: sum(({ steps }) => steps),
    stepsPerSecond: Math.round(sum(({ steps }) => steps) / Math.max(seconds, 1e-9)),
    stuck: sum(({ stuck }) => stuck),
    circling: sum(({ circling }) => circling),
    cutShort: sum(({ cutShort }) => cutShort),
    interrupted: all.some(({ interrupted }) => interrupted),
    goals: {
      met: [...met].sort(),
      unmet: [...new Set(all.flatMap(({ goals }) => goals.unmet))].filter((name) => !met.has(name)).sort(),
    },
    neverExercised: first.summary.neverExercised.filter(idle),
    abstractStates: coverage.size,
    chanceOfNew: coverage.chanceOfNew(MORE_RUNS),
    // Each part has a curve of its own; together they have only an end.
    growth: [],
    strategies: summed(
      all.map(({ strategies }) => strategies),
      (a, b) => ({
        runs: a.runs + b.runs,
        steps: a.steps + b.steps,
        states: a.states + b.states,
        bugs: a.bugs + b.bugs,
      }),
    ),
    counts: summed(
      all.map(({ counts }) => counts),
      (a, b) => a + b,
    ),
    known: Object.values(
      summed(
        all.map(({ known }) => Object.fromEntries(known.map((it) => [it.id, it]))),
        (a, b) => ({ ...a, times: a.times + b.times }),
      ),
    ),
    findings: [...buckets.values()].sort((a, b) => a.bucket.localeCompare(b.bucket)),
    replayed: all.find(({ replayed }) => replayed !== null)?.replayed ?? null,
    restarts: all.flatMap(({ restarts }) => restarts),
    unwritten: all.flatMap(({ unwritten }) => unwritten),
    canary: canaries.find(({ found }) => !found) ?? canaries[0] ?? null,
    calibration: all.flatMap(({ calibration }) => calibration),
  };
}

function summed<T>(all: readonly Readonly<Record<string, T>>[], add: (a: T, b: T) => T): Record<string, T> {
  const total: Record<string, T> = {};
  for (const it of all)
    for (const [name, value] of Object.entries(it))
      total[name] = total[name] === undefined ? value : add(total[name], value);
  return total;
}
