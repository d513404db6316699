import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLike } from '../harness/base/pick';
import { entryText, readEntry } from '../harness/find/entry';
import { entryFiles } from '../harness/find/saved';
import { couldDoWithout } from '../harness/find/shrink';
import { build, findVariant } from '../harness/language/build';
import { isProperty } from '../harness/language/judging';
import { storyText, tell } from '../harness/tell/story';
import { project } from '../main';

const { model, claims, known } = project;
const MAX_STEPS = 6000;
const entries = entryFiles(__dirname).map((file) => ({
  name: path.basename(file, '.json'),
  file,
  entry: readEntry(project, file),
}));

const isSame = (bug: { property: string; cause: string }, entry: { property: string; cause: string }): boolean =>
  bug.property === entry.property && isLike(bug.cause, entry.cause);

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
    const isKnown = known.some((bug) => isSame(bug, entry) && bug.variants.includes(entry.variant));
    expect(isKnown || variant.breaks.includes(entry.property)).toBe(true);
  });

  it("holds on the commit, unless it is one of the commit's own bugs", () => {
    const commit = build(model, findVariant(model, 'commit'));
    const isOwn = known.some((bug) => isSame(bug, entry) && bug.variants.includes('commit'));
    const telling = tell(model, commit, claims, entry, MAX_STEPS);
    if (!isOwn || entry.variant === 'commit') expect(telling.broken !== undefined).toBe(isOwn);
  });

  const fixed = model.variants.filter(({ name, isPreset }) => isPreset && name !== entry.variant);
  it('is silent on the versions that have fixed it', () => {
    if (!known.some((bug) => isSame(bug, entry))) return;
    for (const version of fixed) {
      if (version.name === 'parent' || known.some((bug) => isSame(bug, entry) && bug.variants.includes(version.name)))
        continue;
      expect(tell(model, build(model, version), claims, entry, MAX_STEPS).broken).toBeUndefined();
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
    const ids = new Set(known.filter((bug) => entries.some(({ entry }) => isSame(bug, entry))).map(({ id }) => id));
    expect([...new Set(known.map(({ id }) => id))].filter((id) => !ids.has(id))).toEqual([]);
  });

  it('knows bugs of properties and variants that exist', () => {
    const properties = claims.filter(isProperty).map(({ name }) => name);
    for (const bug of known) {
      expect(properties).toContain(bug.property);
      for (const name of bug.variants) expect(findVariant(model, name).isPreset).toBe(true);
    }
  });
});
