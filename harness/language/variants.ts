import { UsageError } from '../base/errors';
import { isLike, pick } from '../base/pick';
import type { Edit } from './edit';
import type { Routine } from './line';
import type { Model, Variant } from './model';
import type { World } from './world';

/** Stands between the parts of a composed name: `preset+bug`. */
const PLUS = '+';

/** The variant that all others depart from: the first. */
export const baselineOf = <W extends World, P>({ variants }: Pick<Model<W, P>, 'variants'>): Variant<W> => variants[0]!;

/** The preset that a variant is, or that its bugs are planted in. */
export const presetOf = <W extends World, P>(model: Pick<Model<W, P>, 'variants'>, variant: Variant<never>): string =>
  variant.isPreset ? variant.name : (variant.base ?? baselineOf(model).name);

/**
 * A variant by its name, or several at once: `preset+bug` is a preset with a bug planted in it, `bug+other` are two
 * bugs in what the first is planted in, a pattern with `*` is the one that it names. Throws a UsageError that names the
 * choices.
 */
export function findVariant<W extends World, P>(model: Model<W, P>, name: string): Variant<W> {
  const { variants } = model;
  if (name.includes('*')) return theOnlyOne(name, variantsLike(model, name));
  const alone = variants.find((it) => it.name === name);
  if (alone !== undefined || !name.includes(PLUS)) return alone ?? pick('variant', name, variants);
  const parts = name.split(PLUS).map((part) => pick('variant', part, variants));
  const [first, ...rest] = parts as [Variant<W>, ...Variant<W>[]];
  const late = rest.find(({ isPreset }) => isPreset);
  if (late !== undefined)
    throw new UsageError(
      `${name}: ${late.name} is a preset, and comes first`,
      first.isPreset ? 'There is one preset at most.' : `Such as ${late.name}${PLUS}…`,
    );
  const twice = parts.find((it, i) => parts.indexOf(it) < i);
  if (twice !== undefined) throw new UsageError(`${name}: ${twice.name} is there twice`, 'Plant each bug once.');
  const planted = first.isPreset ? rest : parts;
  const unreachable = parts.flatMap((it) => it.unreachable ?? []);
  return {
    name,
    sentence: parts.map(({ sentence }) => sentence).join('; '),
    source: planted.map(({ source }) => source).join('; '),
    base: presetOf(model, first),
    planted,
    edits: planted.flatMap(({ edits }) => edits),
    more: planted.flatMap(({ more }) => more ?? []),
    isPreset: false,
    breaks: [...new Set(planted.flatMap(({ breaks }) => breaks))],
    ...(unreachable.length > 0 && { unreachable }),
  };
}

/** A pattern does where one variant is wanted, too, if it names one. */
function theOnlyOne<W>(pattern: string, found: readonly Variant<W>[]): Variant<W> {
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    `"${pattern}" names ${found.length} variants, and one is wanted here`,
    `One of ${found.map(({ name }) => name).join(', ')}.`,
  );
}

/** The variants that a pattern with `*` names, or the one of that name. Throws a UsageError where there is none. */
export function variantsLike<W extends World, P>(model: Model<W, P>, pattern: string): readonly Variant<W>[] {
  const some = pattern.includes('*') ? model.variants.filter(({ name }) => isLike(pattern, name)) : [];
  if (some.length > 0) return some;
  return [pattern.includes('*') ? pick('variant', pattern, model.variants) : findVariant(model, pattern)];
}

/** Edits that belong together, and routines that they bring along. */
export interface Layer<W> {
  readonly name: string;
  readonly edits: readonly Edit<W>[];
  readonly more?: readonly Routine<W>[];
  readonly gone?: readonly string[];
  /** Whether it may write a routine anew that another layer has changed. */
  readonly mayRewrite?: boolean;
}

/**
 * What lies on the model's own routines, one above the other: a preset, the bugs planted in it, what a cast cuts away.
 */
export function layersOf<W extends World, P>(model: Model<W, P>, variant: Variant<W>): readonly Layer<W>[] {
  const base = pick('variant', presetOf(model, variant), model.variants);
  return [
    ...(variant.isPreset ? [variant] : [base, ...(variant.planted ?? [variant])]),
    ...(model.cuts === undefined ? [] : [{ ...model.cuts, mayRewrite: true }]),
  ];
}

/**
 * Routines with layers of edits on them, in their order. Throws a UsageError where an edit finds no place, and where it
 * finds none because of a layer below, names both.
 */
export function edited<W>(routines: readonly Routine<W>[], layers: readonly Layer<W>[]): readonly Routine<W>[] {
  const gone = new Set(layers.flatMap((layer) => layer.gone ?? []));
  const lost = [...gone].find((name) => routines.every((it) => it.name !== name));
  if (lost !== undefined) throw new UsageError(`${lost} is to be gone, and does not exist`, 'Compare list --listing.');
  const all = [...routines.filter(({ name }) => !gone.has(name)), ...layers.flatMap(({ more }) => more ?? [])];
  for (const { name, edits } of layers)
    for (const { routine } of edits)
      if (all.every((it) => it.name !== routine))
        throw new UsageError(`${name} edits ${routine}, which does not exist`, 'Compare list --listing.');
  return all.map((routine) => {
    const own = layers
      .map((layer) => ({ ...layer, edits: layer.edits.filter((it) => it.routine === routine.name) }))
      .filter(({ edits }) => edits.length > 0);
    return own.reduce((it, layer, at) => {
      const below = own.slice(0, at);
      return layer.edits.reduce((now, edit) => applied(now, edit, layer, routine, below), it);
    }, routine);
  });
}

/** A routine with one more edit, which says whom it cannot go together with. */
function applied<W>(
  now: Routine<W>,
  edit: Edit<W>,
  { name, mayRewrite }: Layer<W>,
  routine: Routine<W>,
  below: readonly Layer<W>[],
): Routine<W> {
  const clash = (other: string, hint: string) =>
    new UsageError(
      `${other} and ${name} do not go together: both change ${routine.name}, of which ${name} wants "${edit.sentence}"`,
      hint,
    );
  const last = below.at(-1);
  if (edit.isWhole && !mayRewrite && last) throw clash(last.name, `What ${last.name} does there would be lost.`);
  try {
    return edit.apply(now);
  } catch (error) {
    if (!(error instanceof UsageError) || !finds(edit, routine, [])) throw error;
    const culprit = below.find((_, i) => !finds(edit, routine, below.slice(0, i + 1)));
    throw culprit === undefined ? error : clash(culprit.name, error.message);
  }
}

/** Whether an edit finds its place in a routine with these layers. */
function finds<W>(edit: Edit<W>, routine: Routine<W>, layers: readonly Layer<W>[]): boolean {
  try {
    edit.apply(layers.flatMap(({ edits }) => edits).reduce((it, each) => each.apply(it), routine));
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
