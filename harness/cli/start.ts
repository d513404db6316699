import { isMainThread } from 'node:worker_threads';
import { worker } from '../campaign/threads/worker';
import type { Tool } from '../language/project';
import type { World } from '../language/world';
import { runCli } from '.';

/**
 * Runs a project's command line. The file that calls this is what the threads of campaigns run, too, so that it must
 * export what comes back, as its default or instead of everything: `export default start(tool, { file: __filename,
 * version: '1.0.0' })`.
 */
export function start<W extends World, P>(
  tool: Tool<W, P>,
  { file, version }: { readonly file: string; readonly version: string },
): ReturnType<typeof worker<W, P>> {
  if (isMainThread) void runCli(tool, version, process.argv.slice(2), file);
  return worker(tool);
}
