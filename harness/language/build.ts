import { hash } from '../base/hash';
import { type Code, link } from './link';
import type { Model, Variant } from './model';
import { edited, layersOf } from './variants';
import type { World } from './world';

/** A variant's linked code and what identifies it. */
export interface Build<W> {
  readonly variant: Variant<W>;
  readonly code: Code<W>;
  /** Eight hexadecimal digits over the listing: recordings of another model differ in it. */
  readonly fingerprint: string;
}

/**
 * Links a variant's routines, sorted by name: fingerprints are about what the routines say, not about the files that
 * they stand in or the order in which those are imported.
 */
export function build<W extends World, P>(model: Model<W, P>, variant: Variant<W>): Build<W> {
  const routines = edited(model.routines, layersOf(model, variant));
  const code = link(routines.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  return { variant, code, fingerprint: hash(code.listing) };
}
