import { type Edit, moveAfter, replace, without } from '../harness/edit';
import type { Variant as AnyVariant } from '../harness/model';
import { gKind, mKind } from './cells';
import type { Runtime } from './runtime';
import { Grunnable, Grunning, statusName } from './status';
import { curg, gp, group, lend, line, reason, setStatus, setWaitreason, writes } from './words';

type Variant = AnyVariant<Runtime>;

const traceLate = (routine: string, event: string, cas: string): Edit<Runtime> =>
  moveAfter<Runtime>(routine, `trace.${event}`, cas);
const toWaiting = (who: string) => `casgstatus(${who}, Grunning, Gwaiting)`;
const toRunnable = (who: string) => `casgstatus(${who}, Grunning, Grunnable)`;

const H2 = [traceLate('debugCallWrap.func2', 'GoPark', toWaiting('gp'))];
const H3 = [traceLate('debugCallWrap1.func1', 'GoSched', toRunnable('gp'))];
const H12 = [traceLate('park_m', 'GoPark', toWaiting('gp'))];
const H13 = [traceLate('goschedImpl', 'GoSched', toRunnable('gp'))];
const H14 = [traceLate('goyield_m', 'GoPreempt', toRunnable('gp'))];
const H18 = [without<Runtime>('isShrinkStackSafe', 'if traceEnabled()')];

const preset = (name: string, sentence: string, source: string, breaks: string[], edits: Edit<Runtime>[]): Variant => ({
  name,
  sentence,
  source,
  edits,
  breaks,
  isPreset: true,
});
const planted = (
  name: string,
  sentence: string,
  source: string,
  breaks: string[],
  edits: Edit<Runtime>[],
): Variant => ({
  ...preset(name, sentence, source, breaks, edits),
  isPreset: false,
});

const order = ['S1', 'S2', 'S12'];
const GO122 = 'Go 1.22, reverting one hunk of the commit';

/** A goroutine goes to Running without asking whether somebody holds its scan bit. */
const forcedStatus = line(`${gp.text}.atomicstatus = ${statusName[Grunning]}`, {
  when: (w: Runtime) => gp(w).status === Grunnable,
  run: (w) => {
    setStatus(w, gp(w), Grunning);
  },
  touches: [writes(gKind.col.status, gp), writes(mKind.col.wrote, (w: Runtime) => w.m)],
});

export const variants: readonly Variant[] = [
  preset('commit', 'the commit itself', 'd6a3d093c3', [], []),
  preset(
    'parent',
    'the parent of the commit: every hunk below reverted',
    'the parent of d6a3d093c3',
    ['S1', 'S2', 'S3', 'S3weak', 'S12'],
    [...H2, ...H3, ...H12, ...H13, ...H14, ...H18],
  ),
  planted('H2', 'debugCallWrap: the event comes after Gwaiting', `${GO122}: debugcall.go`, ['S1', 'S12'], H2),
  planted('H3', 'debugCallWrap1: the event comes after Grunnable', `${GO122}: debugcall.go`, order, H3),
  planted('H12', 'park_m: the event comes after Gwaiting', `${GO122}: proc.go`, order, H12),
  planted('H13', 'goschedImpl: the event comes after Grunnable', `${GO122}: proc.go`, order, H13),
  planted('H14', 'goyield_m: the event comes after Grunnable', `${GO122}: proc.go`, order, H14),
  planted(
    'H18',
    'isShrinkStackSafe: waiting for the GC is no obstacle',
    `${GO122}: stack.go`,
    ['S2', 'S3', 'S3weak'],
    H18,
  ),
  planted(
    'foreignReason',
    'gcAssistAlloc1 waits for the GC with a reason that says otherwise',
    'ours',
    ['S2', 'S3', 'S3weak', 'S9'],
    [
      replace<Runtime>(
        'gcAssistAlloc1',
        'casGToWaitingForGC(curg, Grunning, GCAssistMarking)',
        group('casGToWaiting(curg, Grunning, GCAssistWait)', setWaitreason(curg, reason('GCAssistWait')), lend(curg)),
      ),
    ],
  ),
  planted(
    'ignoredScanBit',
    'execute sets Grunning while somebody holds the scan bit',
    'ours',
    ['S13', 'S14', 'S2', 'S3', 'noThrow'],
    [replace<Runtime>('execute', 'casgstatus(gp, Grunnable, Grunning)', forcedStatus)],
  ),
  planted(
    'stopperStaysRunning',
    'stopTheWorld does not let itself be suspended',
    'ours',
    ['V1'],
    [
      without<Runtime>('stopTheWorld.func1', 'casGToWaitingForGC(curg, Grunning, StoppingTheWorld)'),
      without<Runtime>('stopTheWorld.func1', 'casgstatus(curg, Gwaiting, Grunning)'),
    ],
  ),
];
