/**
 * What a fuzzed goroutine may do, one line each: the name, the routine, how often it is drawn (a weight), the sentence
 * that `list` shows. A new operation is a routine in its neighbourhood's file and a line here.
 */
const op = <N extends string>(name: N, routine: string, weight: number, sentence: string) => ({
  name,
  routine,
  weight,
  sentence,
});

export const operations = [
  op('park', 'timeSleep', 4, 'sleeps: parks for a reason that is no channel'),
  op('parkOnChan', 'chanrecv', 1, 'receives from a channel that nobody has sent to'),
  op('wake', 'chansend', 1, 'sends to a goroutine that receives'),
  op('netRead', 'netpollblock', 2, 'waits for the network'),
  op('gosched', 'Gosched', 4, 'lets others run, and goes on the global queue'),
  op('goyield', 'goyield', 3, 'lets others run, and goes on its own queue'),
  op('syscall', 'Syscall', 3, 'makes a system call'),
  op('debugCall', 'debugCallWrap', 2, 'a debugger injects a function call'),
  op('go', 'newproc', 2, 'starts a goroutine'),
  op('coroutine', 'coroutine', 3, 'makes a coroutine and resumes it to its end'),
  op('busyLoop', 'busyLoop', 1, 'runs on for as long as somebody wants it to stop'),
  op('deepCall', 'deepCall', 2, 'grows its stack, and leaves it nearly empty'),
  op('gcAssist', 'gcAssistAlloc', 4, 'allocates while the GC marks, and so marks'),
  op('gcStart', 'gcStart', 2, 'starts a garbage collection'),
  op('stopTheWorld', 'ReadMemStats', 1, 'stops the world and starts it again'),
  op('heapDump', 'WriteHeapDump', 1, 'writes a heap dump'),
  op('goroutineProfile', 'goroutineProfile', 1, 'takes a goroutine profile'),
  op('traceStart', 'trace.Start', 2, 'starts the execution tracer'),
  op('traceAdvance', 'advance', 3, 'moves the tracer to its next generation'),
  op('traceStop', 'trace.Stop', 3, 'stops the execution tracer'),
] as const;

/**
 * What programs are drawn from: all operations by their weights, or a few that have to meet for one kind of overlap. A
 * bug that needs three operations at once is rare among all of them.
 */
export const mixes: readonly {
  readonly name: string;
  readonly weight: number;
  readonly operations: readonly OperationName[];
  /** What its programs begin with, where that is not left to chance. */
  readonly begins?: {
    readonly tracing?: boolean;
    readonly marking?: boolean;
    readonly sysmon?: boolean;
    readonly idle?: boolean;
  };
}[] = [
  { name: 'all', weight: 4, operations: operations.flatMap((it) => Array<OperationName>(it.weight).fill(it.name)) },
  {
    name: 'marking',
    weight: 2,
    operations: ['park', 'gosched', 'goyield', 'goyield', 'deepCall', 'gcAssist', 'gcAssist', 'gcStart'],
  },
  {
    name: 'switching off',
    weight: 6,
    operations: ['gcAssist', 'gcAssist', 'gcStart', 'traceStop', 'traceStop', 'traceStart', 'park'],
  },
  {
    name: 'advancing',
    weight: 3,
    operations: ['gcAssist', 'gcStart', 'traceAdvance', 'traceAdvance', 'gosched', 'goyield', 'stopTheWorld'],
  },
  {
    name: 'system calls',
    weight: 2,
    operations: ['syscall', 'syscall', 'traceAdvance', 'stopTheWorld', 'gcStart', 'traceStart', 'traceStop'],
  },
  { name: 'starting', weight: 2, operations: ['syscall', 'syscall', 'traceStart', 'traceStop'] },
  {
    name: 'polling',
    weight: 2,
    operations: ['netRead', 'netRead', 'traceStart', 'traceStop', 'syscall'],
    begins: { tracing: false, marking: false, idle: true },
  },
  {
    name: 'retaking',
    weight: 1,
    operations: ['syscall', 'syscall', 'netRead', 'traceAdvance', 'stopTheWorld', 'gosched'],
    begins: { sysmon: true, idle: true },
  },
  {
    name: 'coroutines',
    weight: 2,
    operations: ['coroutine', 'coroutine', 'traceAdvance', 'goroutineProfile', 'traceStop'],
  },
  { name: 'channels', weight: 3, operations: ['parkOnChan', 'parkOnChan', 'wake', 'wake', 'wake', 'gcStart'] },
  {
    name: 'debug calls',
    weight: 1,
    operations: ['debugCall', 'debugCall', 'debugCall', 'gosched', 'gcStart', 'deepCall'],
  },
  { name: 'collecting', weight: 3, operations: ['syscall', 'syscall', 'syscall', 'gcStart'] },
  { name: 'nesting', weight: 4, operations: ['coroutine', 'coroutine', 'goroutineProfile', 'traceStop'] },
  {
    name: 'stopping',
    weight: 2,
    operations: ['traceStop', 'traceStart', 'stopTheWorld', 'gcStart', 'goroutineProfile', 'busyLoop'],
  },
];

export type OperationName = (typeof operations)[number]['name'];
export const operationNames: readonly OperationName[] = operations.map(({ name }) => name);
export const operationNumber = (name: OperationName): number => operationNames.indexOf(name);
