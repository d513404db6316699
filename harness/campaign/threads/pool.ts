import fs from 'node:fs';
import os from 'node:os';
import Piscina from 'piscina';
import { InternalError, ModelError, Stopped, UsageError } from '../../base/errors';
import type { Examination, ExamineOptions } from '../../explore/examine';
import type { Hit } from '../../find/hit';
import type { BatchSpec } from '../batch';
import type { Executor, Setup } from '../executor';
import type { Answer, Shared, Task } from './worker';

/** How often a task is given to another thread before the campaign is given up. */
const MAX_TRIES = 3;

/** A batch takes some ten milliseconds, shrinking some seconds; what takes longer than this is stuck. */
const TIMEOUT_MS = 60_000;

/** How long a thread may go on once everything is to come to an end. */
const GRACE_MS = 1000;

export interface PoolOptions {
  /** A file that exports what `worker` returns. */
  readonly file: string;
  readonly count: number;
  readonly timeoutMs?: number;
  /** Hears, in a sentence, of a thread that died or hung and was replaced. */
  trouble(sentence: string): void;
}

/** Threads that do the work of campaigns. One that dies or hangs is replaced, and its task is done again. */
export class WorkerPool<P> {
  private readonly pool: Piscina<Task<P>, Answer<P>>;
  private readonly shared: Shared = { stop: new Int32Array(new SharedArrayBuffer(4)) };
  private readonly underWay = new Set<AbortController>();
  private isStopping = false;

  constructor(private readonly options: PoolOptions) {
    const { file, count } = options;
    assertRoom(count);
    this.pool = new Piscina({ filename: file, minThreads: count, maxThreads: count, workerData: this.shared });
    this.pool.on('error', () => {}); // the task that it happened to fails, too
  }

  /** For one campaign. */
  executor(setup: Setup): Executor<P> {
    return {
      width: 8 * this.options.count,
      runBatch: async (spec: BatchSpec<P>) => {
        const answer = await this.run({ kind: 'batch', setup, spec }, `batch ${spec.batch} of seed "${spec.seed}"`);
        return (answer as Extract<Answer<P>, { batch: unknown }>).batch;
      },
      finish: async (hit: Hit<P>) => {
        const answer = await this.run({ kind: 'finish', setup, hit }, `shrinking ${hit.property}: ${hit.cause}`);
        return (answer as Extract<Answer<P>, { finding: unknown }>).finding;
      },
    };
  }

  /** Visits all of a small world. */
  async examine(options: ExamineOptions): Promise<Examination<P>> {
    const answer = await this.run({ kind: 'examine', options }, `exploring ${options.cast} on ${options.variant}`);
    return (answer as Extract<Answer<P>, { examination: unknown }>).examination;
  }

  /** Everything under way comes to its end soon, or is given up: what is asked for after a moment throws Stopped. */
  stop(): void {
    Atomics.store(this.shared.stop, 0, 1);
    setTimeout(() => {
      this.isStopping = true;
      for (const abort of this.underWay) abort.abort();
    }, GRACE_MS).unref();
  }

  async close(): Promise<void> {
    this.isStopping = true;
    await this.pool.destroy();
  }

  private async run(task: Task<P>, what: string): Promise<Answer<P>> {
    const { timeoutMs = TIMEOUT_MS, trouble } = this.options;
    for (let tries = 1; ; tries++) {
      const abort = new AbortController();
      const watch = stopwatch(timeoutMs, () => abort.abort());
      this.underWay.add(abort);
      let how: string;
      try {
        const answer = await this.pool.run(task, { signal: abort.signal });
        if ('refusal' in answer) throw new UsageError(...answer.refusal);
        if ('fault' in answer)
          throw answer.isOfModel ? new ModelError(answer.fault) : new InternalError(`${what}: ${answer.fault}`);
        return answer;
      } catch (error) {
        if (error instanceof InternalError || error instanceof UsageError || error instanceof ModelError) throw error;
        if (this.isStopping) throw new Stopped();
        how = abort.signal.aborted
          ? `did not come back within ${timeoutMs / 1000} s`
          : `lost its thread (${(error as Error).message})`;
      } finally {
        clearInterval(watch);
        this.underWay.delete(abort);
      }
      if (tries === MAX_TRIES) throw new InternalError(`${what} ${how}, ${MAX_TRIES} times in a row`);
      trouble(`${what} ${how}; another thread does it again`);
    }
  }
}

const TICK_MS = 100;

/** Calls back behind so much time in which this process was awake: one that was suspended blames nobody for that. */
function stopwatch(ms: number, end: () => void): NodeJS.Timeout {
  let left = ms;
  let last = performance.now();
  return setInterval(() => {
    const now = performance.now();
    left -= Math.min(now - last, 5 * TICK_MS);
    last = now;
    if (left <= 0) end();
  }, TICK_MS).unref();
}

/** Files that the process has open anyway, and that each thread opens, while it starts. */
const OPEN_FILES = 24;
const FILES_PER_THREAD = 6;

/**
 * Throws a UsageError where the system would not let so many threads open their files: they would die, or wait for
 * ever.
 */
function assertRoom(count: number): void {
  const probes: number[] = [];
  try {
    for (let i = 0; i < OPEN_FILES + FILES_PER_THREAD * count; i++) probes.push(fs.openSync(os.devNull, 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
    throw new UsageError(
      `${count} threads want more files open at once than the system allows this process`,
      'Use fewer (--workers), or raise the limit (ulimit -n).',
    );
  } finally {
    for (const it of probes) fs.closeSync(it);
  }
}
