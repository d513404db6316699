import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryFiles } from '../harness/cli/corpus';
import { entryText, readEntry } from '../harness/entry';
import { bucketOf, build, findVariant, isProperty } from '../harness/model';
import { storyText, tell } from '../harness/story';
import { project } from '../main';
import type { Program } from '../models/program';

const { model, claims, known } = project;
const MAX_STEPS = 6000;
const entries = entryFiles(__dirname).map((file) => ({
  name: path.basename(file, '.json'),
  file,
  entry: readEntry(model, file),
}));

describe.each(entries)('$name', ({ name, file, entry }) => {
  const variant = findVariant(model, entry.variant);
  const built = build(model, variant);

  it('was recorded by the present model (else: npm run refresh)', () => {
    expect(entry.fingerprint).toBe(built.fingerprint);
    expect(entry.bucket).toBe(bucketOf(entry.property, entry.cause));
    expect(fs.readFileSync(file, 'utf8')).toBe(entryText(entry));
  });

  it('breaks its property on its variant, with its story', async () => {
    const telling = tell(model, built, claims, entry, MAX_STEPS);
    expect(telling.broken).toMatchObject({
      property: { name: entry.property },
      cause: entry.cause,
      sentence: entry.sentence,
    });
    expect(telling.story).toEqual(entry.story);
    const text = `${entry.property} on ${entry.variant}: ${entry.sentence}\n\n${storyText(telling.story)}\n`;
    await expect(text).toMatchFileSnapshot(`stories/${name}.txt`);
  });

  it('shows no property broken but those of its variant', () => {
    const allowed = new Set([
      ...variant.breaks,
      ...known.filter((bug) => bug.variants.includes('commit')).map((bug) => bug.property),
    ]);
    expect(allowed).toContain(entry.property);
  });

  it("holds on the commit, unless it is one of the commit's own bugs", () => {
    const commit = build(model, findVariant(model, 'commit'));
    const own = known.some((bug) => bug.property === entry.property && bug.cause === entry.cause);
    const telling = tell(model, commit, claims, entry, MAX_STEPS);
    expect(telling.broken !== undefined).toBe(own && entry.variant === 'commit');
  });
});

describe('the corpus', () => {
  it('has an entry for every variant', () => {
    const recorded = new Set(entries.map(({ entry }) => entry.variant));
    expect(model.variants.map(({ name }) => name).filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('has an entry for every known bug', () => {
    const ids = new Set(
      entries
        .flatMap(({ entry }) =>
          known.filter(
            (bug) => entry.variant === 'commit' && bug.property === entry.property && bug.cause === entry.cause,
          ),
        )
        .map(({ id }) => id),
    );
    expect([...new Set(known.map(({ id }) => id))].filter((id) => !ids.has(id))).toEqual([]);
  });

  it('knows bugs of properties and variants that exist', () => {
    const properties = claims.filter(isProperty).map(({ name }) => name);
    for (const bug of known) {
      expect(properties).toContain(bug.property);
      for (const name of bug.variants) expect(findVariant(model, name).isPreset).toBe(true);
    }
  });

  it('replays to the end of the smallest program', () => {
    const sizes = entries.map(({ entry }) => (entry.program as Program).gs.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
  });
});
