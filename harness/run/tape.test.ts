import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../base/errors';
import { parseToken, toToken } from '../tell/recording';
import { toy } from '../testing/counter';
import { parseTape, tapeText, trim } from './tape';

const tapes = fc.array(fc.oneof(fc.constant(0), fc.nat(255)));

describe('a tape', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(tapes, (tape) => {
        expect(parseTape(tapeText(tape))).toEqual(tape);
      }),
    );
  });

  it('is written in runs of zeros', () => {
    expect(tapeText([0, 0, 0, 1, 3, 0, 0, 1])).toBe('z3.1.3.z2.1');
    expect(tapeText([])).toBe('');
  });

  it('loses the zeros at its end', () => {
    expect(trim([0, 1, 0, 0])).toEqual([0, 1]);
    expect(trim([0, 0])).toEqual([]);
  });

  it.each(['x', 'z0', 'z', '1..2', '256', '-1', 'z9999999.z9999999', '1.5e3'])('is not %s', (text) => {
    expect(() => parseTape(text)).toThrow(UsageError);
  });
});

describe('a token', () => {
  const recording = { variant: 'hung', bucket: 'S2-12345678', fingerprint: '00000000', program: 3, tape: [0, 0, 1, 2] };
  const token = toToken(toy, recording);

  it('is one word that people can read', () => {
    expect(token).toBe(`pr1:hung:S2-12345678:00000000:3:z2.1.2:${token.slice(-8)}`);
  });

  it('survives being written and read', () => {
    expect(parseToken(toy, token)).toEqual(recording);
  });

  it('is refused when a single character is missing, anywhere, or changed', () => {
    for (let i = 0; i < token.length; i++) {
      expect(() => parseToken(toy, token.slice(0, i) + token.slice(i + 1))).toThrow(UsageError);
      expect(() => parseToken(toy, `${token.slice(0, i)}~${token.slice(i + 1)}`)).toThrow(UsageError);
      expect(() => parseToken(toy, token.slice(0, i))).toThrow(UsageError);
    }
  });

  it('of a later format says so', () => {
    expect(() => parseToken(toy, token.replace('pr1', 'pr2'))).toThrow('the token is of format pr2, and this is pr1');
  });
});
