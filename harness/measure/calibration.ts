import fs from 'node:fs';
import path from 'node:path';
import { InternalError } from '../base/errors';
import { parsed, readSmall, writeWhole } from '../base/files';
import { campaign } from '../campaign/campaign';
import type { WorkerPool } from '../campaign/threads/pool';
import type { Finding } from '../find/finding';
import { isInherited } from '../find/known';
import { type Build, build } from '../language/build';
import type { Variant } from '../language/model';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { type Calibration, type RunSummary, summarySchema } from '../report/summary';
import { portfolio } from '../strategies';

/** The net has its mesh as long as it catches what was planted. */

export interface CalibrationOptions {
  readonly seed: string;
  readonly maxSteps: number;
  /** For each planted bug. */
  readonly budget: { readonly runs: number; readonly ms?: number };
  isStopped(): boolean;
}

/** How long it takes to find a planted bug; undefined when it was stopped before. */
export async function catchPlanted<W extends World, P>(
  project: Project<W, P>,
  variant: Variant<W>,
  pool: WorkerPool<P>,
  { seed, maxSteps, budget, isStopped }: CalibrationOptions,
): Promise<Omit<Calibration, 'before'> | undefined> {
  if (variant.breaks.length === 0) throw new InternalError(`${variant.name} breaks nothing`);
  const built: Build<W> = build(project.model, variant);
  const claims = project.claims.filter(({ name }) => variant.breaks.includes(name));
  const isIgnored = (property: string, cause: string) => isInherited(project, variant, property, cause);
  const options = { seed, budget, maxSteps, stopAtFirst: true, shrinks: false as const, isIgnored };
  let first: Finding<P> | undefined;
  const finding = (it: Finding<P>) => {
    first ??= it;
  };
  const hooks = { finding, progress: () => {}, isStopped };
  const executor = pool.executor({
    variant: variant.name,
    claims: claims.map(({ name }) => name),
    strategies: portfolio.map(({ name }) => name),
    isKnown: false,
    options: { seed, maxSteps, shrinks: false },
  });
  const summary = await campaign({ ...project, claims, known: [] }, built, options, hooks, executor);
  if (first === undefined && summary.interrupted) return undefined;
  const { name, sentence } = variant;
  const runs = first === undefined ? summary.runs : first.entry.found.run + 1;
  return { variant: name, sentence, runs, found: first !== undefined, property: first?.entry.property ?? null };
}

/** Campaigns of earlier nights that a trend goes back to. */
const NIGHTS = 10;
const MAX_NIGHT_BYTES = 1024 * 1024;

/** What an earlier night has come to. */
export type Night = Pick<RunSummary, 'started' | 'calibration'>;
const nightSchema = summarySchema.pick({ started: true, calibration: true });
const nightsIn = (cache: string): string => path.join(cache, 'nights');

/** Keeps a night for the trends of later ones. */
export const keepNight = (cache: string, { started, calibration }: Night): void =>
  writeWhole(
    path.join(nightsIn(cache), `${started.replace(/\W/g, '')}.json`),
    `${JSON.stringify({ started, calibration })}\n`,
  );

/** What was kept of earlier nights, the latest last; whatever cannot be read is left out. */
export function earlierNights(cache: string): Night[] {
  const folder = nightsIn(cache);
  const nights: Night[] = [];
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) return nights;
  for (const name of fs.readdirSync(folder)) {
    try {
      const file = path.join(folder, name);
      nights.push(parsed(file, nightSchema, readSmall(file, MAX_NIGHT_BYTES), ''));
    } catch {
      // A trend can do without a night.
    }
  }
  return nights.sort((a, b) => a.started.localeCompare(b.started)).slice(-NIGHTS);
}

/** In how many runs earlier nights have found a planted bug. */
export const runsBefore = (nights: readonly Night[], variant: string): (number | null)[] =>
  nights.flatMap(({ calibration }) => {
    const night = calibration.find((it) => it.variant === variant);
    return night === undefined ? [] : [night.found ? night.runs : null];
  });
