import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../base/errors';
import { type Build, build } from '../language/build';
import type { Project } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { DEFAULT_MAX_STEPS } from '../run/machine';
import { bucketOf } from '../tell/bucket';
import { type StoryStep, type Telling, tell } from '../tell/story';
import { type Entry, entryText } from './entry';

/** Where findings that are worth keeping are kept, below the folder that commands are started in. */
export const CORPUS_DIR = 'corpus';
/** What is known of the system, which is no finding. */
const KNOWN = 'known.json';

/** The entries of a folder, by name; there may be none. */
export function entryFilesIn(dir: string): string[] {
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch {
    throw new UsageError(`cannot read the folder "${dir}"`, 'Give a folder that holds corpus files.');
  }
  const entries = names.filter((name) => name.endsWith('.json') && name !== KNOWN);
  return entries.sort().map((name) => path.join(dir, name));
}

/** The same; throws a UsageError where there are none. */
export function entryFiles(dir: string): string[] {
  const files = entryFilesIn(dir);
  if (files.length > 0) return files;
  throw new UsageError(`there are no corpus files in ${dir}`, 'Give a folder that holds corpus files.');
}

/** An entry with what its steps tell now. */
export function anew<W, P>(
  entry: Entry<P>,
  { fingerprint }: Build<W>,
  { sentence, race }: NonNullable<Telling<W>['broken']>,
  story: readonly StoryStep[],
): Entry<P> {
  const bucket = bucketOf(entry.property, entry.cause, race);
  return { ...entry, bucket, fingerprint, sentence, race, story };
}

/** Says of entries whether they break as they did, otherwise, or not at all. */
export function checker<W extends World, P>(project: Project<W, P>): (entry: Entry<P>) => 'breaks' | 'stale' | 'holds' {
  const builds = new Map<string, Build<W>>();
  return (entry) => {
    const built = builds.get(entry.variant) ?? build(project.model, findVariant(project.model, entry.variant));
    builds.set(entry.variant, built);
    const { broken, story } = tell(project.model, built, project.claims, entry, DEFAULT_MAX_STEPS);
    if (broken === undefined) return 'holds';
    return entryText(anew(entry, built, broken, story)) === entryText(entry) ? 'breaks' : 'stale';
  };
}
