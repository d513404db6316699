import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLike } from '../harness/base/pick';
import { entryText, readEntry } from '../harness/find/entry';
import { knownBug } from '../harness/find/known';
import { entryFiles } from '../harness/find/saved';
import { couldDoWithout } from '../harness/find/shrink';
import { build } from '../harness/language/build';
import { isProperty } from '../harness/language/judging';
import type { KnownBug } from '../harness/language/project';
import { findVariant } from '../harness/language/variants';
import { storyText, tell } from '../harness/tell/story';
import { project } from '../main';

const { model, claims, known } = project;
const MAX_STEPS = 6000;
const entries = entryFiles(__dirname).map((file) => ({
  name: path.basename(file, '.json'),
  file,
  entry: readEntry(project, file),
}));

/** Whether a version is known to have the bug that an entry tells. */
const isKnownIn = (version: string, { property, cause }: { property: string; cause: string }): boolean =>
  knownBug(project, findVariant(model, version), property, cause) !== undefined;
const presets = model.variants.filter(({ isPreset }) => isPreset).map(({ name }) => name);

describe.each(entries)('$name', ({ name, file, entry }) => {
  const variant = findVariant(model, entry.variant);
  const built = build(model, variant);

  it('was recorded by the present model (else: npm run refresh)', () => {
    expect(entry.fingerprint).toBe(built.fingerprint);
    expect(fs.readFileSync(file, 'utf8')).toBe(entryText(entry));
  });

  it('breaks its property on its variant, with its story', async () => {
    const telling = tell(model, built, claims, entry, MAX_STEPS);
    expect(telling.broken).toMatchObject({
      property: { name: entry.property },
      cause: entry.cause,
      sentence: entry.sentence,
      race: entry.race,
    });
    expect(telling.story).toEqual(entry.story);
    const text = `${entry.property} on ${entry.variant}: ${entry.sentence}\n\n${storyText(telling.story)}\n`;
    await expect(text).toMatchFileSnapshot(`stories/${name}.txt`);
  });

  it('has nothing that could be left out (else: npm run -s corpus -- minimise)', () => {
    const claim = claims.filter(isProperty).find((it) => it.name === entry.property)!;
    expect(couldDoWithout(project, built, claim, entry.cause, entry, MAX_STEPS)).toBeUndefined();
  });

  it('is of a property that its variant is said to break, or is known for it', () => {
    const isKnown = variant.isPreset && isKnownIn(entry.variant, entry);
    expect(isKnown || variant.breaks.includes(entry.property)).toBe(true);
  });

  it("holds on the commit, unless it is one of the commit's own bugs", () => {
    const commit = build(model, findVariant(model, 'commit'));
    const isOwn = isKnownIn('commit', entry);
    const telling = tell(model, commit, claims, entry, MAX_STEPS);
    if (!isOwn || entry.variant === 'commit') expect(telling.broken !== undefined).toBe(isOwn);
  });

  it('is silent on the versions that have fixed it', () => {
    if (!presets.some((version) => isKnownIn(version, entry))) return;
    for (const version of presets) {
      if (version === 'parent' || version === entry.variant || isKnownIn(version, entry)) continue;
      expect(tell(model, build(model, findVariant(model, version)), claims, entry, MAX_STEPS).broken).toBeUndefined();
    }
  });
});

describe('the corpus', () => {
  it('has an entry for every variant that breaks something', () => {
    const recorded = new Set(entries.map(({ entry }) => entry.variant));
    const breaking = model.variants.filter(({ breaks }) => breaks.length > 0).map(({ name }) => name);
    expect(breaking.filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('has an entry for every known bug', () => {
    const isTold = ({ signs }: KnownBug) =>
      signs.some((sign) =>
        entries.some(({ entry }) => sign.property === entry.property && isLike(sign.cause, entry.cause)),
      );
    expect(known.filter((bug) => !isTold(bug)).map(({ id }) => id)).toEqual([]);
  });

  it('knows bugs of properties and variants that exist', () => {
    const properties = claims.filter(isProperty).map(({ name }) => name);
    for (const bug of known) {
      for (const { property, variants = [] } of bug.signs) {
        expect(properties).toContain(property);
        for (const name of variants) expect(bug.variants).toContain(name);
      }
      for (const name of bug.variants) expect(presets).toContain(name);
    }
  });
});
