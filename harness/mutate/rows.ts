import fs from 'node:fs';
import { z } from 'zod';
import { parsed, writeWhole } from '../base/files';
import { percent } from '../base/format';
import { operators } from './grammar';

/** What came of mutants, a line of JSON each. */

const row = z.strictObject({
  type: z.literal('mutant'),
  id: z.string(),
  routine: z.string(),
  operator: z.enum(operators),
  what: z.string(),
  variant: z.string(),
  seed: z.string(),
  verdict: z.enum(['killed', 'alive', 'no model']),
  by: z.string().nullable(),
  cause: z.string().nullable(),
  where: z.string().nullable(),
  runs: z.int().min(0),
});
export type Row = z.infer<typeof row>;

/**
 * Those of a file, if it is there. A last line that was not written to its end is left out. Throws a UsageError on
 * anything else that is no row.
 */
export function readRows(file: string): Row[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line, i) => parsed(`${file}:${i + 1}`, row, line, 'Give a file that mutants wrote.'));
}

const textOf = (it: Row): string => `${JSON.stringify(it)}\n`;

/** What a process that ended in the middle of a line has left is gone with this. */
export const rewriteRows = (file: string, rows: readonly Row[]): void => writeWhole(file, rows.map(textOf).join(''));

export const appendRow = (file: string, it: Row): void => fs.appendFileSync(file, textOf(it));

/** A table: by routine, operator, or what saw them. */
export function scores(rows: readonly Row[], by: 'routine' | 'operator' | 'by'): string[] {
  const judged = rows.filter(({ verdict }) => verdict !== 'no model');
  if (by === 'by') {
    const killed = new Map<string, number>();
    for (const { by: it } of judged) if (it !== null) killed.set(it, (killed.get(it) ?? 0) + 1);
    return [...killed].sort((a, b) => b[1] - a[1]).map(([name, n]) => `${name} ${n}`);
  }
  const names = [...new Set(judged.map((it) => it[by]))].sort();
  return names.map((name) => {
    const own = judged.filter((it) => it[by] === name);
    const killed = own.filter(({ verdict }) => verdict === 'killed').length;
    return `${name}: ${killed} of ${own.length} (${percent(killed / own.length)})`;
  });
}
