/** Go's numbers and names for goroutine statuses, P statuses and wait reasons. Source: runtime/runtime2.go. */

export const Gidle = 0;
export const Grunnable = 1;
export const Grunning = 2;
export const Gsyscall = 3;
export const Gwaiting = 4;
export const Gdead = 6;
export const Gcopystack = 8;
export const Gpreempted = 9;

export const statusName: Readonly<Record<number, string>> = {
  [Gidle]: 'Gidle',
  [Grunnable]: 'Grunnable',
  [Grunning]: 'Grunning',
  [Gsyscall]: 'Gsyscall',
  [Gwaiting]: 'Gwaiting',
  [Gdead]: 'Gdead',
  [Gcopystack]: 'Gcopystack',
  [Gpreempted]: 'Gpreempted',
};

export const Pidle = 0;
export const Prunning = 1;
export const Psyscall = 2;
export const Pgcstop = 3;

/** The reasons that the modelled code uses, in Go's spelling and order; the index is the value of `waitreason`. */
export const waitReasons = [
  'Zero',
  'GCAssistMarking',
  'GarbageCollection',
  'GarbageCollectionScan',
  'GCAssistWait',
  'ChanReceive',
  'Semacquire',
  'Sleep',
  'GCWorkerIdle',
  'GCWorkerActive',
  'Preempted',
  'DebugCall',
  'GCMarkTermination',
  'StoppingTheWorld',
  'FlushProcCaches',
  'TraceGoroutineStatus',
  'TraceProcStatus',
  'PageTraceFlush',
  'Coroutine',
  'TraceReaderBlocked',
  'GCSweepWait',
  'DumpingHeap',
  'IOWait',
] as const;

export type WaitReason = (typeof waitReasons)[number];
export const reasonNumber = (reason: WaitReason): number => waitReasons.indexOf(reason);

/** The table that the commit introduced. Source: runtime/runtime2.go, isWaitingForGC. */
const waitingForGC: readonly WaitReason[] = [
  'StoppingTheWorld',
  'GCMarkTermination',
  'GarbageCollection',
  'GarbageCollectionScan',
  'TraceGoroutineStatus',
  'TraceProcStatus',
  'PageTraceFlush',
  'GCAssistMarking',
  'GCWorkerActive',
  'FlushProcCaches',
];

const table = waitReasons.map((reason) => waitingForGC.includes(reason));

/** Whether a goroutine that waits for this reason may still be walked by the M it lent itself to. */
export const isWaitingForGC = (reason: number): boolean => table[reason]!;
