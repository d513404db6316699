/**
 * Statements of Go and lines of the model in one spelling, so that equal ones are equal as texts. What differs between
 * releases, or between Go and this model, by habit and not in meaning, is written in one way: names of constants,
 * receivers, atomics as plain reads and writes.
 */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\/\/.*$/, ''],
  [/^(?:if|for|switch|return|case) /, ''],
  [/^\w+ := (?=.*; )/, ''],
  [/\b_(?=[GP][a-z])/g, ''],
  [/\b_(?=GC)/g, ''],
  [/\bwaitReason(?=[A-Z])/g, ''],
  [/\bgoroutineProfile(?=Absent|InProgress|Satisfied)/g, ''],
  [/\b(?:getg\(\)|gp|thisg|mp)\.(?:m\.)?curg\b/g, 'curg'],
  [/\bgetg\(\)\.m\b/g, 'mp'],
  [/\bgp\.m\.(?=\w)/g, 'mp.'],
  [/\bmp\.p\.(?:ptr\(\)\.)?(?=\w)/g, 'pp.'],
  [/\.ptr\(\)/g, ''],
  [/:=/g, '='],
  [/\batomic\.Store\w*\(&?([^,()]+), (.+)\)$/, '$1 = $2'],
  [/\bset[MG]NoWB\(&([^,()]+), (.+)\)$/, '$1 = $2'],
  [/^([\w.[\]%]+)\.(?:[sS]tore(?:Release)?|set)\((.+)\)$/, '$1 = $2'],
  [/\batomic\.Load\w*\(&?([^,()]+)\)/g, '$1'],
  [/([\w.\]])\.[lL]oad(?:Acquire)?\(\)/g, '$1'],
  [/\b(?:atomic\.)?Cas\w*\(&?([^,()]+), /g, '$1.CompareAndSwap('],
  [/\.cas\(/g, '.CompareAndSwap('],
  [/\b(?:atomic\.)?Xadd\(&?([^,()]+), ([-+]?\d+)\)/g, '$1.Add($2)'],
  [/^([\w.[\]]+)\.Add\(\+?1\)$/, '$1++'],
  [/^([\w.[\]]+)\.Add\(-1\)$/, '$1--'],
  [/&(?=\w)/g, ''],
  [/\s+/g, ''],
];

/** A text in the common spelling. */
export const plain = (text: string): string => RULES.reduce((it, [from, to]) => it.replace(from, to), text.trim());

/** The same with whoever is spoken of left out: `gp.preempt` and `curg.preempt` are one. */
export const nameless = (text: string): string =>
  plain(text)
    .replace(/\b(?:gp|gp1|curg|newg|gnext|me|other|userG|thisg|mysg|callergp|ug|mp|mp2|m|pp|p2|oldp|allp\[i\])\./g, '.')
    .replace(/\((?:gp|gp1|curg|newg|gnext|me|other|userG|callergp)(?=[,)])/g, '(·');

/** What a text calls, without receivers. */
export const callsIn = (text: string): string[] => [
  ...[...text.matchAll(/(?:systemstack|mcall)\((\w+)\)/g)].map(([, name]) => name!),
  ...[...text.matchAll(/([\w.[\]()]*?)(\w+)\(/g)].map(([, , name]) => name!).filter((it) => !KEYWORDS.has(it)),
];
const KEYWORDS = new Set(
  `Add Cas CompareAndSwap Load Store Xadd Xchg append cas empty for func getg if int64 len mcall ok pop ptr push return
  set switch systemstack test uint32 uintptr`.split(/\s+/),
);

/**
 * The parts of a line that are statements of their own in Go: `a; b`, and `a, b = c, d`.
 */
export function partsOf(text: string): string[] {
  const it = text.replace(/\/\/.*$/, '').trim();
  if (/^(?:if|for|switch|until) /.test(it)) return [it];
  return it.split(/; /).flatMap((part) => {
    const [, left, right] = /^([\w.[\]()]+(?:, [\w.[\]()]+)+) = (.+)$/.exec(part) ?? [];
    if (left === undefined || right === undefined) return [part];
    const [to, from] = [left.split(', '), right.split(', ')];
    return to.map((name, i) => `${name} = ${from[i] ?? from[0]}`);
  });
}
