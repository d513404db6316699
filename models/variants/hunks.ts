import { type Edit, insertAfter, moveAfter, replace, without } from '../../harness/language';
import type { Runtime } from '../runtime';
import { statusOfNote, writeNote } from '../traceadvance';
import { judgeOwnership, traceStackOf } from '../tracestack';
// biome-ignore format: words, not a wall
import { fatal, gKind, gp, iff, isWaitingForGC, reads, reasonNumber, returns, tl, type WaitReason,
  waitReasons } from '../words';
import { planted, type Variant } from './kinds';

/**
 * The hunks of the commit taken back one by one, by the files that they change. Those that change nothing that can be
 * reached are at the end, with the reason. H1, H4 and H15 touch tests and words alone; H9 and H16 carry H10 and H20.
 */

const traceLate = (routine: string, event: string, cas: string): Edit<Runtime> =>
  moveAfter<Runtime>(routine, `trace.${event}`, cas);

const toWaiting = (who: string) => `casgstatus(${who}, Grunning, Gwaiting)`;
const toRunnable = (who: string) => `casgstatus(${who}, Grunning, Grunnable)`;

/** Where the table of reasons is asked. */
const guard = (isListed: (reason: number) => boolean, what: string): Edit<Runtime> =>
  replace<Runtime>(
    'isShrinkStackSafe',
    'if gp.waitreason.isWaitingForGC()',
    iff(
      `gp.waitreason.isWaitingForGC()${what}`,
      (w) => isListed(gp(w).waitreason),
      [reads(gKind.col.waitreason, gp)],
      [returns('false', () => 0)],
    ),
  );

const statusFunction = (isListed: (reason: number) => boolean, what: string): Edit<Runtime>[] => [
  replace<Runtime>(
    'traceAdvance',
    'statusWriter.writeGoStatus(ug.status, ug.waitreason)',
    writeNote(`statusWriter.writeGoStatus(ug.status, ug.waitreason)${what}`, (it) => statusOfNote(it, isListed)),
  ),
  replace<Runtime>(
    'traceStack',
    'goStatusToTraceGoStatus(status, gp.waitreason)',
    judgeOwnership(`goStatusToTraceGoStatus(status, gp.waitreason)${what}`, isListed),
  ),
];

/** What goStatusToTraceGoStatus took to be running before the commit. Its precedence defect cannot be reached. */
const oldList: readonly WaitReason[] = [
  'StoppingTheWorld',
  'GCMarkTermination',
  'GarbageCollection',
  'TraceProcStatus',
  'PageTraceFlush',
  'GCWorkerActive',
];

const isOldList = (reason: number): boolean => oldList.includes(waitReasons[reason]!);
export const H2 = [traceLate('debugCallWrap.func2', 'GoPark', toWaiting('gp'))];
export const H3 = [traceLate('debugCallWrap1.func1', 'GoSched', toRunnable('gp'))];
export const H12 = [traceLate('park_m', 'GoPark', toWaiting('gp'))];
export const H13 = [traceLate('goschedImpl', 'GoSched', toRunnable('gp'))];
export const H14 = [traceLate('goyield_m', 'GoPreempt', toRunnable('gp'))];

/** Without H18 no stack is kept from shrinking because its goroutine waits for the GC. */
export const UNGUARDED = ['shrinkRefused'];
export const H18 = [without<Runtime>('isShrinkStackSafe', 'if traceEnabled()')];
export const H20 = [without<Runtime>('traceStack', 'debug.traceCheckStackOwnership')];
export const H21 = statusFunction(isOldList, ', by the old list');

/** The same where there is no check to go by it. */
export const H21withoutH20 = H21.slice(0, 1);

/** The table without one reason; the assertion of casGToWaitingForGC goes by the whole table. */
const withoutReason = (name: WaitReason): Edit<Runtime>[] => {
  const isListed = (reason: number) => isWaitingForGC(reason) && reason !== reasonNumber(name);
  return [guard(isListed, `, ${name} left out`), ...statusFunction(isListed, `, ${name} left out`)];
};

const GO122 = 'Go 1.22, reverting one hunk of the commit';
const ONE_REASON = 'Go 1.22, reverting one entry of the commit: runtime2.go';
const order = ['S1', 'S2', 'S12'];
/** The check throws, though whoever walks owns the stack. */
const falseAlarm = ['S5', 'checkThrows'];
const lentStack = ['S2', 'S3', 'S3weak', 'S4'];

/** By reason, the properties that see it missing. Three reasons are among the equivalents below. */
const reasons: readonly (readonly [WaitReason, readonly string[]])[] = [
  ['GCAssistMarking', [...lentStack, ...falseAlarm]],
  ['StoppingTheWorld', [...lentStack, ...falseAlarm]],
  ['TraceGoroutineStatus', [...lentStack, ...falseAlarm, 'S7', 'S21']],
  ['GCWorkerActive', [...lentStack, ...falseAlarm]],
  ['TraceProcStatus', ['S3', 'S3weak', 'S4']],
  ['FlushProcCaches', falseAlarm],
  ['GarbageCollection', falseAlarm],
];

export const hunks: readonly Variant[] = [
  planted({
    name: 'H0',
    sentence: 'ready: the event carries a stack of the goroutine that is readied',
    source: "the commit's message, which tells of it; no hunk",
    breaks: ['S1', 'S2', 'checkThrows'],
    edits: [
      insertAfter<Runtime>(
        'ready',
        'trace.GoUnpark',
        iff('trace.ok(), for the stack of gp', (w) => tl(w) !== 0, [], [traceStackOf(gp)]),
      ),
    ],
  }),
  planted({
    name: 'H2',
    sentence: 'debugCallWrap: the event comes after Gwaiting',
    source: `${GO122}: debugcall.go`,
    breaks: ['S1', 'S12', 'checkThrows'],
    edits: H2,
  }),
  planted({
    name: 'H3',
    sentence: 'debugCallWrap1: the event comes after Grunnable',
    source: `${GO122}: debugcall.go`,
    breaks: [...order, 'checkThrows'],
    edits: H3,
  }),
  planted({
    name: 'H12',
    sentence: 'park_m: the event comes after Gwaiting',
    source: `${GO122}: proc.go`,
    breaks: [...order, 'checkThrows'],
    edits: H12,
  }),
  planted({
    name: 'H13',
    sentence: 'goschedImpl: the event comes after Grunnable',
    source: `${GO122}: proc.go`,
    breaks: [...order, 'checkThrows'],
    edits: H13,
  }),
  planted({
    name: 'H14',
    sentence: 'goyield_m: the event comes after Grunnable',
    source: `${GO122}: proc.go`,
    breaks: [...order, 'checkThrows'],
    edits: H14,
  }),
  planted({
    name: 'H18',
    sentence: 'isShrinkStackSafe: waiting for the GC is no obstacle',
    source: `${GO122}: stack.go`,
    breaks: [...lentStack, 'S7', 'S21'],
    edits: H18,
    unreachable: UNGUARDED,
  }),
  planted({
    name: 'H20',
    sentence: 'traceStack does not check who owns the stack; beside H12, which it would have stopped',
    source: `${GO122}: trace2stack.go`,
    breaks: [...order, 'S5'],
    edits: [...H12, ...H20],
  }),
  planted({
    name: 'H21',
    sentence: 'goStatusToTraceGoStatus goes by its old list, which lacks four reasons',
    source: `${GO122}: trace2status.go`,
    breaks: [...falseAlarm, 'S7'],
    edits: H21,
  }),
  ...reasons.map(([name, breaks]) =>
    planted({
      name: `H17-${name}`,
      sentence: `the table of reasons lacks ${name}`,
      source: ONE_REASON,
      breaks,
      edits: withoutReason(name),
    }),
  ),
];

/** Why these change no reachable state; a test shows it (equivalent.slow.test.ts). */
const unreachable: readonly (readonly [WaitReason, string])[] = [
  ['GarbageCollectionScan', 'whoever marks has lent itself before, so that nobody scans itself while Running'],
  ['PageTraceFlush', 'the page tracer is an experiment, and the only one who waits for that reason'],
  [
    'GCMarkTermination',
    'the waiter holds worldsema, which keeps the generation, and is traced before and after; all roots are marked, ' +
      'so that nobody asks the guard',
  ],
];

/** By hunk, where an assertion is left out, and of what. */
const assertions: readonly (readonly [hunk: string, routine: string, reason: string])[] = [
  ['H5', 'gcMarkTermination', 'GarbageCollection'],
  ['H6', 'gcBgMarkWorker.func2', 'GCWorkerActive'],
  ['H7', 'markroot', 'GarbageCollectionScan'],
  ['H8', 'gcAssistAlloc1', 'GCAssistMarking'],
  ['H10', 'stopTheWorld.func1', 'StoppingTheWorld'],
  ['H19', 'traceAdvance.func3', 'TraceGoroutineStatus'],
  ['H11', 'forEachP.func1', 'reason'],
];

/** The table without a reason for its assertion as well: Go throws, and harms nobody. */
export const asserted: readonly Variant[] = assertions
  .filter(([, , reason]) => reasons.some(([name]) => name === reason))
  .map(([, routine, name]) => {
    const isListed = (it: WaitReason) => isWaitingForGC(reasonNumber(it)) && it !== name;
    const reason = name as WaitReason;
    return planted({
      name: `H17-asserted-${name}`,
      sentence: `the table of reasons lacks ${name}, for its assertion as well`,
      source: ONE_REASON,
      breaks: ['noThrow'],
      edits: [
        ...withoutReason(reason),
        replace<Runtime>(
          routine,
          `if !${name}.isWaitingForGC()`,
          iff(
            `!${name}.isWaitingForGC(), ${name} left out`,
            () => !isListed(reason),
            [],
            [fatal('casGToWaitingForGC with non-isWaitingForGC wait reason')],
          ),
        ),
      ],
    });
  });

export const equivalents: readonly Variant[] = [
  ...unreachable.map(([name, equivalent]) =>
    planted({
      name: `H17-${name}`,
      sentence: `the table of reasons lacks ${name}`,
      source: ONE_REASON,
      breaks: [],
      edits: withoutReason(name),
      equivalent,
    }),
  ),
  ...assertions.map(([name, routine, reason]) =>
    planted({
      name,
      sentence: `${name === 'H11' ? 'forEachP' : routine}: nothing asserts that its reason is in the table`,
      source: `${GO122}: casGToWaiting in the place of casGToWaitingForGC`,
      breaks: [],
      edits: [without<Runtime>(routine, `if !${reason}.isWaitingForGC()`)],
      equivalent: 'the assertion never fails',
    }),
  ),
];
