import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../base/errors';
import { assertWritable, reasonOf, writeWhole } from '../base/files';
import { writeEntry } from '../find/entry';
import type { Finding } from '../find/finding';
import type { Hit } from '../find/hit';
import type { Model } from '../language/model';
import type { World } from '../language/world';
import { type Checkpoint, writeCheckpoint } from './checkpoint';
import type { Ledger } from './ledger';
import type { Settings } from './settings';

/**
 * Checkpoints may take one part in so many of the time, and are this far apart at least: what is killed loses no more.
 */
const SHARE = 50;
const CHECKPOINT_MS = 200;

/** Where a campaign writes: its events as they happen, its findings, and where to go on from. */
export class RunFolder<P> {
  readonly findings: Finding<P>[] = [];
  /** Findings that are not as small as they will be once the campaign goes on, and the hits that they were made of. */
  readonly unfinished: Finding<P>[] = [];
  readonly pending: Hit<P>[] = [];
  readonly restarts: string[] = [];
  /** What could not be written, in a sentence each. */
  readonly unwritten: string[] = [];
  started = new Date().toISOString();
  private eventBytes = 0;
  private nextCheckpoint = 0;

  /** Throws a UsageError where nothing can be written. */
  constructor(
    readonly dir: string,
    readonly settings: Settings,
    private readonly fingerprint: string,
    from?: Checkpoint<P>,
  ) {
    assertWritable(dir);
    this.lock();
    if (from === undefined) {
      clear(dir);
      return;
    }
    this.started = from.started;
    const folder = path.join(dir, 'findings');
    for (const name of namesIn(folder)) if (name.startsWith(UNFINISHED)) fs.rmSync(path.join(folder, name));
    this.findings.push(...from.findings);
    this.restarts.push(...from.restarts);
    this.eventBytes = from.eventBytes;
    // What came after the checkpoint comes again.
    if (isFile(this.events)) fs.truncateSync(this.events, Math.min(from.eventBytes, fs.statSync(this.events).size));
    for (const finding of this.findings)
      if (!fs.existsSync(this.fileOf(finding))) this.trying(() => writeEntry(this.fileOf(finding), finding.entry));
  }

  /** Two campaigns in one folder would spoil each other. */
  private lock(): void {
    const file = path.join(this.dir, 'lock');
    const owner = isFile(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
    if (owner !== 0 && owner !== process.pid && isAlive(owner))
      throw new UsageError(`another campaign (process ${owner}) is writing into "${this.dir}"`, 'Give another folder.');
    writeWhole(file, `${process.pid}\n`);
  }

  /** Others may write there. */
  unlock(): void {
    fs.rmSync(path.join(this.dir, 'lock'), { force: true });
  }

  private get events(): string {
    return path.join(this.dir, 'events.jsonl');
  }

  fileOf(finding: Finding<P>): string {
    const { variant, bucket } = finding.entry;
    const prefix = this.unfinished.includes(finding) ? UNFINISHED : '';
    return path.join(this.dir, 'findings', `${prefix}${variant}-${bucket}.json`);
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

  /** The same for one whose shrinking was interrupted: it has a name of its own, and is made anew later. */
  addUnfinished(finding: Finding<P>, hit: Hit<P>): boolean {
    this.unfinished.push(finding);
    this.pending.push(hit);
    return this.trying(() => writeEntry(this.fileOf(finding), finding.entry));
  }

  /** Now and then, or now. */
  checkpoint<W extends World>(model: Model<W, P>, ledger: Ledger<P>, seconds: number, isDue = false): void {
    const before = performance.now();
    if (!isDue && before < this.nextCheckpoint) return;
    const { settings, fingerprint, started, eventBytes, restarts, findings, pending } = this;
    const parts = { settings, fingerprint, started, eventBytes, restarts, findings, pending };
    this.trying(() => writeCheckpoint(this.dir, { ...parts, seconds, ledger: ledger.save(model) }));
    const now = performance.now();
    this.nextCheckpoint = now + Math.max(CHECKPOINT_MS, SHARE * (now - before));
  }

  trying(write: () => void): boolean {
    const sentence = tryTo(this.dir, write);
    if (sentence !== undefined) this.missing(sentence);
    return sentence === undefined;
  }

  /** Something could not be written; each sentence is said once. */
  missing(sentence: string): void {
    if (!this.unwritten.includes(sentence)) this.unwritten.push(sentence);
  }
}

const UNFINISHED = 'unfinished-';
const FINDING = /-[0-9a-f]{8}\.(json|html)$/;

/** What tells the folder of a campaign, and of parts that were merged. */
const SIGNS = ['checkpoint.json', 'coverage.json'];

/** What a campaign writes, beside its findings. */
const OURS = [
  'coverage.json',
  'events.jsonl',
  'checkpoint.json',
  'summary.json',
  'summary.md',
  'junit.xml',
  'report.html',
];

/**
 * What another campaign has left in a folder is not the next one's. Whatever no campaign has written stays. Throws a
 * UsageError where it cannot be deleted.
 */
export function clear(dir: string): void {
  if (!SIGNS.some((name) => fs.existsSync(path.join(dir, name)))) return;
  const folder = path.join(dir, 'findings');
  const findings = namesIn(folder).filter((name) => FINDING.test(name));
  for (const file of [
    ...OURS.map((name) => path.join(dir, name)),
    ...findings.map((name) => path.join(folder, name)),
  ]) {
    try {
      if (isFile(file)) fs.rmSync(file);
    } catch (error) {
      throw new UsageError(`cannot delete ${file}: ${reasonOf(error)}`, 'Give another folder.');
    }
  }
}

const isFile = (file: string): boolean => fs.existsSync(file) && fs.statSync(file).isFile();

const namesIn = (dir: string): string[] =>
  fs.existsSync(dir) && fs.statSync(dir).isDirectory() ? fs.readdirSync(dir) : [];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's is alive, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A full disk must not end a night: what cannot be written is told at the end. Returns why it could not be. */
export function tryTo(dir: string, write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return error instanceof UsageError ? error.message : `cannot write into ${dir}: ${reasonOf(error)}`;
  }
}
