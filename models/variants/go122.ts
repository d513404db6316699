import { type Edit, everywhere, insertAfter, replace, without } from '../../harness/language';
import { injectglistInOneSection } from '../assist';
import { newg } from '../newproc';
import { routines } from '../routines';
import type { Runtime } from '../runtime';
// biome-ignore format: words, not a wall
import { casgstatus, curg, event, Gdead, Grunnable, Gwaiting, gp, iff, type Node, reads, reason, schedlink,
  setWaitreason, tl, traceKind } from '../words';
import { UNGUARDED } from './hunks';
import { preset } from './kinds';
import { PARENT } from './parent';

/** Go 1.22: no flag beside the generation, no walk of silent goroutines, coroutines that the trace does not tell. */

const isTracing = (w: Runtime): boolean => {
  tl.set(w, 0);
  return w.trace.gen !== 0;
};

const GO122: readonly Edit<Runtime>[] = [
  ...PARENT,
  ...injectglistInOneSection,
  ...everywhere<Runtime>(
    routines.filter(({ name }) => name !== 'isShrinkStackSafe' && name !== 'StartTrace'),
    'if traceEnabled()',
    (node) =>
      node.kind === 'branch'
        ? [iff('traceEnabled(): trace.gen != 0', isTracing, [reads(traceKind.col.gen)], node.yes)]
        : [node],
    'asks for the generation',
  ),
  without<Runtime>('traceAdvance.func3', 'traceStack(gp, explicit)'),
  without<Runtime>('traceAdvance.func3', 'ug.stackID = stack'),
  ...['traceAcquire', 'the event', 'traceRelease'].map((text) => without<Runtime>('coroswitch_m', text)),
  replace<Runtime>('newproc1', 'if parked', casgstatus(newg, Gdead, Grunnable)),
  replace<Runtime>('newproc1', 'the event', event('GoCreate', { stack: true, target: newg, isNew: true })),
  insertAfter<Runtime>(
    'newcoro.func1',
    'newproc1(corostart)',
    iff(
      'newg != nil',
      (w) => curg(w).schedlink !== undefined,
      [],
      [setWaitreason(schedlink, reason('Coroutine')), casgstatus(schedlink, Grunnable, Gwaiting)],
    ),
  ),
  replace<Runtime>(
    'shrinkstack',
    'if newsize >= fixedStack && used < avail/4',
    iff('gp.startpc is gcBgMarkWorker', (w) => w.isWorker(gp(w)), [], [], shrinkBody()),
  ),
];

/** What shrinkstack does behind its checks. */
function shrinkBody(): readonly Node<Runtime>[] {
  const found = routines.find(({ name }) => name === 'shrinkstack')!.nodes;
  return found.filter(({ text }) => text === 'if newsize >= fixedStack && used < avail/4');
}

export const go122 = preset({
  name: 'go1.22',
  sentence: 'before the commit and its parent: no walks of silent goroutines, coroutines not traced',
  source: 'Go 1.22.12: proc.go, coro.go, stack.go, trace2*.go',
  edits: GO122,
  unreachable: UNGUARDED,
});
