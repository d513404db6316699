import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../base/errors';
import { isFile, readSmall, reasonOf, writeWhole } from '../base/files';
import { hash } from '../base/hash';
import { visible } from '../base/visible';
import { type Build, build } from '../language/build';
import type { Model } from '../language/model';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { Machine } from '../run/machine';
import { TapePlayer } from '../run/players';
import { parseTape, tapeText } from '../run/tape';
import type { Start } from '../strategies/strategy';
import { Sightings } from './coverage';

/**
 * What a campaign leaves to the next: the runs that together show every abstract state that was seen, a file each,
 * named by what is in it, so that campaigns may share a folder. Runs of another model are of no use, and have a folder
 * of their own.
 */
export interface Cache<P> {
  readonly starts: readonly Start<P>[];
  /** Files that are no runs of ours, in a sentence each. */
  readonly damaged: readonly string[];
}

const folderOf = (dir: string, { variant, fingerprint }: Build<never>): string =>
  path.join(dir, `${variant.name}-${fingerprint}`);

export function readCache<W extends World, P>(dir: string, model: Model<W, P>, build: Build<W>): Cache<P> {
  const folder = folderOf(dir, build);
  if (fs.existsSync(folder) && !fs.statSync(folder).isDirectory())
    throw new UsageError(`${folder} is in the way of the cache`, 'Give another folder with --cache.');
  const starts: Start<P>[] = [];
  const damaged: string[] = [];
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    try {
      starts.push(readRun(file, model));
    } catch (error) {
      damaged.push(`${visible(file)} is damaged and was left out: ${visible((error as Error).message)}`);
    }
  }
  return { starts, damaged };
}

/** Throws an error where a file is no run of the model, or not the one that its name says. */
function readRun<W extends World, P>(file: string, model: Model<W, P>): Start<P> {
  // Its end is no part of its name, and is to be as it was written, too.
  const text = readSmall(file, MAX_RUN_BYTES).replace(/\n$/, '');
  if (nameOf(text) !== path.basename(file)) throw new UsageError('its name does not fit what is in it');
  const [program, tape] = text.split(' ') as [string, string?];
  return { program: model.parseProgramText(program), tape: parseTape(tape ?? '') };
}
const MAX_RUN_BYTES = 16 * 1024 * 1024;

/** Whether it is a run of some version of the model. */
function isWhole<W extends World, P>(file: string, model: Model<W, P>): boolean {
  try {
    readRun(file, model);
    return true;
  } catch {
    return false;
  }
}

/** Adds these runs to those that are there, without asking whether they show what the others do not. */
export function addToCache<W extends World, P>(
  dir: string,
  model: Model<W, P>,
  build: Build<W>,
  starts: readonly Start<P>[],
): void {
  for (const start of starts) write(folderOf(dir, build), model, start);
}

/** Leaves these runs and those that are there, less what the others show as well. Returns how many they are. */
export function writeCache<W extends World, P>(
  dir: string,
  model: Model<W, P>,
  build: Build<W>,
  starts: readonly Start<P>[],
  maxSteps: number,
): number {
  const folder = folderOf(dir, build);
  // Another campaign may have left something since.
  const before = namesIn(folder);
  const all = [...readCache(dir, model, build).starts, ...starts];
  const kept = cover(all, (start) => statesOf(model, build, start, Math.max(maxSteps, STEPS)));
  const names = new Set<string>();
  for (const start of kept) names.add(write(folder, model, start));
  for (const name of before) if (!names.has(name)) remove(path.join(folder, name));
  return names.size;
}

/** Returns its name; one of that name that is damaged is replaced. */
function write<W extends World, P>(folder: string, model: Model<W, P>, { program, tape }: Start<P>): string {
  const text = `${model.programText(program)} ${tapeText(Array.from(tape))}`;
  const name = nameOf(text);
  const file = path.join(folder, name);
  if (!isFile(file) || fs.readFileSync(file, 'utf8') !== `${text}\n`) writeWhole(file, `${text}\n`);
  return name;
}

/** A folder of runs before and after. */
export interface Pruned {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** How many of them were no runs any more, and so are gone. */
  readonly damaged: number;
  /** Whether they were recorded by the model as it is. */
  readonly isCurrent: boolean;
}

/** Leaves a minimal covering set of each variant's runs, and nothing of other versions of the model. */
export function pruneCache<W extends World, P>(dir: string, model: Model<W, P>): Pruned[] {
  /** The build whose runs a folder holds, if it is of the model as it is; undefined where its name is none of ours. */
  const currentOf = (name: string): Build<W> | 'other' | undefined => {
    const [, variant, fingerprint] = /^(.+)-([0-9a-f]{8})$/.exec(name) ?? [];
    if (variant === undefined) return undefined;
    try {
      const built = build(model, findVariant(model, variant));
      return built.fingerprint === fingerprint ? built : 'other';
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  };
  const folders = fs.readdirSync(dir, { withFileTypes: true }).filter((it) => it.isDirectory());
  return folders
    .map(({ name }) => name)
    .sort()
    .flatMap((name): Pruned[] => {
      const folder = path.join(dir, name);
      const before = namesIn(folder).length;
      const found = currentOf(name);
      if (found === undefined) return [];
      const built = found === 'other' ? undefined : found;
      const damaged = namesIn(folder).filter((it) => !isWhole(path.join(folder, it), model)).length;
      const after = built === undefined ? 0 : writeCache(dir, model, built, [], STEPS);
      if (built === undefined) for (const it of namesIn(folder)) remove(path.join(folder, it));
      if (fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
      return [{ name, before, after, damaged, isCurrent: built !== undefined }];
    });
}

function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch (error) {
    throw new UsageError(`cannot delete ${file}: ${reasonOf(error)}`, 'Delete it by hand; campaigns do without.');
  }
}

/** What a run is judged by, however short this campaign's are. */
const STEPS = 6000;

/** Of the files there, those that are named as ours are. */
const namesIn = (folder: string): string[] =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true })
        .filter((it) => it.isFile() && /^[0-9a-f]{16}\.run$/.test(it.name))
        .map(({ name }) => name)
        .sort()
    : [];

const nameOf = (text: string): string => `${hash(text)}${hash(`${text}.`)}.run`;

/** The abstract states that a run shows. */
function statesOf<W extends World, P>(
  model: Model<W, P>,
  { code }: Build<W>,
  { program, tape }: Start<P>,
  maxSteps: number,
): readonly number[] {
  const sightings = new Sightings(model.abstraction, new Set());
  const world = model.createWorld(program);
  const machine = new Machine(code, world, [sightings.claim], maxSteps);
  model.reset(world, code);
  sightings.beginRun();
  machine.run(new TapePlayer(tape), { broken: () => false, met: () => {} });
  return sightings.fresh;
}

/**
 * Few things that have all marks between them: each time the one with the most that are missing, the first of equals.
 */
export function cover<T>(things: readonly T[], marksOf: (it: T) => readonly number[]): T[] {
  const left = things.map((thing) => ({ thing, marks: new Set(marksOf(thing)) }));
  const kept: T[] = [];
  for (;;) {
    let best = left[0];
    for (const it of left) if (it.marks.size > (best?.marks.size ?? 0)) best = it;
    if (best === undefined || best.marks.size === 0) return kept;
    kept.push(best.thing);
    for (const mark of [...best.marks]) for (const it of left) it.marks.delete(mark);
  }
}
