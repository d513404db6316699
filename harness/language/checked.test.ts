import { describe, expect, it } from 'vitest';
import { noHang, noLoss, toy } from '../testing/counter';
import { checkProject } from './checked';
import { without } from './edit';

const project = { model: toy, claims: [noLoss, noHang], known: [] };
const [baseline, second] = toy.variants;
const withVariant = (parts: object) => ({
  ...project,
  model: { ...toy, variants: [...toy.variants, { ...second!, name: 'new', ...parts }] },
});
const known = { id: 'A1', sentence: 'it is lost', source: 'ours', variants: ['plain'], signs: [] };

/** A slip of a project's author, and the sentence that names it. */
const slips: readonly [string, Parameters<typeof checkProject<never, never>>[0], RegExp][] = (
  [
    ['a name with a space', withVariant({ name: 'two words' }), /"two words" is no name of a variant/],
    ['a name that composes', withVariant({ name: 'a+b' }), /"a\+b" is no name of a variant/],
    [
      'a claim with a hyphen',
      { ...project, claims: [{ ...noLoss, name: 'no-loss' }] },
      /"no-loss" is no name of a claim/,
    ],
    ['two variants of a name', withVariant({ name: second!.name }), /two of a kind are called "\w+": variants/],
    ['two claims of a name', { ...project, claims: [noLoss, noLoss] }, /two of a kind are called "noLoss": claims/],
    ['no property', { ...project, claims: [] }, /no property to judge/],
    ['no baseline', { ...project, model: { ...toy, variants: [second!, baseline!] } }, /first variant is no baseline/],
    ['a base that is none', withVariant({ base: 'go9' }), /variant new, as its base, names the preset "go9"/],
    ['what it breaks', withVariant({ breaks: ['S99'] }), /variant new names the property "S99"/],
    ['a goal out of reach', withVariant({ unreachable: ['G99'] }), /variant new names the goal "G99"/],
    ['where it edits', withVariant({ edits: [without('nowhere', 'x')] }), /variant new names the routine "nowhere"/],
    [
      'a known bug of no version',
      { ...project, known: [{ ...known, variants: ['go9'] }] },
      /known bug A1 names the preset/,
    ],
    [
      'a known bug of no property',
      { ...project, known: [{ ...known, signs: [{ property: 'S99' }] }] },
      /known bug A1 names the property "S99"/,
    ],
  ] as [string, unknown, RegExp][]
).map(([name, it, words]) => [name, it as never, words]);

describe('a project', () => {
  it('that is right is let through', () => {
    expect(() => checkProject(project)).not.toThrow();
  });

  it.each(slips)('with a slip is told which: %s', (_, it, words) => {
    expect(() => checkProject(it)).toThrow(words);
  });
});
