import { UsageError } from '../base/errors';
import { naturally } from '../base/format';
import { Coverage } from '../campaign/coverage';
import { MAX_BUCKETS_PER_PROPERTY } from '../campaign/ledger';
import { settings, sharedNames } from '../campaign/settings';
import { totalOf } from '../campaign/shares';
import { byName, type RunSummary, ranked, sorted } from './summary';

/** A part of a campaign: what it came to, and the abstract states that it saw. */
export interface Part {
  readonly dir: string;
  readonly summary: RunSummary;
  readonly coverage: Coverage;
}

export interface Merged {
  readonly summary: Omit<RunSummary, 'exitCode' | 'lost'>;
  readonly coverage: Coverage;
  /** The part that each finding is of. */
  readonly dirs: ReadonlyMap<Found, string>;
}

/** What makes two campaigns parts of one: besides their settings, where they began. */
const sameness: readonly (readonly [string, (it: RunSummary) => unknown])[] = [
  ['the variant', ({ variant }) => variant],
  ['the model', ({ fingerprint }) => fingerprint],
  ['the number of parts', ({ shard }) => shard.of],
  ...sharedNames.map((name) => [settings[name].flag.split(' ')[0]!, (it: RunSummary) => it.settings[name]] as const),
];

/**
 * What several parts came to together: what the whole campaign would have. Throws a UsageError when they are no parts
 * of one.
 */
export function merge(parts: readonly Part[]): Merged {
  const [first] = parts as readonly [Part, ...Part[]];
  for (const { dir, summary } of parts)
    for (const [what, of] of sameness)
      if (of(summary) !== of(first.summary))
        throw new UsageError(
          `these are parts of two campaigns: ${what} is ${of(first.summary)} in "${first.dir}", and ` +
            `${of(summary)} in "${dir}"`,
          'Merge the parts of one.',
        );
  const all = parts.map(({ summary }) => summary);
  const numbers = all.flatMap(({ shard }) => shard.parts).sort((a, b) => a - b);
  const twice = numbers.find((it, i) => numbers[i - 1] === it);
  if (twice !== undefined)
    throw new UsageError(`part ${twice} of ${first.summary.shard.of} is given twice`, 'Give each part once.');
  const coverage = new Coverage();
  for (const part of parts) {
    if (part.coverage.size !== part.summary.abstractStates)
      throw new UsageError(`coverage.json in "${part.dir}" does not fit summary.json`, 'Fetch that part anew.');
    coverage.join(part.coverage);
  }
  const sum = (of: (it: RunSummary) => number) => all.reduce((total, it) => total + of(it), 0);
  const seconds = Math.max(...all.map((it) => it.seconds));
  const met = new Set(all.flatMap(({ goals }) => goals.met));
  const idle = (name: string) => all.every(({ neverExercised }) => neverExercised.includes(name));
  const dirs = new Map(parts.flatMap(({ dir, summary }) => summary.findings.map((it) => [it, dir])));
  const canaries = all.flatMap(({ canary }) => (canary === null ? [] : [canary]));
  const summary = {
    ...first.summary,
    shard: { parts: numbers, of: first.summary.shard.of },
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
      areAsked: first.summary.goals.areAsked,
    },
    neverExercised: first.summary.neverExercised.filter(idle),
    abstractStates: coverage.size,
    newPerRun: coverage.newPerRun(),
    growth: coverage.growth(),
    strategies: totalOf(all.map(({ strategies }) => strategies)),
    counts: byName(
      summed(
        all.map(({ counts }) => counts),
        (a, b) => a + b,
      ),
    ),
    known: Object.values(
      summed(
        all.map(({ known }) => Object.fromEntries(known.map((it) => [it.id, it]))),
        (a, b) => ({ ...a, times: a.times + b.times }),
      ),
    ).sort((a, b) => naturally(a.id, b.id)),
    findings: ranked(firsts([...dirs.keys()])),
    replayed: all.find(({ replayed }) => replayed !== null)?.replayed ?? null,
    restarts: all.flatMap(({ restarts }) => restarts),
    unwritten: all.flatMap(({ unwritten }) => unwritten),
    canary: canaries.find(({ found }) => !found) ?? canaries[0] ?? null,
    calibration: sorted(all.flatMap(({ calibration }) => calibration)),
  };
  return { summary, coverage, dirs };
}

type Found = RunSummary['findings'][number];

/** Each bug as it was hit first, and so many of a property as one campaign tells. */
function firsts(findings: readonly Found[]): Found[] {
  const causes = new Map<string, Set<string>>();
  return findings
    .toSorted((a, b) => a.run - b.run)
    .filter(({ property, cause }) => {
      const told = causes.get(property) ?? new Set();
      causes.set(property, told);
      const isFirst = !told.has(cause);
      told.add(cause);
      return isFirst && told.size <= MAX_BUCKETS_PER_PROPERTY;
    });
}

function summed<T>(all: readonly Readonly<Record<string, T>>[], add: (a: T, b: T) => T): Record<string, T> {
  const total: Record<string, T> = Object.create(null);
  for (const it of all)
    for (const [name, value] of Object.entries(it))
      total[name] = total[name] === undefined ? value : add(total[name], value);
  return total;
}
