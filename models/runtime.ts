import { type Code, type Memory, type View, World } from '../harness/language';
// biome-ignore format: words, not a wall
import { type G, gKind, type M, mKind, type P, pKind, type Sched, type Sema, schedKind, semaKind, type Trace,
  traceKind, type Work, workKind } from './cells';
import { P_RUNNING } from './events';
import { operationNumber } from './operations';
import type { Program } from './program';
import { Gdead, Grunnable, Grunning, Gwaiting, Prunning, reasonNumber } from './status';
import { remember } from './told';

/**
 * The Go runtime at commit d6a3d093c3 ("take a stack trace during tracing only when we own the stack", between Go 1.22
 * and 1.23), as far as this model goes. Every other version is an edit of it (variants/).
 */
export class Runtime extends World {
  readonly gs: readonly G[];
  readonly ms: readonly M[];
  readonly ps: readonly P[];
  readonly semas: readonly Sema[];
  readonly sched: Sched;
  readonly trace: Trace;
  readonly work: Work;

  constructor(
    readonly program: Program,
    memory?: Memory,
  ) {
    const gCount = goroutineCount(program);
    const mCount = program.ms + Number(program.sysmon);
    super(
      mCount,
      mCount + gCount,
      gCount * gKind.size +
        mCount * mKind.size +
        program.ms * pKind.size +
        schedKind.size +
        traceKind.size +
        workKind.size +
        semaNames.length * semaKind.size,
      memory,
    );
    this.ms = this.lay(mKind, mCount);
    this.ps = this.lay(pKind, program.ms);
    this.gs = this.lay(gKind, gCount);
    this.semas = this.lay(semaKind, semaNames.length);
    this.sched = this.lay<unknown, Sched & View>(schedKind, 1)[0]!;
    this.trace = this.lay<unknown, Trace & View>(traceKind, 1)[0]!;
    this.work = this.lay<unknown, Work & View>(workKind, 1)[0]!;
  }

  /** The M at hand. */
  get m(): M {
    return this.ms[this.mover]!;
  }

  /** Whether the M at hand executes on its system stack: Go's getg() == mp.g0. */
  get onG0(): boolean {
    return this.s[this.mover] === this.mover;
  }

  /** The strand that is a goroutine's user stack; strand i below `ms.length` is the g0 of M i. */
  stackOf(g: G): number {
    return this.ms.length + g.index;
  }

  /**
   * The state in which a run starts: tracing and marking as the program says, each M running one goroutine while there
   * are any, the other goroutines queued, GC workers parked in their pool, spare goroutines dead. Reachable in Go from
   * program start; starting here spares every run the way to it.
   */
  reset(code: Code<Runtime>): void {
    const { program, s } = this;
    s.fill(0);
    this.code = code;
    this.ms.forEach((m, i) => {
      const p = this.ps[i];
      if (p === undefined) {
        s[i] = i;
        this.start(i, code.entryOf('sysmon'));
        return;
      }
      m.p = p;
      p.m = m;
      p.status = Prunning;
      m.ctxP = program.tracing ? p : undefined;
      s[i] = i;
      this.start(i, code.entryOf('schedule'));
    });
    this.gs.forEach((g, i) => {
      const kind = kindOf(program, i);
      if (kind === 'user') {
        g.stack = program.gs[i]!.stack;
        this.start(this.stackOf(g), code.entryOf('goroutine'));
        const m = this.ms[i];
        if (m?.p !== undefined) {
          g.status = Grunning;
          g.runBy = m.id;
          m.curg = g;
          g.m = m;
          s[i] = this.stackOf(g);
        } else {
          g.status = Grunnable;
          g.queued = true;
          this.sched.runqsize++;
        }
      } else if (kind === 'worker') {
        g.status = Gwaiting;
        g.waitreason = reasonNumber('GCWorkerIdle');
        g.wakeable = true;
        g.stack = 1;
        this.sched.idleWorkers++;
        this.start(this.stackOf(g), code.entryOf('gcBgMarkWorker'));
      } else if (kind === 'sweeper') {
        g.status = Gwaiting;
        g.waitreason = reasonNumber('GCSweepWait');
        g.wakeable = true;
        g.stack = 1;
        this.start(this.stackOf(g), code.entryOf('bgsweep'));
      } else if (kind === 'reader' && program.tracing) {
        g.status = Gwaiting;
        g.waitreason = reasonNumber('TraceReaderBlocked');
        this.trace.reader = g;
        this.trace.readerGen = 1;
        this.start(this.stackOf(g), code.entryOf('traceReader'));
      } else {
        g.status = Gdead;
        g.free = true;
      }
      g.sched = g.status === Grunning || g.status === Gdead ? 0 : 1;
    });
    for (const sema of this.semas) sema.count = 1;
    for (const name of emptySemas) this.sema(name).count = 0;
    if (program.tracing) {
      this.trace.enabled = true;
      this.trace.gen = 1;
      this.trace.lastNonZeroGen = 1;
      this.trace.firstGen = 1;
      // What StartTrace has said of every P, and of a GC that is on. Slots of generations to come were used before.
      for (const it of this.gs) {
        it.traced.set(0, true);
        it.traced.set(2, true);
      }
      for (const it of this.ps) {
        it.traced.set(1, true);
        it.traced.set(0, true);
        remember(it, 1, P_RUNNING, P_RUNNING, true);
      }
      this.trace.ranges.set(1, Number(program.marking));
    }
    if (program.marking) {
      this.work.phase = 1;
      this.work.gcBlackenEnabled = true;
      this.work.markrootJobs = this.gs.length;
      this.sema('gcsema').count = 0;
    }
  }

  sema(name: SemaName): Sema {
    return this.semas[semaNames.indexOf(name)]!;
  }

  /** The operation that a goroutine comes to next, as an index of `operations`, or undefined at the program's end. */
  nextOperation(g: G): number | undefined {
    const name = this.program.gs[g.index]?.ops[g.op];
    return name === undefined ? undefined : operationNumber(name);
  }

  countGs(test: (g: G) => boolean): number {
    let count = 0;
    for (const it of this.gs) if (test(it)) count++;
    return count;
  }

  /**
   * A dead goroutine for newproc1. A reader of the trace has one of its own, so that there always is one in the end.
   */
  findFree(forReader: boolean): G | undefined {
    for (const it of this.gs) if (it.free && this.isReader(it) === forReader) return it;
    return undefined;
  }

  isWorker(g: G): boolean {
    return kindOf(this.program, g.index) === 'worker';
  }

  /** Made and gone during the run. */
  isSpare(g: G): boolean {
    return kindOf(this.program, g.index) === 'spare' || this.isReader(g);
  }

  /** The background sweeper's goroutine (sweep.g). */
  get sweeper(): G {
    return this.gs[this.program.gs.length + this.program.workers + 1]!;
  }

  isReader(g: G): boolean {
    return kindOf(this.program, g.index) === 'reader';
  }

  /** How stories name a goroutine. */
  gName(g: G): string {
    return `G${g.index}`;
  }
}

/** The semaphores, and the queue of assists, which is a lock and a list too. */
export const semaNames = [
  'worldsema',
  'gcsema',
  'markDoneSema',
  'traceAdvanceSema',
  'traceShutdownSema',
  'startSema',
  'tracing',
  'goroutineProfile.sema',
  'assistQueue',
  'doneSema0',
  'doneSema1',
] as const;

/** Those that begin at 0. */
export const emptySemas: readonly SemaName[] = ['assistQueue', 'doneSema0', 'doneSema1'];
export type SemaName = (typeof semaNames)[number];

/**
 * Users first, then GC workers, the reader of the trace, the sweeper, and one spare (dead) goroutine for each user that
 * makes any.
 */
export const goroutineCount = (program: Program): number =>
  program.gs.length + program.workers + 2 + spareCount(program);

/** Operations that make a goroutine. */
const makers: readonly string[] = ['debugCall', 'go', 'coroutine'];

const spareCount = (program: Program): number =>
  program.gs.filter(({ ops }) => ops.some((name) => makers.includes(name))).length;

export function kindOf(program: Program, g: number): 'user' | 'worker' | 'reader' | 'sweeper' | 'spare' {
  const workers = program.gs.length + program.workers;
  if (g < program.gs.length) return 'user';
  if (g < workers) return 'worker';
  if (g === workers) return 'reader';
  return g === workers + 1 ? 'sweeper' : 'spare';
}
