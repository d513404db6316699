import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** For tests of the command line, each command in a process of its own. */

export const ROOT = path.join(__dirname, '..');

const BIN = path.join(ROOT, 'bin', 'parkranger.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The JSON lines of stdout. */
  readonly json: Record<string, unknown>[];
}

/** The command line in a process of its own. */
export function start(args: readonly string[], cwd = ROOT) {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    // A test that fails leaves nothing running.
    timeout: 540_000,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      const lines = out.split('\n').filter((line) => line.startsWith('{'));
      resolve({ code, out, err, json: lines.map((line) => JSON.parse(line)) });
    });
  });
  return { child, ended, soFar: () => out };
}

export const run = (...args: string[]) => start(args).ended;

export const findings = ({ json }: Ran) => json.filter(({ type }) => type === 'finding');

export const summary = ({ json }: Ran) => json.find(({ type }) => type === 'summary');

/** Every file below a folder and its text. */
export function contents(folder: string): Record<string, string> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), fs.readFileSync(file, 'utf8')];
    }),
  );
}

/** A folder for a test file: fresh names in it, and a campaign that has found bugs; who damages it takes a copy. */
export function campaignFolder(name: string) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `parkranger-${name}-`));
  let made = 0;
  const fresh = () => path.join(dir, `f${++made}`);
  const whole = fresh();
  const copy = (): string => {
    const out = fresh();
    fs.cpSync(whole, out, { recursive: true });
    return out;
  };
  const fill = async () => {
    await run('fuzz', '--variant', 'H12', '--seed', '1', '--for', '64x', '--out', whole);
  };
  return { dir, whole, fresh, copy, fill, remove: () => fs.rmSync(dir, { recursive: true, force: true }) };
}
