import { describe, expect, it } from 'vitest';
import { build } from '../language/build';
import { findVariant } from '../language/variants';
import { noHang, small, toy } from '../testing/counter';
import { bucketOf } from './bucket';
import { tell } from './story';

const built = build(toy, findVariant(toy, 'plain'));

const race = (tape: readonly number[]) => {
  const recording = {
    variant: 'plain',
    bucket: bucketOf('small', 'it is 3 or more'),
    fingerprint: '',
    program: 2,
    tape,
  };
  return tell(toy, built, [small], recording, 1000).broken?.race;
};

describe('a race', () => {
  it('is the line that breaks the property, and the lines of others that wrote what it looked at', () => {
    // Mover 0 makes both of its additions, then mover 1 makes the third: it alone has written the counter last.
    expect(race([0, 0, 0, 0, 1])).toEqual(['A add: value = seen + 1']);
  });

  it('is not known of properties that are judged at rest', () => {
    const hung = build(toy, findVariant(toy, 'hung'));
    const recording = {
      variant: 'hung',
      bucket: bucketOf('noHang', 'somebody waits'),
      fingerprint: '',
      program: 1,
      tape: [],
    };
    expect(tell(toy, hung, [noHang], recording, 1000).broken?.race).toEqual([]);
  });

  it('is part of the bucket', () => {
    expect(bucketOf('S1', 'why')).toMatch(/^S1-[0-9a-f]{8}$/);
    expect(bucketOf('S1', 'why', ['A a: b'])).toMatch(/^S1-[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(bucketOf('S1', 'why', ['A a: b'])).not.toBe(bucketOf('S1', 'why', ['A a: c']));
  });
});
