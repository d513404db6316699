/**
 * Every event that the model writes, and what a parser of the trace makes of it: one table, of which the automata of
 * goroutines (wire.ts) and those of Ps, Ms and ranges (parser.ts) are made.
 * Source: runtime/traceruntime.go; internal/trace/order.go of Go 1.26.
 *
 * Left out: user events, labels, stacks' and strings' numbers. The sequence numbers of an event are taken with its
 * write, so that events of a goroutine or P are judged in the order in which they are written.
 */

/** What the trace says that a goroutine does. */
export const UNKNOWN = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;
export const SYSCALL = 3;
export const WAITING = 4;
export const GONE = 5;
export const toldName = ['unknown', 'Runnable', 'Running', 'Syscall', 'Waiting', 'gone'] as const;

/** What the trace says of a P; SyscallAbandoned is Syscall, and its M is no longer known. */
export const P_IDLE = 1;
export const P_RUNNING = 2;
export const P_SYSCALL = 3;
export const P_ABANDONED = 4;
export const toldProcName = ['unknown', 'Idle', 'Running', 'Syscall', 'SyscallAbandoned'] as const;

/** What an event says of a P: of the M's own, or of the one that it names. */
type ProcChange = 'starts' | 'stops' | 'is stolen' | 'enters a system call' | 'leaves a system call' | 'is lost';

/** What begins and ends: on a goroutine, on a P, or the GC's own. */
export const ranges = ['STW', 'mark assist', 'sweep', 'GC'] as const;
export type Range = (typeof ranges)[number];

export interface Rule {
  readonly name: string;
  /** What the trace must have said of the goroutine that the event is about, and says from then on. */
  readonly needs: number;
  readonly leaves: number;
  /** The status that the event gives its goroutine where that has none yet; missing: the one that it needs. */
  readonly asserts?: number;
  /** The status that it gives its M's P where that has none yet; missing: Running. */
  readonly assertsP?: number;
  /** Whether its M must have a goroutine, or must not; missing: either. The same for a P. */
  readonly hasG?: boolean;
  readonly hasP?: boolean;
  /** What it needs and says of the other goroutine that it names. */
  readonly target?: { readonly needs: readonly number[]; readonly leaves: number };
  readonly proc?: ProcChange;
  readonly begins?: Range;
  readonly ends?: Range;
  /** The range was there when the generation began. */
  readonly continues?: Range;
}

type More = Partial<Omit<Rule, 'name' | 'needs' | 'leaves'>>;
const rule = (name: string, needs: number, leaves: number, more: More = {}): Rule => ({ name, needs, leaves, ...more });

/** By a goroutine that runs on a P. */
const user = { hasG: true, hasP: true } as const;
const byUser = (name: string, more: More = {}): Rule => rule(name, RUNNING, RUNNING, { ...user, ...more });

/** Wherever its M is, and whatever its goroutine does: only the status that the event asserts matters. */
const anywhere = (name: string, asserts: number, more: More): Rule =>
  rule(name, UNKNOWN, UNKNOWN, { asserts, hasP: true, ...more });

const unblocks = { needs: [WAITING], leaves: RUNNABLE };
const resumes = { needs: [WAITING], leaves: RUNNING };
const creates = (leaves: number): More => ({ hasP: true, target: { needs: [UNKNOWN, GONE], leaves } });

/** In Go's names for the tracer's functions. The first are statuses. */
export const rules: readonly Rule[] = [
  rule('GoStatus', UNKNOWN, UNKNOWN),
  rule('ProcStatus', UNKNOWN, UNKNOWN),
  rule('GoPark', RUNNING, WAITING, user),
  rule('GoSched', RUNNING, RUNNABLE, user),
  rule('GoPreempt', RUNNING, RUNNABLE, user),
  rule('GoUnpark', RUNNING, RUNNING, { target: unblocks }),
  rule('GoCreate', RUNNING, RUNNING, creates(RUNNABLE)),
  rule('GoCreateBlocked', RUNNING, RUNNING, creates(WAITING)),
  rule('GoStart', RUNNABLE, RUNNING, { hasG: false, hasP: true }),
  rule('GoEnd', RUNNING, GONE, user),
  rule('GoSwitch', RUNNING, WAITING, { ...user, target: resumes }),
  rule('GoSwitchDestroy', RUNNING, GONE, { ...user, target: resumes }),
  rule('GoSysCall', RUNNING, SYSCALL, { ...user, proc: 'enters a system call' }),
  rule('GoSysExit', SYSCALL, RUNNING, { ...user, proc: 'leaves a system call', assertsP: P_SYSCALL }),
  rule('GoSysExit, blocked', SYSCALL, RUNNABLE, { hasG: true, proc: 'is lost' }),
  rule('ProcSteal', RUNNING, RUNNING, { proc: 'is stolen' }),
  rule('ProcSteal, in a syscall', SYSCALL, SYSCALL, { proc: 'is stolen', assertsP: P_ABANDONED }),
  rule('ProcStart', SYSCALL, SYSCALL, { hasP: false, proc: 'starts', assertsP: P_IDLE }),
  rule('ProcStop', SYSCALL, SYSCALL, { hasP: true, proc: 'stops' }),
  anywhere('HeapAlloc', RUNNING, {}),
  anywhere('GCSweepStart', RUNNING, { begins: 'sweep' }),
  anywhere('GCSweepDone', RUNNING, { ends: 'sweep' }),
  byUser('STWStart', { begins: 'STW' }),
  byUser('STWDone', { ends: 'STW' }),
  byUser('GCStart', { begins: 'GC' }),
  byUser('GCDone', { ends: 'GC' }),
  byUser('GCActive', { continues: 'GC' }),
  byUser('GCMarkAssistStart', { begins: 'mark assist' }),
  byUser('GCMarkAssistDone', { ends: 'mark assist' }),
  byUser('Gomaxprocs'),
];

export const GO_STATUS = 0;
export const PROC_STATUS = 1;

export const ruleNumber = (name: string): number => {
  const at = rules.findIndex((it) => it.name === name);
  if (at < 0) throw new Error(`no event is called ${name}`);
  return at;
};
