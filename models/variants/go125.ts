// biome-ignore format: words, not a wall
import { bracket, type Edit, replace, rewriteRoutine, without } from '../../harness/language';
import { NO_P_LINE, waitForP } from '../idle';
import { isSystemGoroutine } from '../profile';
import { traceReaderAvailable, wants } from '../reader';
import type { Runtime } from '../runtime';
import { PICK_LINE, pickWork, waitForWork } from '../schedule';
// biome-ignore format: words, not a wall
import { arg, call, casGToWaitingForGC, casgstatusBack, curg, fatal, Grunning, gKind, gp, group, iff, type Node,
  reads, reason, returns, systemstack } from '../words';
import { GO124 } from './go124';
import { preset } from './kinds';

/** Go 1.25: every stopper lends itself, and the reader of the trace need not come back while the tracer shuts down. */

/** What a routine does with a goroutine that it has claimed. */
const recordedBy = (
  check: readonly Node<Runtime>[],
  name: string,
  text: string,
  save: Node<Runtime>,
): Edit<Runtime>[] => [
  without<Runtime>(name, 'if isSystemGoroutine(gp)'),
  replace<Runtime>(
    name,
    'if readgstatus(gp) == Grunning',
    iff('isSystemGoroutine(gp)', isSystemGoroutine, [], [], [...check, save]),
  ),
  without<Runtime>(name, `${text}#2`),
];

/** What the goroutine profile does with whom it has claimed. */
export const recorded = (check: readonly Node<Runtime>[]): readonly Edit<Runtime>[] => [
  // From 1.24.5 on, system goroutines, too, say that they have been looked at.
  ...recordedBy(check, 'tryRecordGoroutineProfile', 'systemstack(saveg, gp)', systemstack('saveg', arg(gp, gp))),
  ...recordedBy(check, 'tryRecordGoroutineProfile, on g0', 'saveg(gp)', call('saveg', arg(gp, gp))),
];

export const SINCE_125: readonly Edit<Runtime>[] = [
  // L3: every stopper lends itself.
  without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
  without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
  bracket<Runtime>(
    'stopTheWorldWithSema',
    [casGToWaitingForGC(curg, reason('StoppingTheWorld'))],
    [casgstatusBack(curg)],
  ),
  // L8: shutting down is no reason to wake the reader.
  rewriteRoutine<Runtime>(
    { ...traceReaderAvailable, nodes: [...wants.slice(0, 2), returns('nil', () => 0)] },
    'does not ask for trace.shutdown',
  ),
  replace<Runtime>('schedule', 'findRunnable waits', group('findRunnable waits', ...waitForWork(false))),
  replace<Runtime>('stopm', NO_P_LINE, waitForP(false)),
  replace<Runtime>('schedule', PICK_LINE, ...pickWork(false)),
];

const g = gKind.col;

const assertNotRunning = [
  iff(
    'readgstatus(gp) == Grunning',
    (w: Runtime) => gp(w).status === Grunning,
    [reads(g.status, gp)],
    [fatal('cannot read stack of running goroutine')],
  ),
];

export const go125 = preset({
  name: 'go1.25',
  sentence: 'the same, every stopper lends itself, and shutting down is no reason to wake the reader',
  source: 'Go 1.25.12: proc.go, mprof.go, trace.go',
  edits: [...GO124, ...SINCE_125, ...recorded(assertNotRunning)],
});
