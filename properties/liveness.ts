import { atRest } from '../harness/property';
import type { G } from '../models/cells';
import { emptySemas, type Runtime, semaNames } from '../models/runtime';
import { IDLE_LINE } from '../models/schedule';
import { Gdead, Gwaiting } from '../models/status';
import { NO_P_LINE } from '../models/syscall';

/** Gone, in a channel's queue with nobody left to send, or in the pool of GC workers. */
const isAtRest = (w: Runtime, g: G): boolean =>
  g.status === Gdead || (g.status === Gwaiting && (g.inRecvq || w.trace.reader === g || (g.wakeable && w.isWorker(g))));

/** Somebody can always move, or everybody is at rest: Ms look for work, goroutines are gone or wait for others' doing. */
export const V1 = atRest<Runtime>({
  name: 'V1',
  strength: 'liveness',
  sentence: 'somebody can always move, or everybody is at rest',
  check: (w) => {
    const waiting: string[] = [];
    for (const m of w.ms) {
      const { routine, line } = w.position(m.index);
      if (line !== IDLE_LINE && line !== NO_P_LINE) waiting.push(`${routine}: ${line}`);
    }
    if (waiting.length === 0) {
      for (const g of w.gs) if (!isAtRest(w, g)) waiting.push('a goroutine waits');
      for (const g of w.gs) if (g.scan) waiting.push('a scan bit is set');
      if (w.work.phase !== 0) waiting.push('the GC is not over');
      for (const [i, name] of semaNames.entries())
        if (w.semas[i]!.count !== (emptySemas.includes(name) ? 0 : 1)) waiting.push(`${name} is held`);
    }
    return waiting.length === 0
      ? undefined
      : waiting
          .filter((it) => !it.includes('stopm'))
          .sort()
          .join(' + ');
  },
});
