import fs from 'node:fs';
import { plural } from '../../base/format';
import { readEntry } from '../../find/entry';
import { CORPUS_DIR, checker, entryFiles } from '../../find/saved';
import type { World } from '../../language/world';
import type { RunSummary } from '../../report/summary';
import type { Session } from './session';

/** What was found before comes first, in nights and for changes: it must break as it did. */
export async function replaySaved<W extends World, P>({
  tool,
  settings,
  out,
  interrupt,
}: Session<W, P>): Promise<RunSummary['replayed']> {
  if (settings.mode === 'once' || !fs.existsSync(CORPUS_DIR)) return null;
  const stateOf = checker(tool);
  const files = entryFiles(CORPUS_DIR);
  const failing: string[] = [];
  for (const file of files) {
    const state = stateOf(readEntry(tool, file));
    if (state !== 'breaks')
      failing.push(`${file} ${state === 'holds' ? 'no longer breaks' : 'breaks otherwise than it did'}`);
    await new Promise(setImmediate);
    if (interrupt.isSet()) return null;
  }
  const but = failing.length === 0 ? '' : `; NOT AS THEY WERE: ${failing.join(', ')}`;
  out.text(`  replayed ${plural(files.length, 'saved finding')}${but}`);
  return { entries: files.length, failing };
}
