import { type Model, UsageError, type World } from '../../harness/language';
import { edited, findVariant, layersOf, presetOf } from '../../harness/language/variants';
import { type Digest, digestOf } from './digest';
import type { Statement } from './go';
import { reasonToLeaveOut } from './leftout';
import { functionsOf, type Resolved, resolve } from './resolve';
import { isShared } from './touches';
import { releasesOf } from './versions';

/** The presets that retell a release. */
export const presets = Object.keys(releasesOf);

/** A preset's routines. */
export const routinesOf = <W extends World, P>(model: Model<W, P>, preset: string) =>
  edited(model.routines, layersOf(model, findVariant(model, preset)));

/** The digests that a variant is read beside: those of its preset. */
export function digestsOf<W extends World, P>(model: Model<W, P>, variant: string): Digest[] {
  const preset = presetOf(model, findVariant(model, variant));
  return (releasesOf[preset] ?? []).map((name) => {
    const digest = digestOf(name);
    if (digest === undefined)
      throw new UsageError(`there is no digest of ${name}`, `Make it: sources update --go ${name}`);
    return digest;
  });
}

const resolved = new WeakMap<object, Map<string, Resolved[]>>();

/** What each line of a preset stands for. */
export function resolvePreset<W extends World, P>(model: Model<W, P>, preset: string): Resolved[] {
  const known = resolved.get(model) ?? new Map<string, Resolved[]>();
  resolved.set(model, known);
  const found = known.get(preset) ?? resolve(routinesOf(model, preset), digestsOf(model, preset));
  known.set(preset, found);
  return found;
}

/** Names of all functions that some routine tells, of whatever preset and release. */
export function modelledNames<W extends World, P>(model: Model<W, P>): Set<string> {
  const scopes = presets.flatMap((preset) => resolve(routinesOf(model, preset), []).map(({ scope }) => scope.name));
  return new Set(scopes.flatMap(functionsOf));
}

const placeOf = ({ in: fn, line, text }: Statement): string => `${fn}:${line}: ${text}`;

/** Statements on shared state, of functions that a preset tells, that are neither lines of it nor left out. */
export const silentIn = <W extends World, P>(model: Model<W, P>, preset: string): string[] =>
  silent(resolvePreset(model, preset), digestsOf(model, preset)[0]!, preset);

/** The same of routines that were resolved already. */
export function silent(scopes: readonly Resolved[], digest: Digest, preset: string): string[] {
  const told = new Set(scopes.flatMap(({ lines }) => lines.flatMap(({ statements }) => statements.map(placeOf))));
  const names = new Set(scopes.flatMap(({ functions }) => functions.map((it) => it.replace(/\{.*/, ''))));
  return [...names].flatMap((name) =>
    (digest.functions.get(name)?.statements ?? [])
      .filter((it) => isShared(it.text) && !told.has(placeOf(it)) && reasonToLeaveOut(it, preset) === undefined)
      .map(placeOf),
  );
}
