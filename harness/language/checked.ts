import { UsageError } from '../base/errors';
import { isProperty } from './judging';
import type { Project } from './project';
import { layersOf } from './variants';
import type { World } from './world';

/**
 * Checks what a project's author may have got wrong in names and in what refers to them, before anything is made of it.
 * Throws a UsageError that says where.
 */
export function checkProject<W extends World, P>({ model, claims, known }: Project<W, P>): void {
  const properties = claims.filter(isProperty).map(({ name }) => name);
  const variants = model.variants.map(({ name }) => name);
  const presets = model.variants.filter(({ isPreset }) => isPreset).map(({ name }) => name);
  assertNames('variant', variants, /^[\w.-]+$/, 'letters, digits, dots and hyphens');
  assertNames(
    'claim',
    claims.map(({ name }) => name),
    /^[^\s-]+$/,
    'anything but white space and hyphens',
  );
  assertNames(
    'cast',
    model.casts.map(({ name }) => name),
    /^[\w.-]+$/,
    'letters, digits, dots and hyphens',
  );
  assertNames(
    'operation',
    model.operations.map(({ name }) => name),
    /^[^\s:]+$/,
    'anything but white space and colons',
  );
  assertNames(
    'routine',
    model.routines.map(({ name }) => name),
    /^[^\n]+$/,
    'one line',
  );
  if (properties.length === 0) throw new UsageError('the project has no property to judge', 'Add one to its claims.');
  if (model.variants[0]?.isPreset !== true || model.variants[0].edits.length > 0)
    throw new UsageError(
      'the first variant is no baseline',
      'It is a preset without edits; all others depart from it.',
    );
  const assertKnown = (where: string, what: string, names: readonly string[], among: readonly string[]) => {
    const lost = names.find((it) => !among.includes(it));
    if (lost !== undefined)
      throw new UsageError(
        `${where} names the ${what} "${lost}", which does not exist`,
        `There are: ${among.join(', ')}.`,
      );
  };
  for (const variant of model.variants) {
    const where = `variant ${variant.name}`;
    if (variant.base !== undefined) assertKnown(`${where}, as its base,`, 'preset', [variant.base], presets);
    assertKnown(where, 'property', variant.breaks, properties);
    const goals = claims.filter((it) => !isProperty(it)).map(({ name }) => name);
    assertKnown(where, 'goal', variant.unreachable ?? [], goals);
    const routines = [model.routines, ...layersOf(model, variant).map(({ more }) => more ?? [])].flat();
    assertKnown(
      where,
      'routine',
      variant.edits.map(({ routine }) => routine),
      routines.map(({ name }) => name),
    );
  }
  for (const { name, variants: own } of model.casts) assertKnown(`cast ${name}`, 'variant', own, variants);
  for (const { id, variants: own, signs } of known) {
    assertKnown(`known bug ${id}`, 'preset', [...own, ...signs.flatMap((it) => it.variants ?? [])], presets);
    assertKnown(
      `known bug ${id}`,
      'property',
      signs.map(({ property }) => property),
      properties,
    );
  }
}

function assertNames(what: string, names: readonly string[], form: RegExp, words: string): void {
  const bad = names.find((it) => !form.test(it));
  if (bad !== undefined) throw new UsageError(`"${bad}" is no name of a ${what}`, `Such a name is ${words}.`);
  const twice = names.find((it, i) => names.indexOf(it) < i);
  if (twice !== undefined) throw new UsageError(`two of a kind are called "${twice}": ${what}s`, 'Rename one of them.');
}
