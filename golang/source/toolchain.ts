import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { InternalError, UsageError } from '../../harness/base/errors';
import { type Release, readListing, type Span } from './go';

/** Finding Go sources, and reading them with Go itself. */

const VERSION = /^(?:go)?(1\.\d+(?:\.\d+|rc\d+|beta\d+)?)$/;
const PACKAGES = ['runtime', 'runtime/trace', 'iter'];
const LISTER = path.join(__dirname, 'statements.go');
const MAX_LISTING_BYTES = 256 * 1024 * 1024;
const DOWNLOAD_MS = 10 * 60_000;

const NO_GO =
  'Install Go (go.dev/dl), or read what is checked in: sources drift takes the releases that have a digest.';

function go(args: readonly string[], toolchain: string) {
  const ran = spawnSync('go', args, {
    encoding: 'utf8',
    maxBuffer: MAX_LISTING_BYTES,
    timeout: DOWNLOAD_MS,
    env: { ...process.env, GOTOOLCHAIN: toolchain, GOWORK: 'off', GOFLAGS: '' },
  });
  if ((ran.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new UsageError('this wants Go, and there is no go on the PATH', NO_GO);
  return ran;
}

/** What is said where a version is meant, as its name; undefined where a path is. */
export function versionIn(text: string): string | undefined {
  const [, version] = VERSION.exec(text) ?? [];
  return version === undefined ? undefined : `go${version}`;
}

/** The root of a Go tree, of a version that is fetched if need be, or at a path. */
export function rootOf(reference: string): string {
  const version = versionIn(reference);
  if (version === undefined) {
    if (!fs.existsSync(path.join(reference, 'src', 'runtime', 'proc.go')))
      throw new UsageError(
        `"${reference}" is no version of Go, and no Go tree: it has no src/runtime/proc.go`,
        'Give a version, such as go1.26.8, or the root of a checkout.',
      );
    return reference;
  }
  const { status, stdout, stderr } = go(['env', 'GOROOT'], version);
  const root = stdout.trim();
  if (status !== 0 || root === '')
    throw new UsageError(
      `there is no ${version} to be had: ${stderr.trim().split('\n').at(-1)?.trim() ?? 'go env GOROOT says nothing'}`,
      'Fetching a version wants the network. Those of which there is a digest need none.',
    );
  return root;
}

/** The sources of a version or of a tree, read anew. */
export function sourcesOf(reference: string): Release {
  const root = rootOf(reference);
  const packages = PACKAGES.filter((it) => fs.existsSync(path.join(root, 'src', ...it.split('/'))));
  const { status, stdout, stderr } = go(['run', LISTER, root, ...packages], 'local');
  if (status !== 0) {
    const why =
      stderr
        .trim()
        .split('\n')
        .find((line) => !line.startsWith('exit status')) ?? 'go run failed';
    throw new UsageError(`the sources of "${reference}" cannot be read: ${why}`, 'Mend the tree, or give another one.');
  }
  return readListing(versionIn(reference) ?? reference, stdout);
}

/** Where each statement of files stands, by file and function. */
export function spansOf(files: readonly string[]): Map<string, Map<string, Span[]>> {
  const { status, stdout, stderr } = go(['run', LISTER, '-spans', ...files], 'local');
  if (status !== 0) throw new InternalError(`what was made of Go's sources cannot be read: ${stderr.trim()}`);
  const found = new Map<string, Map<string, Span[]>>();
  for (const line of stdout.split('\n').filter((it) => it !== '')) {
    const { name, file, statements } = JSON.parse(line) as {
      readonly name: string;
      readonly file: string;
      readonly statements: readonly (readonly [number, string, string, string, number, number, number, string])[];
    };
    const own = found.get(file) ?? new Map<string, Span[]>();
    found.set(file, own);
    own.set(
      name,
      statements.map(([, , closure, text, begin, end, body, g]) => ({ closure, text, begin, end, body, g })),
    );
  }
  return found;
}

/** Which release a version or a tree is: a digest goes by that, on whatever machine it was made. */
export function releaseIn(reference: string): string {
  const version = versionIn(reference);
  if (version !== undefined) return version;
  const file = path.join(rootOf(reference), 'VERSION');
  const said = fs.existsSync(file) ? versionIn(fs.readFileSync(file, 'utf8').split('\n')[0]!.trim()) : undefined;
  if (said !== undefined) return said;
  throw new UsageError(
    `"${reference}" does not say which release it is: it has no VERSION with one`,
    'A digest goes by its release. Trees between two releases are for sources drift.',
  );
}
