import { bracket, moveAfter, unwrap, without } from '../../harness/edit';
import type { Runtime } from '../runtime';
import { casGToWaitingForGC, casgstatusBack, curg, reason } from '../words';
import { H2, H3, H12, H13, H14, H18, H21 } from './hunks';
import { preset, type Variant } from './kinds';

/** What Go 1.26 does about L1, L2, L29 (the guard no longer asks for tracing), L3 (every stopper lends itself) and L4. */
const GO126 = [
  unwrap<Runtime>('isShrinkStackSafe', 'if traceEnabled()'),
  without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
  without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
  bracket<Runtime>(
    'stopTheWorldWithSema',
    [casGToWaitingForGC(curg, reason('StoppingTheWorld'))],
    [casgstatusBack(curg)],
  ),
  moveAfter<Runtime>('preemptPark', 'dropg', 'trace.GoPark'),
];

export const presets: readonly Variant[] = [
  preset('commit', 'the commit itself', 'd6a3d093c3', [], []),
  preset(
    'parent',
    'the parent of the commit: every hunk below reverted',
    'the parent of d6a3d093c3',
    ['FN', 'S1', 'S2', 'S3', 'S3weak', 'S4', 'S5', 'S7', 'S7end', 'S12', 'S21'],
    [...H2, ...H3, ...H12, ...H13, ...H14, ...H18, ...H21],
  ),
  preset(
    'go1.26',
    'what Go 1.26 changed in the modelled code: the guard, the stoppers, preemptPark (its new system calls are not modelled)',
    'Go 1.26.10: stack.go, proc.go',
    [],
    GO126,
  ),
];
