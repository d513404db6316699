import { describe, expect, it } from 'vitest';
import { parseSeconds } from './options';

describe('a time in seconds', () => {
  it.each([
    ['30', 30],
    ['30s', 30],
    ['10m', 600],
    ['2h', 7200],
  ])('%s is %i', (text, seconds) => expect(parseSeconds(86_400)(text)).toBe(seconds));

  it.each(['', '0', '0s', '-1', '1.5m', '30x', '25h', '999999999h', ' 30'])('"%s" is none', (text) =>
    expect(() => parseSeconds(86_400)(text)).toThrow('It wants a time (30s, 10m, 2h) from 1s to 86400s.'),
  );
});
