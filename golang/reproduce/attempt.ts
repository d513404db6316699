import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { InternalError } from '../../harness/base/errors';
import { writeWhole } from '../../harness/base/files';
import type { Model } from '../../harness/language';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { debuggerOf, patchedFiles, type Tree, treeOf, WANT, writeOverlay } from '../overlay/make';
import { rolePatches } from '../overlay/patches';
import { type Telling, tellingOf } from '../overlay/telling';
import { type Gating, gatedFiles, gatesText, guardOf, insertionsOf, maskFor } from './compile';
import { planOf } from './gates';
import { offsetIn, spanOf, spansIn } from './insert';
import { type Place, placesIn, releaseOf } from './places';
import { CannotTry, type Plan } from './plan';
import type { Played } from './play';
import { missingIn, programText } from './program';
import { NOTHING, undoingOf } from './undo';
import { undone } from './undone';

/** A finding made ready to be tried on a release. */
export interface Attempt {
  readonly version: string;
  readonly played: Played;
  readonly plans: readonly Plan[];
  /** Where all of it is. */
  readonly folder: string;
  readonly executable: string;
  /** How the program says that it has happened. */
  readonly telling: Telling;
  readonly buildSeconds: number;
  /** The files of package runtime that it has of its own, by name. */
  readonly files: ReadonlyMap<string, string>;
}

const minorOf = (version: string): number => Number(version.split('.')[1]);

/** Lines where those who wait for each other stand. */
function standsOf(
  { property, cause, built }: Played,
  places: readonly (Place | undefined)[],
  canHold: (it: Place) => boolean,
): Place[] {
  if (property.kind !== 'atRest') return [];
  if (cause === 'the reader of the trace does not park')
    throw new CannotTry('it wants gopark inlined into ReadTrace, as optimising by a profile does it');
  const stands = cause.split(' + ').map((part) => {
    const pc = built.code.lines.findIndex((_, at) => {
      const { routine, line } = built.code.describe(at);
      return `${routine}: ${line}` === part;
    });
    const place = pc < 0 ? undefined : places[pc];
    if (place === undefined || !canHold(place)) throw new CannotTry(`nothing can be put where "${part}" stands`);
    return place;
  });
  if (stands.length > MAX_STANDS)
    throw new CannotTry(`${stands.length} wait for each other, and ${MAX_STANDS} can be watched`);
  return stands;
}

const MAX_STANDS = 4;

/** Makes program, gates and runtime of a finding, and builds them. */
export function prepare(
  model: Model<Runtime, Program>,
  played: Played,
  reference: string,
  folder: string,
  /** Without what the variant plants. */
  isControl = false,
): Attempt {
  try {
    return prepared(model, played, reference, folder, isControl, true);
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error;
    return prepared(model, played, reference, folder, isControl, false);
  }
}

/** A gate is where hardly any stack is left. */
class NoRoom extends CannotTry {}

function prepared(
  model: Model<Runtime, Program>,
  played: Played,
  reference: string,
  folder: string,
  isControl: boolean,
  intoHelpers: boolean,
): Attempt {
  const tree = treeOf(reference);
  const { version, root } = tree;
  const minor = minorOf(version);
  const { begun: program } = played;
  const telling = tellingOf(played.property.name, played.cause, minor);
  if (telling === undefined) throw new CannotTry(`nothing in the runtime tells of ${played.property.name} yet`);
  const missing = missingIn(program);
  if (missing.length > 0) throw new CannotTry(`no Go program does ${missing.join(', ')} yet`);
  const release = releaseOf(version);
  const undoing = isControl ? NOTHING : undoingOf(model, played.built.variant, release);
  const read = (file: string): string => fs.readFileSync(path.join(root, 'src', file), 'utf8');
  const places = placesIn(model, played.built, release, intoHelpers);
  const files = [...new Set(places.flatMap((it) => it?.file ?? []))].filter((it) => path.dirname(it) === 'runtime');
  const spans = spansIn(new Map(files.map((it) => [it, read(it)])));
  const canHold = (it: Place): boolean => offsetIn(spanOf(spans.get(it.file), it), it) > 0;
  const stands = standsOf(played, places, canHold);
  const plans = planOf(model, played, places, canHold);
  const gating: Gating = {
    plans,
    guardOf: (it) => guardOf(played, it),
    stands,
    property: played.property.name,
  };
  const world = model.createWorld(played.recording.program);
  model.reset(world, played.built.code);
  const base = patchedFiles(root, version, {
    mask: maskFor(played),
    want: WANT[played.cause] ?? 0,
    more: [...rolePatches(minor), ...undoing.patches, ...telling.patches],
  });
  const changed = gatedFiles(undone(base, read, undoing), read, insertionsOf(gating));
  changed.set('zz_parkranger_gates.go', gatesText(world, gating, minor));
  if (program.gs.some(({ ops }) => ops.includes('debugCall')))
    for (const it of debuggerOf(root, version)) changed.set(...it);
  const overlay = writeOverlay(tree, changed);
  fs.mkdirSync(folder, { recursive: true });
  writeWhole(
    path.join(folder, 'main.go'),
    programText(program, noteOf(played, version), /^S[78]$/.test(played.property.name)),
  );
  writeWhole(path.join(folder, 'go.mod'), 'module reproduce\n\ngo 1.22\n');
  const executable = path.join(folder, 'reproduce');
  const seconds = compiled(tree, overlay, folder, executable);
  return { version, played, plans, folder, executable, telling, buildSeconds: seconds, files: changed };
}

/** What a program of ours wants to be switched on: coroutines are an experiment of Go 1.22. */
export const experimentOf = (version: string): string => (minorOf(version) < 23 ? 'rangefunc' : '');

const noteOf = ({ recording, property, cause }: Played, version: string): string =>
  [
    `// ${property.name} on ${version}: ${cause} (${recording.variant}).`,
    '//',
    '// Its runtime has gates where the story has its last context switches (overlay.json). In front of a report the',
    '// program tells how often each gate was come to.',
  ].join('\n');

function compiled(
  tree: Tree,
  { file, go = 'go' }: { file: string; go?: string },
  folder: string,
  executable: string,
): number {
  const begin = Date.now();
  const ran = spawnSync(go, ['build', '-overlay', file, '-o', executable, '.'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...{ ...process.env, GOTOOLCHAIN: tree.isCopy ? 'local' : tree.version, GOFLAGS: '', GOWORK: 'off' },
      GOEXPERIMENT: experimentOf(tree.version),
    },
  });
  if (ran.status !== 0) {
    const said = `${ran.stderr ?? ''}${ran.error?.message ?? ''}`.trim().split('\n').slice(0, 4).join(' ');
    if (/nosplit stack/.test(said)) throw new NoRoom('a gate does not fit on the stack where it would have to be');
    throw new InternalError(`${tree.version} cannot be built with these gates: ${said}`);
  }
  return (Date.now() - begin) / 1000;
}

/** What one run of an attempt came to. */
export interface Outcome {
  readonly kind: 'happened' | 'another' | 'not' | 'crashed';
  readonly seconds: number;
  /** The line that says it. */
  readonly said: string;
  /** How often each gate was come to, as the program said. */
  readonly come: string;
}

const GRACE_S = 5;

/** The run that goes on, so that whoever stops us stops it, too. */
let running: ReturnType<typeof spawn> | undefined;
export const stopRunning = (): void => void running?.kill('SIGKILL');
process.on('exit', stopRunning);

/** Runs it once, for so many seconds at most. */
export async function runOnce(
  { executable, telling, folder }: Attempt,
  seconds: number,
  nth: number,
): Promise<Outcome> {
  const begin = Date.now();
  let text = '';
  const child = spawn(executable, [], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PARKRANGER_SECONDS: String(Math.ceil(seconds)),
      GOTRACEBACK: 'system',
      GODEBUG: telling.godebug,
    },
  });
  running = child;
  const heard = (part: Buffer): void => {
    if (text.length < MAX_OUTPUT) text += part.toString('latin1');
  };
  child.stdout!.on('data', heard);
  child.stderr!.on('data', heard);
  // Go says where everybody stands before it goes.
  const asked = setTimeout(() => child.kill('SIGQUIT'), (seconds + GRACE_S) * 1000);
  const limit = setTimeout(() => child.kill('SIGKILL'), (seconds + 2 * GRACE_S) * 1000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...it) => resolve(it)),
  );
  clearTimeout(asked);
  clearTimeout(limit);
  running = undefined;
  const took = (Date.now() - begin) / 1000;
  writeWhole(path.join(folder, `run${nth}.txt`), text);
  const lines = text.split('\n');
  const said = lines.find((it) => telling.sign.test(it));
  const come = lines.findLast((it) => it.includes('gates come to')) ?? '';
  if (said !== undefined) return { kind: 'happened', seconds: took, said, come };
  if (lines.some((it) => it.startsWith('SIGQUIT: '))) return { kind: 'crashed', seconds: took, said: 'it hung', come };
  const other = lines.find((it) => /^(?:parkranger: [A-Z]\w*: |fatal error: |panic: |SIG[A-Z]+: )/.test(it));
  if (other !== undefined) return { kind: 'another', seconds: took, said: other, come };
  if (code !== 0)
    return {
      kind: 'crashed',
      seconds: took,
      said: signal === 'SIGKILL' ? 'it hung, and had to be killed' : signal === null ? `exit ${code}` : signal,
      come,
    };
  return { kind: 'not', seconds: took, said: '', come };
}

const MAX_OUTPUT = 4 * 1024 * 1024;
