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

/** What each line of a preset stands for. */
export const resolvePreset = <W extends World, P>(model: Model<W, P>, preset: string): Resolved[] =>
  resolve(routinesOf(model, preset), digestsOf(model, preset));

/** Names of all functions that some routine tells, of whatever preset and release. */
export function modelledNames<W extends World, P>(model: Model<W, P>): Set<string> {
  const scopes = presets.flatMap((preset) => resolve(routinesOf(model, preset), []).map(({ scope }) => scope.name));
  return new Set(scopes.flatMap(functionsOf));
}

const placeOf = ({ in: fn, line, text }: Statement): string => `${fn}:${line}: ${text}`;

/** Statements on shared state, of functions that a preset tells, that are neither lines of it nor left out. */
export function silentIn<W extends World, P>(model: Model<W, P>, preset: string): string[] {
  const resolved = resolvePreset(model, preset);
  const told = new Set(resolved.flatMap(({ lines }) => lines.flatMap(({ statements }) => statements.map(placeOf))));
  const [digest] = digestsOf(model, preset) as [Digest];
  const names = new Set(resolved.flatMap(({ functions }) => functions.map((it) => it.replace(/\{.*/, ''))));
  return [...names].flatMap((name) =>
    (digest.functions.get(name)?.statements ?? [])
      .filter((it) => isShared(it.text) && !told.has(placeOf(it)) && reasonToLeaveOut(it, preset) === undefined)
      .map(placeOf),
  );
}
