import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { validated } from '../../harness/base/files';
import { hash } from '../../harness/base/hash';
import type { Entry } from '../../harness/find/entry';
import type { Program } from '../../models/program';

/** What came of findings on real Go: docs/real.json. */

/** Of a checkout, or of the package, which has the compiled files one folder further down. */
export const ROOT = [path.resolve(__dirname, '../..'), path.resolve(__dirname, '../../..')].find((it) =>
  fs.existsSync(path.join(it, 'package.json')),
)!;
export const REAL_JSON = path.join(ROOT, 'docs/real.json');
export const REAL_MD = path.join(ROOT, 'docs/real.md');

const row = z.strictObject({
  entry: z.string(),
  bug: z.string(),
  go: z.string(),
  /** Whether it is repaired there, or not undone: it must not happen. */
  control: z.boolean(),
  /** Of the finding that was tried. */
  story: z.string(),
  verdict: z.enum(['happened', 'another', 'not', 'cannot']),
  runs: z.int().min(0),
  happened: z.array(z.number()).readonly(),
  seconds: z.int(),
  said: z.string(),
});
export type Row = z.infer<typeof row>;
const schema = z.array(row);

/** What a finding is: it is tried anew when that has changed, not whenever the model has elsewhere. */
export const storyHash = ({ variant, bucket, program, story }: Entry<Program>): string =>
  hash(JSON.stringify([variant, bucket, program, story]));

export const readRows = (): Row[] =>
  fs.existsSync(REAL_JSON)
    ? validated(REAL_JSON, schema, JSON.parse(fs.readFileSync(REAL_JSON, 'utf8')), 'Run it anew.')
    : [];

const WORDS = {
  happened: 'happened',
  another: 'something else broke',
  not: 'did not',
  cannot: 'cannot be tried',
} as const;

/** What came of one, in words. */
export function rowText({ verdict, runs, happened, seconds, said }: Row): string {
  if (verdict === 'happened') {
    const median = happened.toSorted((a, b) => a - b)[Math.floor((happened.length - 1) / 2)]!;
    return `**happened**, ${happened.length} of ${runs} runs, median ${median.toFixed(2)} s`;
  }
  if (verdict === 'not') return `did not, in ${runs} runs of ${seconds} s`;
  return `${WORDS[verdict]}: ${said.replaceAll('|', '\\|')}`;
}
