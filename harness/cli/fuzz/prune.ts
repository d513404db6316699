import fs from 'node:fs';
import { UsageError } from '../../base/errors';
import { reasonOf } from '../../base/files';
import { type Pruned, pruneCache } from '../../campaign/cache';
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
  for (const it of pruned) {
    out.text(`${it.name}: ${prunedText(it)}`);
    out.json({ type: 'pruned', ...it });
  }
  if (pruned.length === 0) out.text(`${cache} holds no runs.`);
  return EXIT.ok;
}

function prunedText({ before, after, damaged, isCurrent }: Pruned): string {
  const whys = [
    damaged > 0 && `${damaged} ${damaged === 1 ? 'was' : 'were'} damaged`,
    isCurrent && after < before - damaged && 'the others show all that they all have shown',
    !isCurrent && damaged < before && 'they were of another version of the model',
  ].filter((it) => it !== false);
  return [`${after} of ${before} runs are left`, ...whys].join('; ');
}
