import { UsageError } from '../base/errors';
import { hash } from '../base/hash';
import type { Model } from '../language/model';
import type { World } from '../language/world';
import { parseTape, type Tape, tapeText } from '../run/tape';

/** All that it takes to run the same steps again, and which bucket they lead to. */
export interface Recording<P> {
  readonly variant: string;
  readonly bucket: string;
  /** Of the variant's model, when it was recorded. */
  readonly fingerprint: string;
  readonly program: P;
  readonly tape: Tape;
}

const VERSION = 'pr1';

/** One line without white space: version:variant:bucket:fingerprint:program:tape:checksum. */
export function toToken<W extends World, P>(model: Model<W, P>, it: Recording<P>): string {
  const body = [VERSION, it.variant, it.bucket, it.fingerprint, model.programText(it.program), tapeText(it.tape)].join(
    ':',
  );
  return `${body}:${hash(body)}`;
}

export const looksLikeToken = (text: string): boolean => /^pr\d+:/.test(text);

/** What a token says of its program, or nothing. */
export const programOf = (token: string): string => token.split(':')[4] ?? '';

export function parseToken<W extends World, P>(model: Model<W, P>, token: string): Recording<P> {
  const parts = token.trim().split(':');
  const version = parts[0]!;
  if (version !== VERSION)
    throw new UsageError(
      `the token is of format ${version}, and this is ${VERSION}`,
      'Replay it with the version that printed it.',
    );
  const [, variant, bucket, fingerprint, program, tape, check] = parts;
  if (parts.length !== 7 || check !== hash(parts.slice(0, 6).join(':')))
    throw new UsageError(
      'the token is cut or changed: its checksum does not fit',
      'Copy the whole line behind "replay", to its last character.',
    );
  return {
    variant: variant!,
    bucket: bucket!,
    fingerprint: fingerprint!,
    program: model.parseProgramText(program!),
    tape: parseTape(tape!),
  };
}
