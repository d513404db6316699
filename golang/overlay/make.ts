import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UsageError } from '../../harness/base/errors';
import { writeWhole } from '../../harness/base/files';
import { rootOf, versionIn } from '../source/toolchain';
import { oraclePatches, type Patch } from './patches';

/** A runtime that is compiled with a few calls more (go build -overlay); the toolchain stays as it is. */

const OLDEST = 22;
const ORACLE = path.join(__dirname, 'oracle.go');

/** Bits of prMask in oracle.go: what is not reported, by bug or property. */
export const MASK = {
  L13: 1,
  L29: 2,
  L14: 4,
  S1: 8,
  S2: 16,
  S3: 32,
  tracer: 64,
  L4: 128,
  L12: 256,
  S3weak: 512,
  S12: 1024,
} as const;

/** What is not reported: known bugs by the releases that have them, and what wants patches of its own. */
const maskOf = (minor: number): number =>
  MASK.L13 | MASK.L14 | MASK.L12 | (minor < 26 ? MASK.L29 | MASK.L4 : 0) | MASK.S3weak | MASK.S12;

/** Which copies are reported: prWant in oracle.go, by the causes of S2 and S3. */
export const WANT: Readonly<Record<string, number>> = {
  'it is lent, tracing is off': 1,
  "it is a GC worker's, tracing is off": 2,
  'it is lent, tracing is on': 3,
  'it is lent, its waitreason overwritten': 4,
  "it is nobody's": 5,
};

interface Wanted {
  /** What is not reported; missing: the known bugs of the release. */
  readonly mask?: number;
  readonly want?: number;
  readonly more?: readonly Patch[];
}

/** The files of package runtime that are changed or added, by name. Throws a UsageError where a patch has no place. */
export function patchedFiles(
  root: string,
  version: string,
  { mask, want = 0, more = [] }: Wanted = {},
): ReadonlyMap<string, string> {
  const minor = Number(version.split('.')[1]);
  if (minor < OLDEST)
    throw new UsageError(`there is no overlay for ${version}`, `The oldest release that it knows is go1.${OLDEST}.`);
  const texts = new Map<string, string>();
  for (const patch of [...oraclePatches(minor), ...more]) {
    const text = texts.get(patch.file) ?? fs.readFileSync(path.join(root, 'src/runtime', patch.file), 'utf8');
    texts.set(patch.file, applied(text, patch, version));
  }
  const oracle = fs
    .readFileSync(ORACLE, 'utf8')
    .replace('PARKRANGER_MASK', String(mask ?? maskOf(minor)))
    .replace('PARKRANGER_WANT', String(want))
    .replace('internal/runtime/atomic', minor < 23 ? 'runtime/internal/atomic' : 'internal/runtime/atomic');
  return texts.set('zz_parkranger.go', oracle);
}

/**
 * Go's own tests have the part of a debugger that injects calls; here it is an ordinary part of the runtime. They
 * switch the GC off. We do not, so that the debugger goes away from an M without a P, which must not write pointers.
 */
export function debuggerOf(root: string, version: string): Map<string, string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const read = (name: string): string => fs.readFileSync(path.join(root, 'src/runtime', name), 'utf8');
  return new Map([
    ['zz_parkranger_debug.go', applied(read('export_debug_test.go'), HAS_NO_P, version)],
    [`zz_parkranger_debug_linux_${arch}.go`, read(`export_debug_${arch}_test.go`)],
    ['zz_parkranger_debugcall.go', fs.readFileSync(path.join(__dirname, 'debugcall.go'), 'utf8')],
  ]);
}

const HAS_NO_P: Patch = {
  file: 'export_debug_test.go',
  at: '\tswitch h.gp.atomicstatus.Load() {\n',
  put: 'before',
  code: '\tif getg().m.p == 0 {\n\t\tnotewakeup(&h.done)\n\t\treturn true\n\t}\n',
};

function applied(text: string, patch: Patch, version: string): string {
  const { file, put, code } = patch;
  const beginOf = (name: string) => text.search(new RegExp(`^func (?:\\([^)]*\\) )?${name}\\(`, 'm'));
  const names = patch.in === undefined ? undefined : [patch.in].flat();
  const fn = names?.find((it) => beginOf(it) >= 0) ?? names?.[0];
  const where = `${fn === undefined ? '' : `${fn} in `}${file} of ${version}`;
  const from = fn === undefined ? 0 : beginOf(fn);
  if (from < 0) throw new UsageError(`there is no ${where}`, 'The patches in golang/overlay/patches.ts want a look.');
  const to = fn === undefined ? text.length : text.indexOf('\n}\n', from);
  const body = text.slice(from, to);
  const at = [patch.at].flat().find((it) => body.includes(it));
  if (at === undefined || body.indexOf(at) !== body.lastIndexOf(at))
    throw new UsageError(
      `${where} has "${[patch.at].flat()[0]!.trim()}" ${at === undefined ? 'nowhere' : 'several times'}`,
      'The patches in golang/overlay/patches.ts want a look.',
    );
  const begin = from + body.indexOf(at);
  const end = begin + at.length;
  if (put === 'instead') return text.slice(0, begin) + code + text.slice(end);
  const place = put === 'before' ? begin : end;
  return text.slice(0, place) + code + text.slice(place);
}

/** Where overlays are kept, one folder for each content, so that builds that were made with one are found again. */
const cacheFolder = (): string =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'parkranger', 'overlay');

/** An overlay, and the Go that is to be used with it, where that cannot be the one that GOTOOLCHAIN finds. */
export interface Overlay {
  readonly file: string;
  readonly go?: string;
}

/** Releases from this one on refuse overlays of files in the module cache, where fetched toolchains are. */
const REFUSES = 27;

/** A toolchain outside of the module cache: the files are links to the same. */
function outsideOfCache(root: string, version: string): string {
  const to = path.join(cacheFolder(), `toolchain-${version}`);
  const done = path.join(to, 'VERSION');
  if (fs.existsSync(done)) return to;
  for (const it of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const from = path.join(it.parentPath, it.name);
    const at = path.join(to, path.relative(root, from));
    if (it.isDirectory()) fs.mkdirSync(at, { recursive: true });
    else if (!fs.existsSync(at) && at !== done) {
      fs.mkdirSync(path.dirname(at), { recursive: true });
      try {
        fs.linkSync(from, at);
      } catch {
        fs.copyFileSync(from, at); // another disk
      }
    }
  }
  fs.copyFileSync(path.join(root, 'VERSION'), done);
  return to;
}

/** A version of Go that can be built with an overlay: its name, and where its tree is. */
export interface Tree {
  readonly version: string;
  readonly root: string;
  /** Whether it is a copy of ours, whose own go has to be used. */
  readonly isCopy: boolean;
}

export function treeOf(reference: string): Tree {
  const version = versionIn(reference);
  if (version === undefined)
    throw new UsageError(`"${reference}" is no version of Go`, 'Give a version, such as go1.26.8.');
  const found = rootOf(version);
  const isCopy = Number(version.split('.')[1]) >= REFUSES && found.split(path.sep).includes('mod');
  return { version, root: isCopy ? outsideOfCache(found, version) : found, isCopy };
}

/** Writes the overlay of a version. */
export function makeOverlay(reference: string, options: Parameters<typeof patchedFiles>[2] = {}): Overlay {
  const tree = treeOf(reference);
  return writeOverlay(tree, patchedFiles(tree.root, tree.version, options));
}

/** Writes an overlay with these files of package runtime. */
export function writeOverlay({ version, root, isCopy }: Tree, files: ReadonlyMap<string, string>): Overlay {
  const digest = createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheFolder(), `${version}-${digest}`);
  const replace: Record<string, string> = {};
  for (const [name, text] of files) {
    const to = path.join(folder, name);
    if (!fs.existsSync(to)) writeWhole(to, text);
    replace[path.join(root, 'src/runtime', name)] = to;
  }
  const file = path.join(folder, 'overlay.json');
  writeWhole(file, `${JSON.stringify({ Replace: replace }, null, 1)}\n`);
  return isCopy ? { file, go: path.join(root, 'bin', 'go') } : { file };
}
