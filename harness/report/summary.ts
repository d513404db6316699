import { z } from 'zod';
import { naturally, plural } from '../base/format';
import { sharedSchema } from '../campaign/settings';
import { findingSchema } from '../find/finding';

/**
 * What a campaign came to, for machines: `summary.json`. The schema is published beside this file
 * (summary.schema.json), from what stands here.
 */
const whole = z.int().min(0);
const positive = z.int().min(1);
const nonNegative = z.number().min(0);
const chanceSchema = z.number().min(0).max(1);

/** Nothing that could lead elsewhere. */
const fileOf = (extension: string) => z.string().regex(new RegExp(`^findings/[\\w.+-]+\\.${extension}$`));
const finding = findingSchema.extend({
  claim: z.string().describe('what holds, if the property does'),
  file: fileOf('json').describe('relative to the folder of the campaign'),
  page: z.union([z.literal(''), fileOf('html')]),
});
const earnings = z.strictObject({ runs: whole, steps: whole, states: whole, bugs: whole });

const calibration = z.strictObject({
  variant: z.string(),
  sentence: z.string(),
  runs: whole.describe('up to the first finding, or all that there were'),
  found: z.boolean(),
  property: z.string().nullable(),
  before: z.array(whole.nullable()).describe('runs of earlier nights, the last one last; null where it was not found'),
});

export const summarySchema = z.strictObject({
  format: z.literal(2),
  tool: z.string().describe('what has made it'),
  version: z.string(),
  commandLine: z.strictObject({ replay: z.string() }).describe('what to type before a token'),
  seed: z.string(),
  seedAlgorithm: z.string(),
  shard: z
    .strictObject({ parts: z.array(positive).min(1), of: positive })
    .refine(({ parts, of }) => parts.every((it) => it <= of), 'there is no such part')
    .describe('which parts of the campaign this is; a whole one is part 1 of 1'),
  settings: sharedSchema.describe('what the campaign was asked to do, as the command line has it'),
  variant: z.string(),
  variantSentence: z.string(),
  isPlanted: z.boolean().describe('whether the variant is a bug of our own, so that breaking is what it should'),
  base: z.string().describe('the preset that it is, or that its bugs are planted in'),
  fingerprint: z.string().describe('of the model'),
  commit: z.string().nullable().describe('of the checkout that ran'),
  started: z.string(),
  seconds: nonNegative,
  runs: whole,
  steps: whole,
  stepsPerSecond: nonNegative,
  stuck: whole,
  circling: whole,
  cutShort: whole,
  interrupted: z.boolean(),
  goals: z
    .strictObject({ met: z.array(z.string()), unmet: z.array(z.string()), areAsked: z.boolean() })
    .describe('none are asked of planted bugs, and so none unmet'),
  neverExercised: z.array(z.string()),
  abstractStates: whole,
  newPerRun: z
    .strictObject({ estimate: chanceSchema, low: chanceSchema, high: chanceSchema })
    .describe('the chance that the next run sees another abstract state, estimated, and its interval of 95 %'),
  growth: z.array(z.strictObject({ runs: whole, states: whole })).describe('abstract states over runs'),
  strategies: z.record(z.string(), earnings),
  counts: z.record(z.string(), whole).describe('in how many runs each property was broken by each cause'),
  known: z
    .array(z.strictObject({ id: z.string(), times: whole, sentence: z.string() }))
    .describe('how often each known bug was hit, over all its causes'),
  findings: z.array(finding),
  properties: z.array(z.strictObject({ name: z.string(), sentence: z.string(), strength: z.string() })),
  goalSentences: z.record(z.string(), z.string()).describe('what each goal says'),
  replayed: z
    .strictObject({ entries: whole, failing: z.array(z.string()) })
    .nullable()
    .describe('saved findings that were run first, and those that do not break as they did'),
  restarts: z
    .array(z.string())
    .describe('threads that died or hung and were replaced, and files of the cache that were damaged'),
  unwritten: z.array(z.string()),
  lost: z.array(z.string()).describe('parts, and findings of parts, that are not in this report'),
  canary: z.strictObject({ variant: z.string(), found: z.boolean(), runs: whole, sentence: z.string() }).nullable(),
  calibration: z.array(calibration),
  exitCode: whole,
});

type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T;
export type RunSummary = Deep<z.infer<typeof summarySchema>>;
export type Calibration = Deep<z.infer<typeof calibration>>;
export const schemaText = (): string => `${JSON.stringify(z.toJSONSchema(summarySchema), null, 2)}\n`;

/** What the morning's reader wants to know first, in a sentence. */
export function headline(summary: RunSummary): string {
  const { findings, goals, canary, calibration, interrupted, restarts, replayed, shard, lost: gone } = summary;
  const fresh = findings.filter(({ known }) => known === null);
  const lost = calibration.filter(({ found }) => !found).length;
  const changed = replayed?.failing.length ?? 0;
  const parts: (string | false)[] = [
    freshText(summary, fresh),
    goals.unmet.length > 0 && `${plural(goals.unmet.length, 'goal')} unmet: ${named(goals.unmet)}`,
    canary?.found === false && 'THE CANARY LIVES: nothing here proves anything',
    lost > 0 && `${lost} of ${calibration.length} planted bugs not found`,
    changed > 0 &&
      `${plural(changed, 'saved finding')} ${changed === 1 ? 'does not break as it did' : 'do not break as they did'}`,
    restarts.length > 0 && `trouble ${plural(restarts.length, 'time')}`,
    interrupted && 'interrupted',
    shard.parts.length < shard.of && `only ${partsText(shard)}`,
    gone.length > 0 && `${plural(gone.length, 'thing')} missing`,
  ];
  return parts.filter((it) => it !== false).join(', ');
}

function freshText({ isPlanted, variant }: RunSummary, fresh: RunSummary['findings']): string {
  const of = isPlanted ? `Planted bug ${variant}: ` : '';
  if (fresh.length === 0) return `${of}${isPlanted ? 'nothing' : 'Nothing'} new broke`;
  const bugs = groupsOf(fresh).length;
  const count = plural(fresh.length, isPlanted ? 'finding' : 'new finding');
  return `${of}${count}${bugs < fresh.length ? `, probably ${plural(bugs, 'bug')}` : ''}`;
}

/** Findings that are probably one bug, because the story of one breaks the property of another. */
export function groupsOf<T extends Pick<RunSummary['findings'][number], 'property' | 'besides'>>(
  findings: readonly T[],
): T[][] {
  const groups: T[][] = [];
  for (const it of findings) {
    const isWith = (other: T) => it.besides.includes(other.property) || other.besides.includes(it.property);
    const joined = groups.filter((group) => group.some(isWith));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), it]);
  }
  return groups;
}

const named = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(' and ')}${names.length > 3 ? ' and others' : ''}`;

/** `part 2 of 4`. */
export const partsText = ({ parts, of }: RunSummary['shard']): string =>
  `part${parts.length === 1 ? '' : 's'} ${parts.join(', ')} of ${of}`;

const STRENGTHS: readonly string[] = ['harm', 'liveness', 'order', 'discipline'];

/** The worst first, and of equals the one that was hit first. */
export const ranked = <T extends { readonly strength: string; readonly run: number }>(findings: readonly T[]): T[] =>
  findings.toSorted((a, b) => STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength) || a.run - b.run);

/** What was not found first, then by name. */
export const sorted = (calibration: readonly Calibration[]): Calibration[] =>
  calibration.toSorted((a, b) => Number(a.found) - Number(b.found) || naturally(a.variant, b.variant));

/** The same numbers, in an order that does not depend on what came first. */
export const byName = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
