import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from './errors';
import { writeWhole } from './files';
import { duration, oneRunIn, percent, plural, shellWord } from './format';
import { isLike, nearest, pick } from './pick';
import { visible, visibleIn } from './visible';

it('a file below what is no folder is refused in a sentence', () => {
  expect(() => writeWhole('/dev/null/x/y', 'text')).toThrow(/^cannot write \/dev\/null\/x\/y: /);
});

describe('what strangers wrote', () => {
  it('is shown without what steers a terminal, ends a line, or turns the direction of text', () => {
    expect(visible('a\u001b[2Jb\r\nc\u009bd\u202ee\u2028f\ufeff')).toBe(
      'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{9b}d\\u{202e}e\\u{2028}f\\u{feff}',
    );
  });

  it('is left alone where it is text: letters of all scripts, and pairs of surrogates', () => {
    for (const text of ['', 'stack → traced', 'Straße', '日本語', '🐞']) expect(visible(text)).toBe(text);
    expect(visible('\ud83d!\udc1e')).toBe('\\u{d83d}!\\u{dc1e}');
  });

  it('is visible after one pass, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(visible(text))).toBe(visible(text));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
        expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });

  it('is made visible in values and in the names of fields', () => {
    expect(visibleIn({ 'a\n': ['b\t', 1, null, true, { c: '\u0007' }] })).toEqual({
      'a\\u{a}': ['b\\u{9}', 1, null, true, { c: '\\u{7}' }],
    });
  });
});

describe('a word for a shell', () => {
  it('is in quotes if it needs them', () => {
    expect(shellWord('out/a-1.html')).toBe('out/a-1.html');
    expect(shellWord('a b')).toBe("'a b'");
    expect(shellWord("it's $(x)")).toBe("'it'\\''s $(x)'");
    expect(shellWord('')).toBe("''");
  });
});

describe('a name', () => {
  const among = [{ name: 'gosched' }, { name: 'goyield' }, { name: 'H12' }];

  it('is found, or its neighbour is', () => {
    expect(pick('operation', 'goyield', among)).toBe(among[1]);
    expect(() => pick('operation', 'goshed', among)).toThrow(UsageError);
    expect(() => pick('operation', 'goshed', among)).toThrow('no operation is called "goshed"');
  });

  it('is near another by a letter or two, or in capitals, and not if it is mostly another', () => {
    const names = among.map(({ name }) => name);
    expect(nearest('gosched', names)).toBe('gosched');
    expect(nearest('GOSCHED', names)).toBe('gosched');
    expect(nearest('goyeild', names)).toBe('goyield');
    expect(nearest('H1', names)).toBe('H12');
    expect(nearest('xyz', names)).toBeUndefined();
    expect(nearest('', names)).toBeUndefined();
  });

  it('is like a pattern whose stars stand for anything, and whose other signs stand for themselves', () => {
    expect(isLike('gos*', 'gosched')).toBe(true);
    expect(isLike('*', '')).toBe(true);
    expect(isLike('a.c*', 'abc')).toBe(false);
    expect(isLike('a.c', 'abc')).toBe(false);
    expect(isLike('gos', 'gosched')).toBe(false);
  });
});

describe('numbers', () => {
  it('read as people write them', () => {
    expect([plural(1, 'run'), plural(12_345, 'run'), plural(2, 'story', 'stories')]).toEqual([
      '1 run',
      '12,345 runs',
      '2 stories',
    ]);
    expect([percent(0.25), percent(0.9971), percent(0.001)]).toEqual(['25 %', '99.7 %', '0.1 %']);
    expect([duration(90), duration(720), duration(12_600)]).toEqual(['90 s', '12 min', '3.5 h']);
  });

  it('say how often a run does something, with an interval', () => {
    expect(oneRunIn({ estimate: 1 / 340, low: 1 / 470, high: 1 / 250 })).toBe('one run in 340 (95 %: 250 to 470)');
    expect(oneRunIn({ estimate: 1 / 340, low: 0, high: 1 / 250 })).toBe('one run in 340 (95 %: 250 or fewer)');
    expect(oneRunIn({ estimate: 0, low: 0, high: 1 / 250 })).toBe('fewer than one run in 250 (95 %)');
  });
});
