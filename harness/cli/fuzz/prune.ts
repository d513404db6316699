import fs from 'node:fs';
import { UsageError } from '../../base/errors';
import { reasonOf } from '../../base/files';
import { pruneCache } from '../../campaign/cache';
import type { Project } from '../../language/project';
import type { World } from '../../language/world';
import { EXIT } from '../exit';
import { output } from '../output';

/** `fuzz --mode prune`: no campaign, but order in what campaigns have left to each other. */
export function prune<W extends World, P>({ model }: Project<W, P>, cache: string, json: boolean): number {
  const out = output(json);
  if (!fs.existsSync(cache) || !fs.statSync(cache).isDirectory())
    throw new UsageError(`there is no cache in "${cache}"`, 'Give the folder of a cache with --cache.');
  let pruned: ReturnType<typeof pruneCache>;
  try {
    pruned = pruneCache(cache, model);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot prune "${cache}": ${reasonOf(error)}`, 'Delete it by hand; campaigns do without.');
  }
  for (const { name, before, after } of pruned) {
    const why = after === 0 ? 'of another version of the model' : 'show all that they all have shown';
    const because = after === before ? '' : `; ${after === 0 ? 'they were' : 'they'} ${why}`;
    out.text(`${name}: ${after} of ${before} runs are left${because}`);
    out.json({ type: 'pruned', name, before, after });
  }
  if (pruned.length === 0) out.text(`${cache} holds no runs.`);
  return EXIT.ok;
}
