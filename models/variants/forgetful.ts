import { moveAfter, replace, without } from '../../harness/language';
import { found } from '../park';
import type { Runtime } from '../runtime';
import { adjustsudogs } from '../stack';
import { gKind, gp, line, reads } from '../words';
import { planted, type Variant } from './kinds';

/**
 * Bugs of our own, of those who forget to set what a guard asks for, and of guards that forget to ask: of each cell
 * that decides whether a stack may move there should be both (guards.test.ts).
 */

/** Finds a receiver, and leaves it where it is for others to find. */
const keepReceiver = line('sg = c.recvq.first', {
  run: (w: Runtime) => found.set(w, Number(gp(w).inRecvq)),
  touches: [reads(gKind.col.inRecvq, gp)],
});

export const forgetful: readonly Variant[] = [
  planted({
    name: 'ignoredAsyncSafePoint',
    sentence: 'isShrinkStackSafe: an asynchronous safe point is no obstacle',
    source: 'ours',
    breaks: ['S3', 'S4', 'S19'],
    edits: [without<Runtime>('isShrinkStackSafe', 'if gp.asyncSafePoint')],
  }),
  planted({
    name: 'ignoredSyscallsp',
    sentence: 'isShrinkStackSafe: a system call is no obstacle',
    source: 'ours',
    breaks: ['S4', 'noThrow'],
    edits: [without<Runtime>('isShrinkStackSafe', 'if gp.syscallsp != 0')],
  }),
  planted({
    name: 'ignoredParkingOnChan',
    sentence: 'isShrinkStackSafe: parking on a channel is no obstacle',
    source: 'ours',
    breaks: ['S4', 'noThrow'],
    edits: [without<Runtime>('isShrinkStackSafe', 'if gp.parkingOnChan.Load()')],
  }),
  planted({
    name: 'racyShrink',
    sentence: 'parking on a channel is no obstacle to isShrinkStackSafe, and copystack does not notice',
    source: 'ours',
    breaks: ['S3', 'S4', 'S19'],
    edits: [
      without<Runtime>('isShrinkStackSafe', 'if gp.parkingOnChan.Load()'),
      without<Runtime>('copystack', 'if gp.parkingOnChan.Load()'),
    ],
  }),
  planted({
    name: 'shrunkInSyscall',
    sentence: 'a system call is no obstacle to isShrinkStackSafe, and copystack does not notice',
    source: 'ours',
    breaks: ['S2', 'S3', 'S4', 'S19'],
    edits: [
      without<Runtime>('isShrinkStackSafe', 'if gp.syscallsp != 0'),
      without<Runtime>('copystack', 'if gp.syscallsp != 0'),
    ],
  }),
  planted({
    name: 'forgottenStackPreempt',
    sentence: 'suspendG sends signals alone, and asks no prologue',
    source: 'ours',
    breaks: ['V2', 'V4', 'V5'],
    edits: [without<Runtime>('suspendG', 'gp.stackguard0 = stackPreempt')],
  }),
  planted({
    name: 'forgottenPreemptStop',
    sentence: 'suspendG asks a goroutine to yield, and not to stop',
    source: 'ours',
    breaks: ['V2', 'V4', 'V5'],
    edits: [without<Runtime>('suspendG', 'gp.preemptStop = true')],
  }),
  planted({
    name: 'forgottenAsyncSafePoint',
    sentence: 'asyncPreempt2 does not say that its goroutine is at an asynchronous safe point',
    source: 'ours',
    breaks: ['S3', 'S4', 'S19'],
    edits: [without<Runtime>('asyncPreempt2', 'curg.asyncSafePoint = true')],
  }),
  planted({
    name: 'forgottenParkingOnChan',
    sentence: 'chanrecv does not say that its goroutine is parking on a channel',
    source: 'ours',
    breaks: ['S3', 'S4', 'S19'],
    edits: [without<Runtime>('chanrecv', 'curg.parkingOnChan = true')],
  }),
  planted({
    name: 'parkedTooSoon',
    sentence: 'chanparkcommit says that its goroutine no longer parks before it says that channels point to its stack',
    source: 'go#40641 is of this kind',
    breaks: ['S3', 'S4', 'S19'],
    edits: [moveAfter<Runtime>('chanparkcommit', 'gp.activeStackChans = true', 'gp.parkingOnChan = false')],
  }),
  planted({
    name: 'forgottenSyscallsp',
    sentence: 'entersyscall does not say where the stack of its goroutine ends',
    source: 'ours',
    breaks: ['S2', 'S3', 'S4'],
    edits: [without<Runtime>('entersyscall', 'gp.syscallsp = sp')],
  }),
  planted({
    name: 'forgottenActiveStackChans',
    sentence: 'chanparkcommit does not say that channels point to the stack of its goroutine',
    source: 'ours',
    breaks: ['S3', 'S4', 'S19'],
    edits: [without<Runtime>('chanparkcommit', 'gp.activeStackChans = true')],
  }),
  planted({
    name: 'doubleWake',
    sentence: 'a sender leaves the receiver in the queue',
    source: 'ours',
    breaks: ['S20', 'S19', 'S21', 'S3', 'S4', 'V1', 'V3', 'V4', 'noThrow'],
    edits: [replace<Runtime>('chansend', 'sg = c.recvq.dequeue()', keepReceiver)],
  }),
  planted({
    name: 'droppedShrink',
    sentence: 'newstack forgets that the goroutine was refused shrinking',
    source: 'ours',
    breaks: ['V7'],
    edits: [without<Runtime>('newstack', 'if gp.preemptShrink')],
  }),
  planted({
    name: 'forgottenShrink',
    sentence: 'newstack clears preemptShrink, and does not shrink',
    source: 'ours',
    breaks: ['V7'],
    edits: [without<Runtime>('newstack', 'shrinkstack(gp)')],
  }),
  planted({
    name: 'neverAskedToShrink',
    sentence: 'scanstack refuses shrinking, and does not leave word of it',
    source: 'ours',
    breaks: ['V7'],
    edits: [without<Runtime>('scanstack', 'gp.preemptShrink = true')],
  }),
  planted({
    name: 'unlockedCopy',
    sentence: 'copystack does not lock the channels that point to the stack',
    source: 'ours',
    breaks: ['S21', 'S23'],
    edits: [without<Runtime>('copystack', 'lock(&c.lock)'), without<Runtime>('copystack', 'unlock(&c.lock)')],
  }),
  planted({
    name: 'ignoredActiveStackChans',
    sentence: 'copystack does not ask whether channels point to the stack',
    source: 'ours',
    breaks: ['S21', 'S23'],
    edits: [replace<Runtime>('copystack', 'if !gp.activeStackChans', adjustsudogs)],
  }),
  planted({
    name: 'unlockedSend',
    sentence: 'a sender writes into the stack of its receiver when it has let go of the lock',
    source: 'ours',
    breaks: ['S21', 'S23'],
    edits: [moveAfter<Runtime>('chansend', 'memmove(dst, src), into the frame of the receiver', 'unlock(&c.lock)')],
  }),
  planted({
    name: 'forgottenElem',
    sentence: 'copystack does not relocate what the sudog points to',
    source: 'ours',
    breaks: ['S21', 'S23'],
    edits: [without<Runtime>('copystack', 'sg.elem += delta#2')],
  }),
  planted({
    name: 'unsent',
    sentence: 'a sender wakes its receiver, and writes nothing',
    source: 'ours',
    breaks: ['S23'],
    edits: [without<Runtime>('chansend', 'memmove(dst, src), into the frame of the receiver')],
  }),
];
