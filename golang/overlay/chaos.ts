import fs from 'node:fs';
import path from 'node:path';
import { build, findVariant, type Model } from '../../harness/language';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { gatedFiles } from '../reproduce/compile';
import { offsetIn, spanOf, spansIn } from '../reproduce/insert';
import { type Place, placesIn, releaseOf } from '../reproduce/places';
import { releasesOf } from '../source/versions';
import { type Overlay, patchedFiles, treeOf, writeOverlay } from './make';

const minorOf = (version: string): number => Number(version.split('.')[1]);

/** The preset that is nearest to a release and not newer. */
function presetFor(version: string): string {
  const minor = minorOf(version);
  const named = Object.keys(releasesOf).filter((it) => it.startsWith('go'));
  return named.findLast((it) => minorOf(it) <= minor) ?? named[0]!;
}

/**
 * The oracle, and delays where the model is in the middle of something (its fragile lines): the weak form of gates, for
 * programs of one's own. Functions that must not grow the stack have none: there is no room for them.
 */
export function chaosOverlay(model: Model<Runtime, Program>, reference: string, mask: { mask?: number }): Overlay {
  const tree = treeOf(reference);
  const built = build(model, findVariant(model, presetFor(tree.version)));
  const places = placesIn(model, built, releaseOf(tree.version));
  const read = (file: string): string => fs.readFileSync(path.join(tree.root, 'src', file), 'utf8');
  const fragile = new Map<string, Place>();
  for (const [pc, place] of places.entries())
    if (place !== undefined && built.code.fragility[pc]! > 0 && path.dirname(place.file) === 'runtime')
      fragile.set(place.id, place);
  const texts = new Map([...new Set([...fragile.values()].map(({ file }) => file))].map((it) => [it, read(it)]));
  const spans = spansIn(texts);
  const some = [...fragile.values()].filter(
    (it) => offsetIn(spanOf(spans.get(it.file), it), it) > 0 && !isNosplit(texts.get(it.file)!, it.statement.in),
  );
  const base = patchedFiles(tree.root, tree.version, mask);
  return writeOverlay(
    tree,
    gatedFiles(
      base,
      read,
      some.map((place) => ({ place, code: () => 'prChaosAt(); ' })),
    ),
  );
}

/** Whether a function says that it does not check for stack. */
function isNosplit(text: string, fn: string): boolean {
  const name = fn.split('.').at(-1)!;
  const at = text.search(new RegExp(`^func (?:\\([^)]*\\) )?${name}\\(`, 'm'));
  const above = text.slice(0, at).split('\n').reverse().slice(1);
  const directives = above.slice(
    0,
    above.findIndex((it) => !it.startsWith('//')),
  );
  return directives.some((it) => it.startsWith('//go:nosplit'));
}
