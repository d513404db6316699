import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../base/errors';
import { assertWritable, isAlive, isFile, isLink, isTemporary, namesIn, reasonOf, sweep } from '../base/files';
import { visible } from '../base/visible';
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
    if (from === undefined) takeFolder(dir);
    else assertWritable(dir);
    this.lock();
    const folder = path.join(dir, 'findings');
    sweep(dir);
    if (from === undefined) return;
    this.started = from.started;
    for (const it of [folder, this.events])
      if (isLink(it)) throw new UsageError(`${it} is a link, through which a campaign does not write`, 'Delete it.');
    sweep(folder);
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
    const file = path.join(this.dir, LOCK);
    for (let tries = 0; ; tries++) {
      try {
        fs.writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 0)
          throw new UsageError(`cannot lock "${this.dir}": ${reasonOf(error)}`, 'Give another folder.');
      }
      if (ownerOf(this.dir) === process.pid) return;
      assertFree(this.dir);
      // Its owner is no more. Of several who take it over, one renames it.
      const stale = `${file}.${process.pid}.tmp`;
      try {
        fs.renameSync(file, stale);
        fs.rmSync(stale, { recursive: true });
      } catch {
        // Somebody else was faster, and may have it now.
      }
    }
  }

  /** Others may write there. */
  unlock(): void {
    try {
      fs.rmSync(path.join(this.dir, LOCK), { force: true });
    } catch {
      // The folder has been replaced by something else.
    }
  }

  /**
   * Of what was written, says what is gone, and writes again what can be: the folder was deleted or replaced meanwhile.
   */
  complete(): void {
    const size = isFile(this.events) ? fs.statSync(this.events).size : 0;
    if (size < this.eventBytes)
      this.missing(`${this.events} is not whole: the folder was changed while it was written`);
    for (const finding of [...this.findings, ...this.unfinished]) {
      const file = this.fileOf(finding);
      if (isFile(file)) continue;
      const isBack = this.trying(() => writeEntry(file, finding.entry));
      this.missing(`${file} ${isBack ? 'was gone, and was written again' : 'is not there'}`);
    }
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
const LOCK = 'lock';

/** The process that has locked a folder; 0 if none has. */
function ownerOf(dir: string): number {
  const file = path.join(dir, LOCK);
  const owner = isFile(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  return Number.isInteger(owner) && owner > 0 && isAlive(owner) ? owner : 0;
}

function assertFree(dir: string): void {
  const owner = ownerOf(dir);
  if (owner !== 0 && owner !== process.pid)
    throw new UsageError(
      `another campaign (process ${owner}) is writing into "${visible(dir)}"`,
      `Give another folder; or, if process ${owner} is something else, delete ${visible(path.join(dir, LOCK))}.`,
    );
}

/**
 * Takes a folder for what is to be written: there is none yet, or it is empty. Whatever stands in one (an earlier
 * campaign, a source tree) is somebody's, and stays. Throws a UsageError otherwise.
 */
export function takeFolder(dir: string): void {
  const held = fs.existsSync(dir) && fs.statSync(dir).isDirectory() ? fs.readdirSync(dir) : [];
  const others = held.filter((name) => name !== LOCK && !isTemporary(name));
  if (others.length > 0) {
    assertFree(dir);
    const isCampaign = others.includes('checkpoint.json') || others.includes('summary.json');
    throw new UsageError(
      `"${visible(dir)}" holds ${isCampaign ? 'another campaign' : `other things, such as ${visible(others[0]!)}`}`,
      `Give a folder that is not there yet${isCampaign ? ', go on with that one (--resume), or delete it' : ''}.`,
    );
  }
  assertWritable(dir);
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
