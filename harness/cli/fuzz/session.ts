import { UsageError } from '../../base/errors';
import type { Checkpoint } from '../../campaign/checkpoint';
import { RunFolder } from '../../campaign/folder';
import type { Settings } from '../../campaign/settings';
import { WorkerPool } from '../../campaign/threads/pool';
import { type Build, build } from '../../language/build';
import { judging } from '../../language/judging';
import type { Tool } from '../../language/project';
import type { Claim } from '../../language/property';
import { baselineOf, findVariant } from '../../language/variants';
import type { World } from '../../language/world';
import type { SignOff } from '../../measure/signoff';
import { type Interrupt, listenForInterrupt } from '../interrupt';
import { type Output, output } from '../output';

/** What is at hand while a campaign goes on. */
export interface Session<W extends World, P> {
  readonly tool: Tool<W, P>;
  readonly settings: Settings;
  readonly built: Build<W>;
  /** What is judged. */
  readonly claims: readonly Claim<W>[];
  /** Where it was left, if it goes on. */
  readonly from: Checkpoint<P> | undefined;
  readonly pool: WorkerPool<P>;
  readonly folder: RunFolder<P>;
  readonly interrupt: Interrupt;
  /** Its JSON is kept in the folder, too. */
  readonly out: Output;
  readonly version: string;
  /** The fix that it is to confirm, if any. */
  readonly fix: SignOff | undefined;
}

interface Opening<P> {
  readonly settings: Settings;
  readonly from: Checkpoint<P> | undefined;
  readonly dir: string;
  readonly fix: SignOff | undefined;
  readonly workers: number;
  /** What threads run. */
  readonly file: string;
  readonly version: string;
  readonly isJson: boolean;
}

/** Checks what was asked for before it takes the folder and starts threads. */
export function open<W extends World, P>(
  tool: Tool<W, P>,
  { settings, from, dir, fix, workers, file, version, isJson }: Opening<P>,
): Session<W, P> {
  const { model } = tool;
  const built = build(model, findVariant(model, settings.variant ?? baselineOf(model).name));
  const claims = judging(tool.claims, settings.property);
  if (from !== undefined && from.fingerprint !== built.fingerprint)
    throw new UsageError(
      `the campaign in "${dir}" belongs to another version of the model`,
      'Start it anew, or go back to that version.',
    );
  const folder = new RunFolder<P>(dir, settings, built.fingerprint, from);
  const plain = output(isJson);
  const json = (value: object) => {
    plain.json(value);
    folder.event(value);
  };
  const out: Output = { ...plain, json };
  const trouble = (sentence: string) => {
    folder.restarts.push(sentence);
    out.text(`  REPLACED   ${sentence}`);
    out.json({ type: 'restart', sentence });
  };
  try {
    const pool = new WorkerPool<P>({ file, count: workers, trouble });
    const interrupt = listenForInterrupt(out, () => pool.stop());
    return { tool, settings, built, claims, from, pool, folder, interrupt, out, version, fix };
  } catch (error) {
    folder.unlock();
    throw error;
  }
}

export async function close<W extends World, P>({ interrupt, folder, pool }: Session<W, P>): Promise<void> {
  interrupt.off();
  folder.unlock();
  await pool.close();
}
