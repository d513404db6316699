import { UsageError } from '../../harness/base/errors';
import { releases } from './versions';

/** Which releases there are, as the module proxy says. */

const LIST = 'https://proxy.golang.org/golang.org/toolchain/@v/list';
const PATIENCE_MS = 30_000;

/** A release that has no digest, and the one that it is to be compared with. */
export interface News {
  readonly from: string;
  readonly to: string;
}

/**
 * The newest patch release of the two newest lines (which Go supports) if it is newer than its digest, and every line
 * that is newer than all. `list` is what the proxy answers: a toolchain a line, v0.0.1-go1.26.8.linux-amd64.
 */
export function newsIn(list: string, known: readonly string[] = releases): News[] {
  const newest = new Map<number, number>();
  for (const [, line, patch] of list.matchAll(/^v0\.0\.1-go1\.(\d+)\.(\d+)\.linux-amd64$/gm))
    newest.set(Number(line), Math.max(newest.get(Number(line)) ?? 0, Number(patch)));
  const ours = known.map((it) => it.split('.').slice(1).map(Number) as [number, number]);
  const last = Math.max(...ours.map(([line]) => line));
  const SUPPORTED = 2;
  return [...newest]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, patch]): News[] => {
      const own = ours.filter(([it]) => it === line).map(([, it]) => it);
      const to = `go1.${line}.${patch}`;
      if (line <= last - SUPPORTED) return [];
      if (own.length > 0) return Math.max(...own) < patch ? [{ from: `go1.${line}.${Math.max(...own)}`, to }] : [];
      return line > last ? [{ from: known.at(-1)!, to }] : [];
    });
}

/** Asks the proxy. Throws a UsageError where it does not answer. */
export async function news(): Promise<News[]> {
  try {
    const answer = await fetch(LIST, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return newsIn(await answer.text());
  } catch (error) {
    const cause = (error as { cause?: Error }).cause?.message;
    throw new UsageError(
      `cannot ask ${LIST} which releases there are: ${cause ?? (error as Error).message}`,
      'It wants the network.',
    );
  }
}
