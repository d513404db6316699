import { visible } from './visible';

/**
 * A mistake of the person at the keyboard: exit code 2, one sentence, and a hint that names the choices. Both may quote
 * strangers, and so are made visible here; the hint keeps its line breaks, which must be our own.
 */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(visible(message));
    this.hint = hint.split('\n').map(visible).join('\n');
  }
}

/** A fault of ours: the message starts with `internal:` and the exit code is 3. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`internal: ${message}`);
  }
}

/** A mistake in a model or its claims, of whoever writes them: exit code 3, and the sentence says where. */
export class ModelError extends Error {}

/** Somebody wanted everything to come to an end before this was done. */
export class Stopped extends Error {}
