import { actorKind, ghost, note, own, published, shared, type ViewOf } from '../harness/language';

/**
 * The state of the modelled part of the runtime, one kind of actor per Go struct. Names are Go's; ghosts are ours.
 *
 * Left out: everything that says nothing about who owns a stack (heap contents, run-queue order, timers' times,
 * mcaches, program counters and frame contents of user code).
 */

/** How often a stack was replaced, kept modulo this number: a walk that overlaps this many copies is out of reach. */
export const EPOCHS = 8;

/** Generations run from 1 to this number and around; 0 is "tracing off". A multiple of 2 and of 3, Go's two moduli. */
export const GENERATIONS = 6;

/** Stack sizes are powers of two above the minimum: 0 is the minimum, which nothing shrinks. */
export const MAX_STACK = 2;

/** A goroutine. Source: type g, runtime/runtime2.go. */
const gSpec = {
  /** Base status, Go's number. */
  status: shared.number(9),
  /** The scan bit, apart from the status it is combined with in Go. Who set it is a ghost, as in Go it is unknown. */
  scan: shared.flag(),
  waitreason: shared.number(22),
  preempt: shared.flag(),
  preemptStop: shared.flag(),
  /** Whether stackguard0 is stackPreempt, so that the next function prologue calls newstack. */
  stackPreempt: shared.flag(),
  preemptShrink: shared.flag(),
  asyncSafePoint: shared.flag(),
  parkingOnChan: shared.flag(),
  activeStackChans: shared.flag(),
  /** In the queue of the channel that it receives from. */
  inRecvq: shared.flag(),
  /** The lock of the channel that it receives from; each receiver has a channel to itself. */
  chanLock: shared.flag(),
  /** What its sudog's elem points into: 1 + the epoch of a stack; 0 for nil. */
  elem: shared.number(EPOCHS),
  syscallsp: shared.flag(),
  /** What syscallbp points into, as for sched; 0 where a version does not save it. */
  syscallbp: shared.number(EPOCHS),
  /** What sched.bp points into: 1 + the epoch of a stack, or 0 after gogo or the end of systemstack cleared it. */
  sched: shared.number(EPOCHS),
  /** The frames: its value means nothing, but whoever runs, walks, scans or copies them touches this cell. */
  frames: shared.number(0),
  /** Size of the stack, 0 to MAX_STACK. */
  stack: shared.number(MAX_STACK),
  /** In a deep call: at least a quarter of the stack is in use, so nothing shrinks it. */
  isDeep: shared.flag(),
  m: shared.ref<M>('M'),
  /** On a run queue, local or global. */
  queued: shared.flag(),
  /** Whoever wakes it can find it: its timer is armed, it is in the pool of GC workers, or it is the parked sweeper. */
  wakeable: shared.flag(),
  /** Waits for a file of the network (pollDesc), which is ready whenever somebody polls. */
  polled: shared.flag(),
  gcscandone: shared.flag(),
  /** 0 absent, 1 in progress, 2 satisfied. */
  goroutineProfiled: shared.number(2),
  /** Dead and on the free list. */
  free: shared.flag(),
  /** Set by a releaser that hands the semaphore over (sudog.ticket). */
  ticket: shared.flag(),
  /** trace.statusTraced, a slot per generation modulo 3. */
  traced: shared.flags(3),
  inMarkAssist: shared.flag(),
  /** The other goroutine of a debug call, as Go passes it in schedlink. */
  schedlink: own.ref<G>('G'),
  /** The coroutine, by its maker, that the goroutine switches with, and whether it ends there. */
  coroarg: own.ref<G>('G'),
  coroexit: own.flag(),
  /** Of a coroutine's maker: the goroutine that the coroutine holds (coro.gp). */
  corogp: shared.ref<G>('G'),
  /** What readTrace0 has found: an index from 1 of data, park, done. */
  read: own.number(3),
  /** What a systemstack closure leaves for the goroutine to read (gp.param). */
  param: own.flag(),
  /** 0-based index of the next operation of its program. */
  op: own.number(255),
  /** What an advance has noted of it (untracedG): 1 + status + 16 * waitreason + 512 * inMarkAssist, or 0. */
  ug: own.number(1023),
  /** 1 + the M that set the scan bit; 0 for nobody. */
  scanOwner: ghost.number(255),
  /** Whether the scan bit was taken on another status than Running, and so gives its owner the stack. */
  isPinned: ghost.flag(),
  /** 1 + the M that runs it, on its stack or on g0 for it; 0 for nobody. */
  runBy: ghost.number(255),
  /** 1 + the M that will go on reading the stack while the goroutine waits for the GC; 0 for nobody. */
  lentBy: ghost.number(255),
  /** Which stack it is, counted modulo EPOCHS. */
  epoch: ghost.number(EPOCHS - 1),
  /** 1 + the M inside copystack; 0 for nobody. */
  copiedBy: ghost.number(255),
  /** Was refused shrinking when its stack was scanned last, and has not been asked again. */
  owesShrink: ghost.flag(),
  /** Stopped in the middle of its code, by a signal or a debugger: its innermost frame has no map of its pointers. */
  interrupted: ghost.flag(),
  /** Where what a receiver waits for will be read: 1 + the epoch of the stack that has that part; 0 for nowhere. */
  slot: ghost.number(EPOCHS),
  /** Whether what was sent to it is there. */
  sent: ghost.flag(),
  /** Written by every step of user code. */
  ran: ghost.number(0),
  /** What a parser of the trace remembers of it, a slot per generation modulo 3 (wire.ts). */
  wire: ghost.numbers(3, 127),
  /** Which ranges it is in, a bit each, by slot (parser.ts). */
  ranges: ghost.numbers(3, 15),
  /** Made anew before the trace was told that the one before it is gone: its end is still to come. */
  untold: ghost.flag(),
};

export interface G extends ViewOf<typeof gSpec> {}

export const gKind = actorKind('G', gSpec);

/** What tracecheckstackownership decides; `none`: nobody has asked. */
export const verdicts = [
  'none',
  'accepts',
  'accepts the scan bit',
  'throws',
  'dereferences nil',
  'sees nobody',
] as const;

export const verdict = (name: (typeof verdicts)[number]): number => verdicts.indexOf(name);

/** What a step did that the order of the trace depends on; the latter two are what a section lacks that ends. */
export const orderings = [
  'nothing',
  'a transition that the trace tells',
  'a transition lacks its event',
  'an event lacks its transition',
] as const;

export const ordering = (name: (typeof orderings)[number]): number => orderings.indexOf(name);

/** Who walks stacks. */
export const readers = ['the tracer', 'a goroutine profile', 'a CPU profile', 'a lock profile'] as const;

/** An OS thread. Source: type m, runtime/runtime2.go. */
const mSpec = {
  curg: published.ref<G>('G'),
  /** A preemption signal is on its way. */
  signal: shared.flag(),
  p: published.ref<P>('P'),
  /** The P before a system call, and its tick then. */
  oldp: own.ref<P>('P'),
  syscalltick: own.number(63),
  locks: own.number(255),
  preemptoff: own.flag(),
  /** trace.seqlock modulo 2: whether the M is inside a trace critical section. */
  seqlock: published.flag(),
  /** Whether the trace buffer for even and for odd generations holds events. */
  buf: shared.flags(2),
  /** Which unlock function gopark left for park_m, an index of `unlockFunctions`; 0 is nil. */
  waitunlockf: own.number(15),
  /** What that function unlocks, for the ones that want to know: 1 + an index of `semas`. */
  waitlock: own.number(255),
  /** The goroutine whose stack the M's unfinished walk reads. */
  walked: ghost.ref<G>('G'),
  /** What the walk believes the stack to be: 1 + its epoch, or 0 when there is nothing to read. */
  walkEpoch: ghost.number(EPOCHS),
  /** What the debug check says of the walk: an index of `verdicts`. */
  check: ghost.number(5),
  /** Whether the walk's next step reads a frame, rather than sched. */
  walkReads: ghost.flag(),
  /** Whether the walk began at sched.bp. */
  fromSched: ghost.flag(),
  /** Whether there is a stack for the event that is to be written. */
  hasStack: ghost.flag(),
  /** Whom the walk is for: an index of `readers`. */
  reader: ghost.number(3),
  /** trace.entryGen, from Go 1.26 on: the generation of the outermost section. */
  entryGen: own.number(GENERATIONS),
  /** trace.reentered, from Go 1.24 on: how many sections are nested in the outermost. */
  reentered: own.number(255),
  /** How many trace critical sections the M is in. */
  depth: ghost.number(255),
  /** The generation of the outermost section that the M is in; 0 outside, and with an invalid locker. */
  section: ghost.number(GENERATIONS),
  /** What the step did or left undone in the trace's order: an index of `orderings`. */
  ordering: note.number(3),
  /** The goroutine whose waitreason the M wrote last. */
  wroteReason: note.ref<G>('G'),
  /** The M whose buffer the M at hand flushed last, and the generation that it flushed. */
  flushed: note.ref<M>('M'),
  flushedGen: note.number(GENERATIONS),
  /** The goroutine whose status or scan bit the M wrote last. */
  wrote: note.ref<G>('G'),
  /** The goroutine that the M has moved out of Running in the present trace critical section. */
  left: ghost.ref<G>('G'),
  /** In its outermost section: whom a transition is still to be told of, and who is told of one that is to come. */
  moved: ghost.ref<G>('G'),
  told: ghost.ref<G>('G'),
  /** What the section lacks already, where there is more of either than that: an index of `orderings`, or 0. */
  torn: ghost.number(3),
  /** The event that the M wrote last: 1 + an index of `rules` (wire.ts), and for which generation. */
  event: note.number(63),
  eventGen: note.number(GENERATIONS),
  /** The goroutine that it is about, what the trace said of it before and, in a GoStatus, says now. */
  eventG: note.ref<G>('G'),
  eventWas: note.number(5),
  eventSays: note.number(5),
  /** Whether a status of that generation said so. */
  eventStated: note.flag(),
  /** The other goroutine that the event names, and what the trace said of it before. */
  eventTarget: note.ref<G>('G'),
  targetWas: note.number(5),
  /** Why a parser would not take what the M wrote last: an index of `refusals` (parser.ts). */
  refused: note.number(31),
  /** What the M has, as a parser knows: its goroutine and P; and the P that it has lost before anybody told so. */
  ctxG: ghost.ref<G>('G'),
  ctxP: ghost.ref<P>('P'),
  owedP: ghost.ref<P>('P'),
  /** In which generation. */
  owedGen: ghost.number(GENERATIONS),
  /** From whom a P is stolen, as the tracer has noted that. */
  stolenFrom: own.ref<M>('M'),
  /** The goroutine that isShrinkStackSafe found safe last. */
  foundSafe: note.ref<G>('G'),
  /** The goroutine that the M readied last, and its status before. */
  readied: note.ref<G>('G'),
  readiedWas: note.number(9),
  /** The goroutine that a prologue has preempted last. */
  preempted: note.ref<G>('G'),
  /** 1 + the epoch of the stack that a systemstack closure's pointers point into. */
  pointsInto: ghost.number(EPOCHS),
  /** The goroutine into whose stack the M's last write was meant, and lost. */
  lostIn: note.ref<G>('G'),
  /** The goroutine that went on last as if something had been sent to it. */
  foundNothing: note.ref<G>('G'),
  /** 1 + an index of `throws`, once the runtime has thrown on this M. */
  threw: ghost.number(255),
};

export interface M extends ViewOf<typeof mSpec> {}

export const mKind = actorKind('M', mSpec);

/** A processor. Source: type p, runtime/runtime2.go. */
const pSpec = {
  status: shared.number(3),
  m: shared.ref<M>('M'),
  syscalltick: shared.number(63),
  /** On the list of idle Ps (sched.pidle): nobody has it. */
  idle: shared.flag(),
  runSafePointFn: shared.flag(),
  /** trace.statusTraced, a slot per generation modulo 3. */
  traced: shared.flags(3),
  /** trace.mSyscallID: the M whose system call has it. */
  mSyscall: shared.ref<M>('M'),
  /** What a parser of the trace remembers of it, a slot per generation modulo 3 (wire.ts), and its ranges. */
  wire: ghost.numbers(3, 127),
  ranges: ghost.numbers(3, 15),
};

export interface P extends ViewOf<typeof pSpec> {}

export const pKind = actorKind('P', pSpec);

/** The scheduler's variables. Source: type schedt, runtime/runtime2.go. */
const schedSpec = {
  /** sched.lock, where it is held over several lines. */
  lock: shared.flag(),
  /** sched.sysmonlock. */
  sysmonlock: shared.flag(),
  /** Whether an M polls the network and waits (sched.lastpoll is 0). */
  polling: shared.flag(),
  gcwaiting: shared.flag(),
  stopwait: shared.number(16),
  safePointWait: shared.number(16),
  /**
   * Which function forEachP runs: 1 for the tracer's, which writes P statuses; 0 for the GC's, which touch no stack.
   */
  safePointFn: shared.number(1),
  /** How many goroutines are on run queues, have an armed timer, and are idle GC workers. */
  runqsize: shared.number(16),
  timers: shared.number(16),
  idleWorkers: shared.number(16),
  /** goroutineProfile.active. */
  profileActive: shared.flag(),
};

export interface Sched extends ViewOf<typeof schedSpec> {}

export const schedKind = actorKind('sched', schedSpec);

/** The tracer's variables. Source: var trace, runtime/trace2.go at the commit. */
const traceSpec = {
  enabled: shared.flag(),
  gen: shared.number(GENERATIONS),
  lastNonZeroGen: shared.number(GENERATIONS),
  shutdown: shared.flag(),
  /** trace.lock, where it is held over several lines. */
  lock: shared.flag(),
  /** The parked reader of the trace, the generation that it reads, and whether there are buffers for it. */
  reader: shared.ref<G>('G'),
  readerGen: shared.number(GENERATIONS),
  workAvailable: shared.flag(),
  /** Whether there are full buffers of even and of odd generations. */
  full: shared.flags(2),
  /** How many Ms leave a system call without a P. */
  exitingSyscall: shared.number(16),
  /** The last generation that is written completely. */
  flushedGen: shared.number(GENERATIONS),
  /** The last generation in which nobody may write any more. */
  closedGen: ghost.number(GENERATIONS),
  /** The generation with which the trace began; 0 once it comes around again. */
  firstGen: ghost.number(GENERATIONS),
  /** Whether the trace says that there is a GC, by slot. */
  ranges: ghost.numbers(3, 15),
};

export interface Trace extends ViewOf<typeof traceSpec> {}

export const traceKind = actorKind('trace', traceSpec);

/** The garbage collector's variables. Source: gcphase, gcBlackenEnabled and var work, runtime/mgc.go. */
const workSpec = {
  /** gcphase: 0 off, 1 mark, 2 mark termination. */
  phase: shared.number(2),
  gcBlackenEnabled: shared.flag(),
  /** Root jobs handed out; job i is the stack of goroutine i. */
  markrootNext: shared.number(16),
  markrootJobs: shared.number(16),
  /** How many workers and assists are marking: work.nproc − work.nwait. */
  marking: shared.number(16),
};

export interface Work extends ViewOf<typeof workSpec> {}

export const workKind = actorKind('work', workSpec);

/** A semaphore, or any other queue of parked goroutines under a lock. Source: runtime/sema.go. */
const semaSpec = {
  count: shared.number(16),
  /** How many look for it or wait in its queue (root.nwait). */
  nwait: shared.number(16),
  /** The lock of its queue, which park_m's unlock function releases. */
  lock: shared.flag(),
  /** The goroutines in its queue, a bit each. */
  queue: shared.number(0x7fff),
};

export interface Sema extends ViewOf<typeof semaSpec> {}

export const semaKind = actorKind('sema', semaSpec);
