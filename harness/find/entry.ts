import { z } from 'zod';
import { UsageError } from '../base/errors';
import { parsedJson, readSmall, validated, writeWhole } from '../base/files';
import { pick } from '../base/pick';
import { isProperty } from '../language/judging';
import type { Project } from '../language/project';
import { findVariant } from '../language/variants';
import type { World } from '../language/world';
import { parseTape, tapeText } from '../run/tape';
import { bucketOf } from '../tell/bucket';
import type { RacingLine } from '../tell/race';
import type { Recording } from '../tell/recording';
import type { StoryStep } from '../tell/story';

/** A finding as it is kept: a small JSON file that people can review. */
export interface Entry<P> extends Recording<P> {
  readonly property: string;
  readonly cause: string;
  /** The lines that race in it; empty where that was not found out. */
  readonly race: readonly RacingLine[];
  /** What happened, with the names of those involved. */
  readonly sentence: string;
  /** How it was found. */
  readonly found: { readonly seed: string; readonly run: number };
  readonly story: readonly StoryStep[];
}

const FORMAT = 1;
export const MAX_ENTRY_BYTES = 1024 * 1024;

const schema = z.strictObject({
  format: z.literal(FORMAT),
  variant: z.string(),
  property: z.string(),
  cause: z.string(),
  race: z.array(z.string()),
  bucket: z.string(),
  sentence: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{8}$/),
  found: z.strictObject({ seed: z.string(), run: z.int().min(0) }),
  program: z.unknown(),
  tape: z.string(),
  story: z.array(z.strictObject({ mover: z.string(), actor: z.string(), routine: z.string(), line: z.string() })),
});

export function entryText<P>(entry: Entry<P>): string {
  const { variant, property, cause, race, bucket, sentence, fingerprint, found, program, tape, story } = entry;
  const head = { format: FORMAT, variant, property, cause, race, bucket, sentence, fingerprint, found };
  const body = { ...head, program, tape: tapeText(tape), story: [] as unknown[] };
  // One line per step of the story, so that a review's diff shows steps.
  const steps = story.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  return `${JSON.stringify(body, null, 2).replace('"story": []', () => `"story": [\n${steps}\n  ]`)}\n`;
}

export function writeEntry<P>(file: string, entry: Entry<P>): void {
  writeWhole(file, entryText(entry), true);
}

export const readEntry = <W extends World, P>(project: Project<W, P>, file: string): Entry<P> =>
  parseEntry(project, file, readSmall(file, MAX_ENTRY_BYTES));

/** The inverse of `entryText`; throws a UsageError that says where it stood. */
export const parseEntry = <W extends World, P>(project: Project<W, P>, file: string, text: string): Entry<P> =>
  entryFrom(project, file, parsedJson(file, text, 'A corpus file is JSON, as fuzz writes it.'));

/** An entry from what its JSON says. */
export function entryFrom<W extends World, P>({ model, claims }: Project<W, P>, file: string, json: unknown): Entry<P> {
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT)
    throw new UsageError(
      `${file} has format ${format}, and this version reads up to ${FORMAT}`,
      'Use the version that wrote it, or a newer one.',
    );
  const { program, tape, format: _, ...rest } = validated(file, schema, json, 'Compare it with a file in corpus/.');
  try {
    pick('property', rest.property, claims.filter(isProperty));
    findVariant(model, rest.variant);
    const bucket = bucketOf(rest.property, rest.cause, rest.race);
    if (rest.bucket !== bucket)
      throw new UsageError(
        `bucket: ${rest.bucket} is not that of ${rest.property}, its cause and its race`,
        `It is ${bucket}.`,
      );
    return { ...rest, program: model.parseProgram(program), tape: parseTape(tape) };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`, error.hint);
    throw error;
  }
}
