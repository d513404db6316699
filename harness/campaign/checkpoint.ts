import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '../base/errors';
import { isFile, parsed, readSmall, writeWhole } from '../base/files';
import { digest } from '../base/hash';
import { pick } from '../base/pick';
import { visible } from '../base/visible';
import { entryFrom, entryText } from '../find/entry';
import { type Finding, factsSchema } from '../find/finding';
import type { Hit } from '../find/hit';
import type { Project } from '../language/project';
import type { World } from '../language/world';
import { settingsSchema } from './settings';

const FORMAT = 5;

const schema = z.strictObject({
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
      entry: z.unknown(),
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
export type Checkpoint<P> = Omit<z.infer<typeof schema>, 'findings' | 'pending'> & {
  readonly findings: Finding<P>[];
  readonly pending: Hit<P>[];
};

const NAME = 'checkpoint.json';
const MAX_BYTES = 256 * 1024 * 1024;

export function writeCheckpoint<P>(dir: string, checkpoint: Checkpoint<P>): void {
  const findings = checkpoint.findings.map((it) => ({ ...it, entry: JSON.parse(entryText(it.entry)) }));
  const pending = checkpoint.pending.map((it) => ({ ...it, tape: [...it.tape] }));
  writeWhole(path.join(dir, NAME), sealed(JSON.stringify({ ...checkpoint, findings, pending })), true);
}

/** With a checksum in front, so that no bit of it can change unnoticed. */
export const sealed = (body: string): string =>
  `{"format":${FORMAT},"checksum":"${digest(body)}","checkpoint":${body}}\n`;
const SEALED = /^\{"format":(\d+),"checksum":"([0-9a-f]{64})","checkpoint":(.*)\}\n$/s;

const ANEW = 'Start the campaign anew.';

/** What stands behind the checksum, if it fits. */
function opened(file: string, text: string): string {
  const [, format, checksum, body] = SEALED.exec(text) ?? [];
  const other = format ?? /^\{"format":(\d+)/.exec(text)?.[1];
  if (other !== undefined && Number(other) !== FORMAT)
    throw new UsageError(`${file} has format ${other}, and this version reads ${FORMAT}`, ANEW);
  if (body === undefined || digest(body) !== checksum)
    throw new UsageError(`${file} is damaged: its checksum does not fit`, ANEW);
  return body;
}

/** Throws a UsageError when there is none, or none of ours. */
export function readCheckpoint<W extends World, P>(project: Project<W, P>, dir: string): Checkpoint<P> {
  const file = path.join(dir, NAME);
  if (!isFile(file))
    throw new UsageError(
      `"${visible(dir)}" is no folder of a campaign: it has no ${NAME}`,
      'Give the folder of an earlier campaign, as the end of its output names it.',
    );
  const checkpoint = parsed(file, schema, opened(file, readSmall(file, MAX_BYTES)), ANEW);
  const findings = checkpoint.findings.map((it, i) => ({
    ...it,
    entry: entryFrom(project, `${file}, finding ${i + 1}`, it.entry),
  }));
  const pending = checkpoint.pending.map((it, i) => {
    try {
      pick('property', it.property, project.claims);
      return { ...it, program: project.model.parseProgram(it.program) };
    } catch (error) {
      throw new UsageError(`${file}, hit ${i + 1}: ${(error as Error).message}`, ANEW);
    }
  });
  return { ...checkpoint, findings, pending };
}
