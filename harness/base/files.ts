import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { UsageError } from './errors';
import { visible, visibleIn } from './visible';

/**
 * Files are written whole or not at all, and what is read from one passes `parsed`, the one gate for strangers' text:
 * no control character comes through. Pages, Markdown and workflow commands escape besides what means something there.
 */

/**
 * Makes a folder and those above it. (Node's own `recursive` never returns below /proc, where mkdir fails with ENOENT.)
 */
export function makeDir(dir: string): void {
  if (fs.existsSync(dir) && fs.statSync(dir).isDirectory()) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDir(parent);
  fs.mkdirSync(dir);
}

const TEMPORARY = /\.(\d+)\.tmp$/;

/** Whether a file of that name is one that writeWhole had begun. */
export const isTemporary = (name: string): boolean => TEMPORARY.test(name);

/**
 * Writes a file whole or not at all: into a temporary file beside it, which is then renamed. With `isLasting` it is on
 * the disk before this returns, and survives a loss of power.
 */
export function writeWhole(file: string, text: string, isLasting = false): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeDir(path.dirname(file));
    // Through no link: whoever put one there would say where we write.
    fs.rmSync(temporary, { force: true });
    const to = fs.openSync(temporary, 'wx');
    try {
      fs.writeFileSync(to, text);
      if (isLasting) fs.fsyncSync(to);
    } finally {
      fs.closeSync(to);
    }
    fs.renameSync(temporary, file);
    if (isLasting) sync(path.dirname(file));
  } catch (error) {
    try {
      fs.rmSync(temporary, { force: true });
    } catch {
      // There is no folder for it.
    }
    throw new UsageError(`cannot write ${file}: ${reasonOf(error)}`, 'Give another folder.');
  }
}

/** The names in a folder are on the disk. Some file systems cannot promise that, and need not. */
function sync(dir: string): void {
  const it = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(it);
  } catch {
    // What is written is there, at least.
  } finally {
    fs.closeSync(it);
  }
}

/** Takes temporary files away that processes have left which are no more. */
export function sweep(dir: string): void {
  for (const name of namesIn(dir)) {
    const [, pid] = TEMPORARY.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) fs.rmSync(path.join(dir, name), { force: true });
  }
}

/** Fails before the work is done rather than after it. */
export function assertWritable(dir: string): void {
  const probe = path.join(dir, `.probe.${process.pid}.tmp`);
  try {
    if (dir === '' || dir.includes('\0')) throw new Error('it is no name of a folder');
    makeDir(dir);
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (error) {
    throw new UsageError(`cannot write into "${visible(dir)}": ${reasonOf(error)}`, 'Give another folder.');
  }
}

/**
 * What JSON says, if the schema agrees; no control character is left in it. Throws a UsageError that names the file and
 * the first place where it does not.
 */
export function parsed<T>(file: string, schema: z.ZodType<T>, text: string, hint: string): T {
  return validated(file, schema, parsedJson(file, text, hint), hint);
}

/** The same before it is known what it should be. */
export function parsedJson(file: string, text: string, hint: string): unknown {
  if (text.trim() === '') throw new UsageError(`${file} is empty`, hint);
  try {
    return visibleIn(JSON.parse(text.replace(/^\ufeff/, '')));
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${visible((error as Error).message)}`, hint);
  }
}

/** A value that has come through the gate, if the schema agrees. */
export function validated<T>(file: string, schema: z.ZodType<T>, json: unknown, hint: string): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  throw new UsageError(`${file}: ${issue.path.join('.') || 'the whole'}: ${issue.message}`, hint);
}

const HINT = 'Give a corpus file (*.json) or a token (pr1:…).';

/** A file's text; of nothing but a file, and of no large one. */
export function readSmall(file: string, maxBytes: number): string {
  const name = visible(file);
  let size: number;
  try {
    const stat = fs.statSync(file);
    if (!stat.isFile()) throw new UsageError(`${name} is not a file`, HINT);
    size = stat.size;
    if (size <= maxBytes) return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read "${name}": ${reasonOf(error)}`, HINT);
  }
  throw new UsageError(
    `${name} has ${size} bytes, and such a file has at most ${maxBytes}`,
    'It is probably another file.',
  );
}

/** What is there under that name; nothing, too, where a part of the path is no folder. */
function thereAt(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file);
  } catch {
    return undefined;
  }
}
/** A file itself, and no link to one. */
export const isFile = (file: string): boolean => thereAt(file)?.isFile() === true;
/** A folder itself, and no link to one. */
export const isFolder = (dir: string): boolean => thereAt(dir)?.isDirectory() === true;
export const isLink = (file: string): boolean => thereAt(file)?.isSymbolicLink() === true;
/** What is in a folder; nothing where there is none. */
export const namesIn = (dir: string): string[] => (isFolder(dir) ? fs.readdirSync(dir).sort() : []);

/** Whether there is a process of that number; somebody else's counts, too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'there is a file of that name',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  ERR_INVALID_ARG_VALUE: 'it is no name of a file',
};

export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? visible((error as Error).message);
}
