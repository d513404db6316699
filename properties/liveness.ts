import { atRest } from '../harness/language';
import { NO_P_LINE, POLL_LINE } from '../models/idle';
import { emptySemas, type Runtime, semaNames } from '../models/runtime';
import { IDLE_LINE } from '../models/schedule';
import { SYSMON_LINE } from '../models/sysmon';
import { type G, Gdead, Gwaiting, Prunning } from '../models/words';

/**
 * Who waits for ever. V1 asks whether everybody is where a finished program leaves them: a circle of waits is seen
 * where it has stopped everybody, rather than when it closes. The others ask for one kind of wait each, and are judged,
 * too, where others go on in circles.
 */

/** Gone, in a channel's queue with nobody left to send, reading a trace without end, or in the pool of GC workers. */
const isAtRest = (w: Runtime, g: G): boolean =>
  g.status === Gdead ||
  (g.status === Gwaiting && (g.inRecvq || w.trace.reader === g || (g.wakeable && (w.isWorker(g) || g === w.sweeper))));

/** Where an M may wait for ever. */
const REST: ReadonlySet<string> = new Set([IDLE_LINE, NO_P_LINE, POLL_LINE, SYSMON_LINE]);

/** Where those wait who should not, in constant phrases. */
function waiting(w: Runtime): string[] {
  const found: string[] = [];
  for (const m of w.ms) {
    const { routine, line } = w.position(m.index);
    if (!REST.has(line)) found.push(`${routine}: ${line}`);
  }
  if (found.length === 0) {
    for (const g of w.gs) if (!isAtRest(w, g)) found.push('a goroutine waits');
    for (const g of w.gs) if (g.scan) found.push('a scan bit is set');
    if (w.work.phase !== 0) found.push('the GC is not over');
    for (const [i, name] of semaNames.entries())
      if (w.semas[i]!.count !== (emptySemas.includes(name) ? 0 : 1)) found.push(`${name} is held`);
  }
  return found;
}

const namesOf = (found: readonly string[]): string =>
  found
    .filter((it) => !it.includes('stopm'))
    .sort()
    .join(' + ');

/**
 * Somebody can always move, or everybody is at rest: Ms look for work, goroutines are gone or wait for others' doing.
 */
export const V1 = atRest<Runtime>({
  name: 'V1',
  strength: 'liveness',
  sentence: 'somebody can always move, or everybody is at rest',
  check: (w) => {
    const found = waiting(w);
    return found.length === 0 ? undefined : namesOf(found);
  },
});

const ends = (name: string, what: string, isPending: (w: Runtime) => boolean) =>
  atRest<Runtime>({
    name,
    strength: 'liveness',
    inCircles: true,
    sentence: `${what} comes to an end`,
    check: (w, isCircling) => {
      if (!isPending(w)) return undefined;
      return isCircling ? circlingOf(w) : namesOf(waiting(w));
    },
  });

const isIn = (w: Runtime, routine: string): boolean => w.ms.some(({ index }) => w.position(index).routine === routine);
/** Who goes around in circles while somebody waits. */
function circlingOf(w: Runtime): string {
  if (w.trace.shutdown) return 'the reader of the trace does not park';
  return isIn(w, 'busyLoop') ? 'a goroutine runs on' : 'others go around in circles';
}

const isStopping = (w: Runtime): boolean => w.sched.gcwaiting && w.sched.stopwait > 0;

export const V2 = ends('V2', 'stopping the world', isStopping);
export const V3 = ends('V3', 'forEachP', (w) => w.sched.safePointWait > 0);
export const V4 = ends('V4', 'suspending a goroutine', (w) => isIn(w, 'suspendG'));
export const V5 = ends('V5', 'advancing the trace', (w) => w.sema('traceAdvanceSema').count === 0 && !w.trace.shutdown);
export const V6 = ends('V6', 'stopping the trace', (w) => w.trace.shutdown);

/** A request can be lost (newstack, execute and copystack clear it); whoever made it makes it again. */
export const V8 = atRest<Runtime>({
  name: 'V8',
  strength: 'liveness',
  inCircles: true,
  sentence: 'no request to stop is lost for ever',
  check: (w) => {
    if (!isStopping(w) && w.sched.safePointWait === 0) return undefined;
    const isLost = w.ps.some((p) => {
      const g = p.m?.curg;
      if (p.status !== Prunning || g === undefined || g.stackPreempt) return false;
      return w.position(p.m!.index).routine === 'busyLoop';
    });
    return isLost ? 'a goroutine runs on that has not heard of it' : undefined;
  },
});
