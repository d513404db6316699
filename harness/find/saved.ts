import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../base/errors';

/** Where findings that are worth keeping are kept, below the folder that commands are started in. */
export const CORPUS_DIR = 'corpus';

/** The entries of a folder, by name. `known.json` is no entry. */
export function entryFiles(dir: string): string[] {
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch {
    throw new UsageError(`cannot read the folder "${dir}"`, 'Give a folder that holds corpus files.');
  }
  const entries = names.filter((name) => name.endsWith('.json') && name !== 'known.json').sort();
  if (entries.length === 0)
    throw new UsageError(`there are no corpus files in ${dir}`, 'Give a folder that holds corpus files.');
  return entries.map((name) => path.join(dir, name));
}
