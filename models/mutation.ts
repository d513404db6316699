import type { Mutation } from '../harness/language';
import type { OperationName } from './operations';
import { drawn, type Program } from './program';

/** The routines nearest to stacks, sections and status transitions, with what comes to each of them often. */
const focus: readonly {
  readonly routines: readonly string[];
  readonly operations: string;
  readonly casts: readonly string[];
}[] = [
  {
    routines: ['park_m', 'gopark'],
    operations: 'park park gcStart gcAssist traceAdvance gosched parkOnChan wake',
    casts: ['park'],
  },
  {
    routines: ['ready', 'injectglist'],
    operations: 'park wake parkOnChan netRead gcStart gcAssist traceAdvance',
    casts: ['park', 'assist', 'channel'],
  },
  {
    routines: ['goschedImpl'],
    operations: 'gosched gosched traceAdvance gcStart busyLoop stopTheWorld gcAssist',
    casts: ['gosched'],
  },
  { routines: ['goyield_m'], operations: 'goyield goyield traceAdvance gcStart gcAssist', casts: ['goyield'] },
  {
    routines: ['execute'],
    operations: 'goroutineProfile park gosched syscall busyLoop stopTheWorld gcStart traceAdvance',
    casts: ['gosched', 'profile'],
  },
  {
    routines: [
      ...['suspendG', 'resumeG', 'preemptPark', 'asyncPreempt2', 'copystack', 'shrinkstack', 'isShrinkStackSafe'],
      ...['scanstack', 'markroot', 'gcAssistAlloc1', 'gcBgMarkWorker.func2'],
    ],
    operations:
      'gcAssist gcAssist gcStart deepCall park busyLoop parkOnChan wake syscall debugCall traceAdvance traceStop',
    casts: ['park', 'goyield', 'busy', 'channel', 'assist'],
  },
  {
    routines: ['newstack'],
    operations: 'deepCall busyLoop gcStart gcAssist stopTheWorld traceAdvance',
    casts: ['goyield', 'busy'],
  },
  {
    routines: ['stopTheWorldWithSema', 'stopTheWorld.func1', 'forEachP.func1', 'forEachPInternal'],
    operations: 'stopTheWorld gcStart traceAdvance syscall busyLoop heapDump goroutineProfile',
    casts: ['stw', 'sample', 'retake'],
  },
  {
    routines: ['StartTrace'],
    operations: 'traceStop traceStart traceStart syscall gcStart park netRead',
    casts: ['start', 'poll'],
  },
  {
    routines: ['traceAdvance', 'traceAdvance.func3', 'traceAdvance.func4', 'traceAdvance.func5', 'traceStack'],
    operations: 'traceAdvance traceAdvance traceStart traceStop gcAssist coroutine syscall park',
    casts: ['sample', 'advance'],
  },
  {
    routines: ['debugCallWrap', 'debugCallWrap.func1', 'debugCallWrap.func2', 'debugCallWrap1.func1'],
    operations: 'debugCall debugCall debugCall gosched gcStart deepCall traceAdvance goroutineProfile',
    casts: ['debugcall'],
  },
  {
    routines: ['entersyscall', 'exitsyscall', 'exitsyscallfast', 'exitsyscall0'],
    operations: 'syscall syscall syscall traceAdvance stopTheWorld gcStart traceStart traceStop',
    casts: ['start', 'retake'],
  },
  {
    routines: ['coroswitch_m'],
    operations: 'coroutine coroutine traceAdvance goroutineProfile traceStop gcStart',
    casts: ['coroutine'],
  },
  {
    routines: ['chanrecv', 'chansend', 'chanparkcommit'],
    operations: 'parkOnChan wake wake goyield gcStart park',
    casts: ['park', 'channel'],
  },
];

/** What `mutants` edits, and where it looks. */
export const mutation: Mutation<Program> = {
  routines: focus.flatMap(({ routines }) => routines).sort(),
  pairs: [
    { name: 'section', opens: /^traceAcquire/, closes: /^traceRelease/ },
    { name: 'lock', opens: /^lock/, closes: /^unlock/ },
    { name: 'scan bit', opens: /^casGToPreemptScan/, closes: /^casfrom_Gscanstatus/ },
    {
      name: 'lent',
      opens: /^(?:casGToWaiting|casgstatus\(curg, Grunning, Gwaiting\))/,
      closes: /^casgstatus\(curg, Gwaiting, Grunning\)/,
    },
    { name: 'semaphore', opens: /semacquire/, closes: /^semrelease/ },
  ],
  ends: /^(?:mcall|gogo)\(|\/\/ never returns$/,
  focusOn: (routine) => {
    const { operations, casts } = focus.find(({ routines }) => routines.includes(routine))!;
    return { programs: drawn(operations.split(' ') as OperationName[]), casts };
  },
};
