import fs from 'node:fs';
import path from 'node:path';
import type { Finding } from '../campaign';
import { type Checkpoint, type Settings, writeCheckpoint } from '../checkpoint';
import { writeEntry } from '../entry';
import { UsageError } from '../errors';
import { assertWritable, reasonOf } from '../files';
import type { Ledger } from '../ledger';
import type { Model } from '../model';
import type { World } from '../world';

/** Checkpoints may take one part in so many of the time, and are this far apart at least: what is killed loses no more. */
const SHARE = 50;
const CHECKPOINT_MS = 200;

/** Where a campaign writes: its events as they happen, its findings, where to go on from, and in the end its report. */
export class RunFolder<P> {
  readonly findings: Finding<P>[] = [];
  readonly restarts: string[] = [];
  /** What could not be written, in a sentence each. */
  readonly unwritten: string[] = [];
  started = new Date().toISOString();
  private eventBytes = 0;
  private nextCheckpoint = 0;

  /** Throws a UsageError where nothing can be written. */
  constructor(
    readonly dir: string,
    private readonly settings: Settings,
    private readonly fingerprint: string,
    from?: Checkpoint<P>,
  ) {
    assertWritable(dir);
    if (from === undefined) {
      fs.rmSync(this.events, { force: true });
      return;
    }
    this.started = from.started;
    this.findings.push(...from.findings);
    this.restarts.push(...from.restarts);
    this.eventBytes = from.eventBytes;
    // What came after the checkpoint comes again.
    if (fs.existsSync(this.events)) fs.truncateSync(this.events, from.eventBytes);
  }

  private get events(): string {
    return path.join(this.dir, 'events.jsonl');
  }

  fileOf({ entry }: Finding<P>): string {
    return path.join(this.dir, 'findings', `${entry.variant}-${entry.bucket}.json`);
  }

  event(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.trying(() => fs.appendFileSync(this.events, line));
    this.eventBytes += Buffer.byteLength(line);
  }

  /** Returns whether it could be saved. */
  add(finding: Finding<P>): boolean {
    this.findings.push(finding);
    return this.trying(() => writeEntry(this.fileOf(finding), finding.entry));
  }

  /** Now and then, or now. */
  checkpoint<W extends World>(model: Model<W, P>, ledger: Ledger<P>, seconds: number, isDue = false): void {
    const before = performance.now();
    if (!isDue && before < this.nextCheckpoint) return;
    const { settings, fingerprint, started, eventBytes, restarts, findings } = this;
    const parts = { settings, fingerprint, started, eventBytes, restarts, findings };
    this.trying(() => writeCheckpoint(this.dir, { ...parts, seconds, ledger: ledger.save(model) }));
    const now = performance.now();
    this.nextCheckpoint = now + Math.max(CHECKPOINT_MS, SHARE * (now - before));
  }

  /** A full disk must not end a night: what cannot be written is told at the end, once for each reason. */
  trying(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      const sentence =
        error instanceof UsageError ? error.message : `cannot write into ${this.dir}: ${reasonOf(error)}`;
      if (!this.unwritten.includes(sentence)) this.unwritten.push(sentence);
      return false;
    }
  }
}
