import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { UsageError } from './errors';

/**
 * Makes a folder and those above it. (Node's own `recursive` never returns below /proc, where mkdir fails with ENOENT.)
 */
function makeDir(dir: string): void {
  if (fs.existsSync(dir) && fs.statSync(dir).isDirectory()) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDir(parent);
  fs.mkdirSync(dir);
}

/** Writes a file whole or not at all: into a temporary file beside it, which is then renamed. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeDir(path.dirname(file));
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    if (fs.existsSync(temporary)) fs.rmSync(temporary);
    throw new UsageError(`cannot write ${file}: ${reasonOf(error)}`, 'Give another folder.');
  }
}

/** Fails before the work is done rather than after it. */
export function assertWritable(dir: string): void {
  const probe = path.join(dir, `.probe-${process.pid}.tmp`);
  try {
    makeDir(dir);
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (error) {
    throw new UsageError(`cannot write into "${dir}": ${reasonOf(error)}`, 'Give another folder.');
  }
}

/** What a file holds, if the schema says so. Throws a UsageError that names the first place where it does not. */
export function validated<T>(file: string, schema: z.ZodType<T>, json: unknown, hint: string): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  throw new UsageError(`${file}: ${issue.path.join('.') || 'the whole'}: ${issue.message}`, hint);
}

export function readSmall(file: string, maxBytes: number): string {
  let size: number;
  try {
    const stat = fs.statSync(file);
    if (!stat.isFile())
      throw new UsageError(`${file} is not a file`, 'Give a corpus file (*.json) or a token (pr1:…).');
    size = stat.size;
    if (size <= maxBytes) return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `cannot read "${file}": ${reasonOf(error)}`,
      'Give a corpus file (*.json) or a token (pr1:…).',
    );
  }
  throw new UsageError(
    `${file} has ${size} bytes, and a corpus file has at most ${maxBytes}`,
    'It is probably another file.',
  );
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
};

export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? (error as Error).message;
}
