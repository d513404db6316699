import path from 'node:path';
import { z } from 'zod';
import { commitAt } from '../base/commit';
import { UsageError } from '../base/errors';
import { pick } from '../base/pick';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { portfolio } from '../strategies';
import type { Budget } from './executor';
import { LEARNERS } from './learner';

/**
 * What a campaign is asked to do: all that its results depend on, each setting in one place. The command line's
 * options, what a checkpoint keeps, what a report says and what the parts of one campaign must agree in are all made
 * from these rows; a new flag is a row here, and whatever heeds it.
 */
interface Setting<S extends z.ZodType> {
  /** As the command line has it. */
  readonly flag: string;
  readonly help: string;
  readonly schema: S;
  /** What it is where neither the command line nor the mode says otherwise. */
  readonly default: z.infer<S>;
  /** Reads what was typed; throws a UsageError that says what is wanted. Missing: it is taken as it is. */
  readonly parse?: (text: string) => z.infer<S>;
  readonly choices?: readonly string[];
}
const setting = <S extends z.ZodType>(it: Setting<S>): Setting<S> => it;

/** What a campaign is for. */
const modes = ['once', 'change', 'nightly'] as const;
/** No campaign, but order in the cache. */
export const PRUNE = 'prune';
export const CACHE_DIR = path.join('out', 'cache');

/** What the parts of one campaign must agree in; reports say it. */
const shared = {
  mode: setting({
    flag: '--mode <mode>',
    help:
      'once: as below; change: ten minutes, seeded by the commit; nightly: an hour, seeded by the date, and every ' +
      'planted bug; prune: no campaign, but order in --cache',
    schema: z.enum(modes),
    default: 'once',
    choices: [...modes, PRUNE],
  }),
  for: setting({
    flag: '--for <budget>',
    help: 'how long: 30s, 10m, 2h, or a number of runs, 1000x',
    schema: z.string().refine(isBudget, 'it is a time or a number of runs'),
    default: '30s',
    parse: (text) => {
      if (isBudget(text)) return text;
      throw new UsageError('it wants a time (30s, 10m, 2h) or a number of runs (1000x), of at most nine digits.');
    },
  }),
  seed: setting({
    flag: '--seed <text>',
    help: 'where all randomness comes from (default: the time)',
    schema: z.string(),
    default: '',
    parse: (text) => {
      if (/^[^\p{Cc}]{1,200}$/u.test(text)) return text;
      throw new UsageError('it wants a text of 1 to 200 characters without control characters, such as nightly-1.');
    },
  }),
  variant: setting({
    flag: '--variant <name>',
    help: 'which model, see list --variants; PRESET+BUG plants a bug in a preset (default: the first)',
    schema: z.string().nullable(),
    default: null,
  }),
  property: setting({
    flag: '--property <glob>',
    help: 'judge only these properties, * for anything (goals are always counted, and a throw always ends a run)',
    schema: z.string(),
    default: '*',
  }),
  strategy: setting({
    flag: '--strategy <name>',
    help: 'search with this one alone; see list --strategies (default: whatever pays)',
    schema: z.string().nullable(),
    default: null,
    parse: (text) => pick('strategy', text, portfolio).name,
  }),
  maxSteps: setting({
    flag: '--max-steps <n>',
    help: 'cut runs short behind so many steps',
    schema: z.int().min(1),
    default: DEFAULT_MAX_STEPS,
    parse: wholeNumber(100, 1_000_000),
  }),
  keepGoing: setting({
    flag: '--no-keep-going',
    help: 'end at the first finding that is not known',
    schema: z.boolean(),
    default: true,
  }),
  failOnKnown: setting({
    flag: '--fail-on-known',
    help: 'exit with 1 for known bugs, too',
    schema: z.boolean(),
    default: false,
  }),
};

/** What each part has for itself. */
const own = {
  shard: setting({
    flag: '--shard <i/n>',
    help: `do the i-th of n parts (up to ${LEARNERS}), on as many machines; merge puts them together`,
    schema: z
      .strictObject({ index: z.int().min(1), of: z.int().min(1).max(LEARNERS) })
      .refine(({ index, of }) => index <= of, 'there is no such part')
      .nullable(),
    default: null,
    parse: (text) => {
      const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
      if (index === undefined || Number(index) < 1 || Number(of) > LEARNERS || Number(index) > Number(of))
        throw new UsageError(`it wants which part of how many, such as 2/4, of at most ${LEARNERS}.`);
      return { index: Number(index), of: Number(of) };
    },
  }),
  cache: setting({
    flag: '--cache <dir>',
    help: `go on from the coverage of earlier campaigns, and leave it to the next (nightly: ${CACHE_DIR})`,
    schema: z.string().nullable(),
    default: null,
  }),
};

export const settings = { ...shared, ...own };

const schemasOf = <T extends Record<string, Setting<z.ZodType>>>(rows: T) =>
  Object.fromEntries(Object.entries(rows).map(([name, { schema }]) => [name, schema])) as {
    [K in keyof T]: T[K]['schema'];
  };
export const settingsSchema = z.strictObject({ ...schemasOf(shared), ...schemasOf(own) });
export const sharedSchema = z.strictObject(schemasOf(shared));
export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SharedSettings = Readonly<z.infer<typeof sharedSchema>>;
const namesOf = <T extends object>(rows: T) => Object.keys(rows) as (keyof T)[];
export const sharedNames = namesOf(shared);

export const sharedOf = (all: Settings): SharedSettings =>
  Object.fromEntries(sharedNames.map((name) => [name, all[name]])) as SharedSettings;

/** What a mode does where nobody says otherwise. */
const modeDefaults: Readonly<Record<Settings['mode'], { for: string; cache: string | null; seed(): string }>> = {
  once: { for: settings.for.default, cache: null, seed: () => new Date().toISOString() },
  change: { for: '10m', cache: null, seed: () => `change-${commit()}` },
  nightly: { for: '1h', cache: CACHE_DIR, seed: () => `nightly-${new Date().toISOString().slice(0, 10)}` },
};

/** Running a change again is running the same again. */
function commit(): string {
  const at = commitAt();
  if (at === null)
    throw new UsageError('--mode change takes its seed from the commit, and there is none here', 'Give a --seed.');
  return at;
}

/**
 * All the settings of a campaign of which somebody has given some. Throws a UsageError where two exclude each other.
 */
export function settled(given: Partial<Settings>): Settings {
  const rows = namesOf(settings).map((name) => [name, settings[name].default]);
  const { seed, ...byMode } = modeDefaults[given.mode ?? settings.mode.default];
  const all: Settings = { ...Object.fromEntries(rows), ...byMode, ...given, seed: given.seed ?? seed() };
  if (all.shard !== null && !all.keepGoing)
    throw new UsageError(
      'a part (--shard) does not hear of what the others find, so that --no-keep-going would end each elsewhere',
      'Leave one of the two out.',
    );
  return all;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
function isBudget(text: string): boolean {
  return /^0*[1-9]\d{0,8}[smhx]$/.test(text);
}

/** `30s`, `10m`, `2h`: time. `1000x`: runs. */
export const budgetOf = (text: string): Budget =>
  text.endsWith('x') ? { runs: Number.parseInt(text, 10) } : { ms: Number.parseInt(text, 10) * UNITS[text.at(-1)!]! };

/** Reads a whole number in a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new UsageError(`it wants a whole number from ${min} to ${max}.`);
  };
}
