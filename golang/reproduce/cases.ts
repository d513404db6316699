import path from 'node:path';
import { readEntry } from '../../harness/find/entry';
import { knownBug } from '../../harness/find/known';
import { CORPUS_DIR, entryFiles } from '../../harness/find/saved';
import { findVariant, type Project } from '../../harness/language';
import type { KnownBug } from '../../harness/language/project';
import { presetOf } from '../../harness/language/variants';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { hunks } from '../../models/variants/hunks';
import { tellingOf } from '../overlay/telling';
import { releasesOf } from '../source/versions';
import { ROOT, type Row } from './rows';

/** Which findings are tried on which releases of Go, and which of them should not happen there. */

export type Case = Pick<Row, 'entry' | 'bug' | 'go' | 'control'>;

/** Presets that retell a release, oldest first. */
const LINE = Object.keys(releasesOf).filter((it) => it.startsWith('go'));

/** Bugs that patch releases repaired: one that has it, where that is not the preset's, and one that has not. */
const REPAIRED: Readonly<Record<string, { readonly has?: string; readonly hasNot: string }>> = {
  L3: { hasNot: 'go1.23.11' },
  L31: { has: 'go1.23.4', hasNot: 'go1.23.5' },
};

const releaseOfPreset = (preset: string): string => releasesOf[preset]![0]!;

/**
 * The releases that have a bug. The commit and its parent lie between two, and what they alone have, none has.
 */
export function releasesWith({ id, variants }: Pick<KnownBug, 'id' | 'variants'>): string[] {
  const all = LINE.filter((it) => variants.includes(it)).map(releaseOfPreset);
  const has = REPAIRED[id]?.has;
  return has === undefined || all.includes(has) ? all : [has, ...all];
}

/** On which releases a bug of a preset is tried: on those of its code, which is nearest to the finding. */
function releasesFor(bug: KnownBug, preset: string): string[] {
  const all = releasesWith(bug);
  const own = releaseOfPreset(preset);
  // A newer release that says the same is shown, too.
  const also = own === 'go1.26.8' ? ['go1.27.3'] : [];
  const some = [own, ...also].filter((it) => all.includes(it));
  return some.length > 0 ? some : all.slice(0, 1);
}

/** A release that is said to have repaired a bug, if there is one. */
function releaseWithout({ id, variants }: KnownBug): string | undefined {
  const named = REPAIRED[id]?.hasNot;
  if (named !== undefined) return named;
  const next = LINE[LINE.findLastIndex((it) => variants.includes(it)) + 1];
  // The first release behind the commit is what it became.
  const first = LINE.some((it) => variants.includes(it)) ? next : LINE[1];
  return first === undefined ? undefined : releaseOfPreset(first);
}

const minorOf = (version: string): number => Number(version.split('.')[1]);

/** Every entry of a known bug or of a hunk, with the releases that it is tried on. */
export function cases(project: Project<Runtime, Program>): Case[] {
  const { model, known } = project;
  const planted = new Set(hunks.map(({ name }) => name));
  return entryFiles(path.join(ROOT, CORPUS_DIR)).flatMap((file): Case[] => {
    const it = readEntry(project, file);
    const entry = path.basename(file, '.json');
    const variant = findVariant(model, it.variant);
    const preset = presetOf(model, variant);
    if (planted.has(it.variant)) {
      const of = { entry, bug: `${it.variant} undone`, go: releaseOfPreset(preset) };
      return [
        { ...of, control: false },
        { ...of, control: true },
      ];
    }
    const sign = knownBug(project, variant, it.property, it.cause);
    const bug = known.find(({ id }) => id === sign?.id);
    if (bug === undefined) return [];
    const of = { entry, bug: bug.id };
    const without = releaseWithout(bug);
    const isTold = without !== undefined && tellingOf(it.property, it.cause, minorOf(without)) !== undefined;
    return [
      ...releasesFor(bug, preset).map((go) => ({ ...of, go, control: false })),
      ...(isTold ? [{ ...of, go: without, control: true }] : []),
    ];
  });
}

/** What an entry that is gone has shown says nothing any more. */
export const still = (rows: readonly Row[], all: readonly Case[]): Row[] =>
  rows.filter((row) => all.some((it) => isOf(row, it)));

/** Whether a row is what came of a case. */
export const isOf = (row: Row, it: Case): boolean =>
  row.entry === it.entry && row.go === it.go && row.control === it.control;
