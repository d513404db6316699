import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '../base/errors';
import { readSmall, validated, writeWhole } from '../base/files';
import { pick } from '../base/pick';
import { entryText, parseEntry } from '../find/entry';
import { type Finding, factsSchema } from '../find/finding';
import type { Hit } from '../find/hit';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { settingsSchema } from './settings';

const FORMAT = 4;

const schema = z.strictObject({
  format: z.literal(FORMAT),
  /** Of the model. */
  fingerprint: z.string(),
  settings: settingsSchema,
  started: z.string(),
  seconds: z.number(),
  /** How much of the events had been written. */
  eventBytes: z.int().min(0),
  restarts: z.array(z.string()),
  findings: z.array(
    factsSchema.extend({
      /** As its file says it. */
      entry: z.string(),
    }),
  ),
  /** Hits whose shrinking was interrupted. */
  pending: z.array(
    z.strictObject({
      property: z.string(),
      cause: z.string(),
      program: z.unknown(),
      tape: z.array(z.int()),
      run: z.int().min(0),
      after: z.int().min(0),
    }),
  ),
  ledger: z.string(),
});

/** Where a campaign can be gone on with: everything that came later is done again, and comes out the same. */
export type Checkpoint<P> = Omit<z.infer<typeof schema>, 'findings' | 'pending' | 'format'> & {
  readonly findings: Finding<P>[];
  readonly pending: Hit<P>[];
};

const NAME = 'checkpoint.json';
const MAX_BYTES = 256 * 1024 * 1024;

export function writeCheckpoint<P>(dir: string, checkpoint: Checkpoint<P>): void {
  const findings = checkpoint.findings.map((it) => ({ ...it, entry: entryText(it.entry) }));
  const pending = checkpoint.pending.map((it) => ({ ...it, tape: [...it.tape] }));
  writeWhole(path.join(dir, NAME), `${JSON.stringify({ format: FORMAT, ...checkpoint, findings, pending })}\n`);
}

/** Throws a UsageError when there is none, or none of ours. */
export function readCheckpoint<W extends World, P>(project: Project<W, P>, dir: string): Checkpoint<P> {
  const file = path.join(dir, NAME);
  if (!fs.existsSync(file))
    throw new UsageError(
      `"${dir}" is no folder of a campaign: it has no ${NAME}`,
      'Give the folder of an earlier campaign, as the end of its output names it.',
    );
  let json: unknown;
  try {
    json = JSON.parse(readSmall(file, MAX_BYTES));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} is damaged: ${(error as Error).message}`, 'Start the campaign anew.');
  }
  const { format: _, ...checkpoint } = validated(file, schema, json, 'Start the campaign anew.');
  const findings = checkpoint.findings.map((it, i) => ({
    ...it,
    entry: parseEntry(project, `${file}, finding ${i + 1}`, it.entry),
  }));
  const pending = checkpoint.pending.map((it, i) => {
    try {
      pick('property', it.property, project.claims);
      return { ...it, program: project.model.parseProgram(it.program) };
    } catch (error) {
      throw new UsageError(`${file}, hit ${i + 1}: ${(error as Error).message}`, 'Start the campaign anew.');
    }
  });
  return { ...checkpoint, findings, pending };
}
