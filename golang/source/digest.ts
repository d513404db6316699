import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../harness/base/files';
import { hash } from '../../harness/base/hash';
import type { GoFunction, Release, Statement } from './go';
import { touchOf } from './touches';

/**
 * The functions of several releases in one file, equal bodies once. Of functions outside the model there is only what
 * touches statuses, stacks or the trace: enough to see that another one begins to.
 */

const statement = z.tuple([z.int(), z.string(), z.string(), z.string()]);
const functions = z.record(z.string(), z.record(z.string(), z.tuple([z.int(), z.string()])));
const schema = z.strictObject({
  format: z.literal(1),
  releases: z.record(z.string(), z.strictObject({ modelled: functions, outside: functions })),
  /** Statements by a hash of them: the line from the function's first, kind, closure, text. */
  bodies: z.record(z.string(), z.array(statement)),
});
type Digests = z.infer<typeof schema>;

export const FILE = path.join(__dirname, 'sources.json');

/** A release as far as the digest has it. */
export interface Digest extends Release {
  /** The functions outside the model that touch what it is about. */
  readonly outside: ReadonlyMap<string, GoFunction>;
}

let read: Digests | undefined;
const all = (): Digests => {
  read ??= schema.parse(JSON.parse(fs.readFileSync(FILE, 'utf8')));
  return read;
};

export const digested = (): string[] => Object.keys(all().releases);

const known = new Map<string, Digest>();

/** The digest of a release, or undefined if there is none. */
export function digestOf(name: string): Digest | undefined {
  const found = known.get(name);
  if (found !== undefined) return found;
  const { releases, bodies } = all();
  const release = releases[name];
  if (release === undefined) return undefined;
  const open = (files: z.infer<typeof functions>) =>
    new Map(
      Object.entries(files).flatMap(([file, some]) =>
        Object.entries(some).map(([fn, [line, body]]): [string, GoFunction] => {
          const statements = bodies[body]!.map(
            ([at, kind, closure, text]): Statement => ({ in: fn, line: line + at, kind, closure, text }),
          );
          return [fn, { name: fn, file, line, statements }];
        }),
      ),
    );
  const it = { name, functions: open(release.modelled), outside: open(release.outside) };
  known.set(name, it);
  return it;
}

/** What the digest keeps of a release. */
export function digestFrom(release: Release, isModelled: (name: string) => boolean): Digest {
  const every = [...release.functions.values()];
  const outside = every
    .filter(({ name }) => !isModelled(name))
    .map((it) => ({ ...it, statements: it.statements.filter(({ text }) => touchOf(text) !== undefined) }))
    .filter(({ statements }) => statements.length > 0);
  const byName = (some: readonly GoFunction[]) => new Map(some.map((it) => [it.name, it]));
  return {
    name: release.name,
    functions: byName(every.filter(({ name }) => isModelled(name))),
    outside: byName(outside),
  };
}

/** A digest as it is written: for those who compare. */
export const textOf = ({ functions: modelled, outside }: Digest): string =>
  JSON.stringify(
    [[...modelled.values()], [...outside.values()]].map((some) => some.toSorted((a, b) => (a.name < b.name ? -1 : 1))),
  );

/** Writes digests into the file, in the place of those of the same names. */
export function writeDigests(some: readonly Digest[], file = FILE): void {
  const before: Digests = fs.existsSync(file)
    ? schema.parse(JSON.parse(fs.readFileSync(file, 'utf8')))
    : { format: 1, releases: {}, bodies: {} };
  const bodies: Digests['bodies'] = { ...before.bodies };
  const close = (fns: ReadonlyMap<string, GoFunction>) => {
    const files: z.infer<typeof functions> = {};
    for (const { name, file: at, line, statements } of [...fns.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const body = statements.map((it): z.infer<typeof statement> => [it.line - line, it.kind, it.closure, it.text]);
      const key = hash(JSON.stringify(body)) + hash(JSON.stringify(body.toReversed()));
      bodies[key] = body;
      files[at] ??= {};
      files[at][name] = [line, key];
    }
    return files;
  };
  const releases = { ...before.releases };
  for (const { name, functions: modelled, outside } of some)
    releases[name] = { modelled: close(modelled), outside: close(outside) };
  const used = new Set(
    Object.values(releases).flatMap(({ modelled, outside }) =>
      [modelled, outside].flatMap((files) =>
        Object.values(files).flatMap((fns) => Object.values(fns).map(([, key]) => key)),
      ),
    ),
  );
  const line = ([key, value]: [string, unknown]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  const sorted = <T>(record: Record<string, T>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = [
    '{"format":1,"releases":{',
    sorted(releases)
      .map(([name, { modelled, outside }]) =>
        [
          `${JSON.stringify(name)}:{"modelled":{`,
          sorted(modelled).map(line).join(',\n'),
          '},"outside":{',
          sorted(outside).map(line).join(',\n'),
          '}}',
        ].join('\n'),
      )
      .join(',\n'),
    '},"bodies":{',
    sorted(bodies)
      .filter(([key]) => used.has(key))
      .map(line)
      .join(',\n'),
    '}}',
    '',
  ].join('\n');
  writeWhole(file, text, true);
  if (file === FILE) {
    read = undefined;
    known.clear();
  }
}
