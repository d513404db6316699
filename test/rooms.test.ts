import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './command';

/**
 * The order of the house. Each test lists what is wrong, and how to mend it stands in the claim that it makes. Circles
 * are Biome's to find as one types (noImportCycles), and named here again with what to do.
 */

/** Each room imports itself and those before it; and of packages, these. Types of zod and fast-check count, too. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  base: ['node:child_process', 'node:crypto', 'node:fs', 'node:path', 'seedrandom', 'zod'],
  language: ['commander', 'fast-check'],
  run: [],
  tell: [],
  strategies: ['fast-check'],
  find: ['fast-check', 'node:fs', 'node:path', 'zod'],
  explore: [],
  campaign: ['node:fs', 'node:os', 'node:path', 'node:worker_threads', 'piscina', 'zod'],
  report: ['node:fs', 'node:path', 'zod'],
  measure: ['node:fs', 'node:path'],
  mutate: ['fast-check', 'node:fs', 'zod'],
  cli: [
    'cli-progress',
    'commander',
    'fast-check',
    'node:fs',
    'node:os',
    'node:path',
    'node:util',
    'node:worker_threads',
  ],
  testing: ['fast-check'],
};
const order = Object.keys(rooms);

const FACE = 'harness/language';
const outside: Readonly<Record<string, readonly string[]>> = { models: ['fast-check', 'zod'], properties: [] };

const filesIn = (dir: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js)$/.test(name) && !/\.(test|d)\.ts$/.test(name))
    .map((name) => `${dir}/${name}`);
const textOf = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** What a file imports: paths from the root, and packages. */
function importsOf(file: string): { own: string[]; packages: string[] } {
  const all = [...textOf(file).matchAll(/(?:\bfrom|\bimport|require\() ?'([^']+)'/g)].map(([, it]) => it!);
  return {
    own: all.filter((it) => it.startsWith('.')).map((it) => path.posix.join(path.posix.dirname(file), it)),
    packages: all.filter((it) => !it.startsWith('.')),
  };
}

it('every file of the harness stands in a room (else: move it into one, or list the new room here)', () => {
  expect(filesIn('harness').filter((file) => !order.includes(file.split('/')[1]!))).toEqual([]);
});

it('a room imports itself and those before it (else: move what is shared into the earlier room)', () => {
  const wrong = filesIn('harness').flatMap((file) => {
    const at = order.indexOf(file.split('/')[1]!);
    return importsOf(file)
      .own.filter(
        (it) => !(it.startsWith('harness/') && order.indexOf(it.split('/')[1]!) <= at) && !it.includes('/bin/'),
      )
      .filter((it) => it !== 'bin/load.js')
      .map((it) => `${file} imports ${it}`);
  });
  expect(wrong).toEqual([]);
});

it('a room uses the packages that it may (else: use what another room offers, or list it with the room)', () => {
  const wrong = filesIn('harness')
    .filter((file) => !file.startsWith('harness/testing/'))
    .flatMap((file) => {
      const allowed = rooms[file.split('/')[1]!]!;
      return importsOf(file)
        .packages.filter((it) => !allowed.includes(it))
        .map((it) => `${file} uses ${it}`);
    });
  expect(wrong).toEqual([]);
});

it(`models and properties see ${FACE} alone, and no machine (else: export it there)`, () => {
  const wrong = Object.entries(outside).flatMap(([folder, packages]) =>
    filesIn(folder).flatMap((file) => {
      const { own, packages: used } = importsOf(file);
      const seen = own.filter((it) => !it.startsWith('models') && !it.startsWith('properties') && it !== FACE);
      const back = own.filter((it) => folder === 'models' && it.startsWith('properties'));
      return [...seen, ...back, ...used.filter((it) => !packages.includes(it))].map((it) => `${file} imports ${it}`);
    }),
  );
  expect(wrong).toEqual([]);
});

it('imports go in no circle, types counted (else: move what both need into a file that both import)', () => {
  const files = ['golang', 'harness', 'models', 'properties'].flatMap(filesIn);
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file).own.flatMap((it) => files.filter((to) => to === `${it}.ts` || to === `${it}/index.ts`)),
    ]),
  );
  expect([...graph.values()].flat().length).toBeGreaterThan(500);
  // Who imports nobody that is left, or is imported by nobody, is in no circle.
  for (let before = -1; before !== graph.size; ) {
    before = graph.size;
    for (const [file, imported] of [...graph]) {
      const isImported = [...graph.values()].some((all) => all.includes(file));
      if (!isImported || !imported.some((it) => graph.has(it))) graph.delete(file);
    }
  }
  expect([...graph.keys()]).toEqual([]);
});

/** Go's identifiers, files and versions; names of our hunks, known bugs and properties of it. */
const WORDS_OF_GO =
  /goroutine|gopark|park_m|casg|\bG(waiting|running|runnable)|\bin Go\b|\bGo('s| \d)|\bgo1\.|\bproc\.go|\b[HLNSV]\d+\b/;

it('the harness has no word of Go (else: let the model say it, as a field of Model or Tool)', () => {
  const wrong = filesIn('harness').flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, i) => (WORDS_OF_GO.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(wrong).toEqual([]);
});

it('no line is longer than 120 columns (else: wrap it, or name a part)', () => {
  const own = ['bench', 'bin', 'corpus', 'docs', 'golang', 'harness', 'models', 'properties', 'repro', 'test'].flatMap(
    (dir) =>
      fs
        .readdirSync(path.join(ROOT, dir), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(ts|js)$/.test(name))
        .map((name) => `${dir}/${name}`),
  );
  const long = own.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, i) => (line.length > 120 ? [`${file}:${i + 1} has ${line.length}`] : [])),
  );
  expect(long).toEqual([]);
});
