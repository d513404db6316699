import { UsageError } from '../base/errors';
import { hash } from '../base/hash';
import { pick } from '../base/pick';
import { type Code, link } from './link';
import type { Model, Variant } from './model';
import type { World } from './world';

/** A variant's linked code and what identifies it. */
export interface Build<W> {
  readonly variant: Variant<W>;
  readonly code: Code<W>;
  /** Eight hexadecimal digits over the listing: recordings of another model differ in it. */
  readonly fingerprint: string;
}

/**
 * Links a variant's routines, sorted by name: fingerprints are about what the routines say, not about the files that they stand in or
 * the order in which those are imported.
 */
export function build<W extends World, P>(model: Model<W, P>, variant: Variant<W>): Build<W> {
  const lost = variant.edits.find((edit) => model.routines.every(({ name }) => name !== edit.routine));
  if (lost) throw new UsageError(`variant ${variant.name} edits ${lost.routine}, which does not exist`);
  const routines = model.routines.map((routine) =>
    variant.edits.filter((edit) => edit.routine === routine.name).reduce((it, edit) => edit.apply(it), routine),
  );
  const code = link([...routines, ...(variant.more ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)));
  return { variant, code, fingerprint: hash(code.listing) };
}

export function findVariant<W extends World, P>(model: Model<W, P>, name: string): Variant<W> {
  return pick('variant', name, model.variants);
}
