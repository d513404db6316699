// biome-ignore format: words, not a wall
import { call, casgstatusBack, curg, fatal, forEachG, Gdead, Grunnable, Gsyscall, Gwaiting, gKind, gp, group, i, iff,
  lend, line, reads, reason, routine, setWaitreason, systemstack, tl } from './words';

/**
 * Heap dumps, which look at every goroutine of a stopped world. Source: debug.WriteHeapDump, writeheapdump_m, dumpgs in
 * runtime/heapdump.go.
 *
 * Left out: what is written.
 */

const g = gKind.col;

/**
 * What goroutines may be while the world is stopped. Go 1.26 means to allow Running in a system call, and throws all
 * the same.
 */
const stoppedStatuses: readonly number[] = [Grunnable, Gsyscall, Gwaiting, Gdead];

/** A heap dump: the stopper waits for a reason that is not in the table, which the stopped world makes safe. */
export const writeHeapDump = routine(
  'WriteHeapDump',
  'runtime/heapdump.go',
  [],
  [call('stopTheWorld'), systemstack('writeheapdump_m'), call('startTheWorld')],
);

export const writeheapdump_m = routine(
  'writeheapdump_m',
  'runtime/heapdump.go',
  [gp, tl, i],
  [
    group('casGToWaiting(curg, Grunning, DumpingHeap)', setWaitreason(curg, reason('DumpingHeap')), lend(curg)),
    line('mdump', {}),
    forEachG(
      'dumpgs: forEachG',
      iff(
        'readgstatus(gp) is none of a stopped world',
        (w) => !stoppedStatuses.includes(gp(w).status),
        [reads(g.status, gp)],
        [fatal('dumpgs in STW - bad status')],
      ),
    ),
    casgstatusBack(curg),
  ],
);
