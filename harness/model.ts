import type fc from 'fast-check';
import type { Cast } from './cast';
import type { Abstraction } from './coverage';
import type { Edit } from './edit';
import { UsageError } from './errors';
import { hash } from './hash';
import type { Routine } from './line';
import { type Code, link } from './link';
import type { Lane } from './picture';
import type { Claim, Property } from './property';
import type { RacingLine } from './race';
import type { Memory, World } from './world';

/** The model with deliberate departures from its baseline. */
export interface Variant<W> {
  readonly name: string;
  readonly sentence: string;
  /** Where the departure comes from: a version and file, or "ours". */
  readonly source: string;
  readonly edits: readonly Edit<W>[];
  /** Routines that the baseline does not have. */
  readonly more?: readonly Routine<W>[];
  /** A state that history has seen, as opposed to a bug planted alone. */
  readonly isPreset: boolean;
  /** The properties that it breaks, beside those that the baseline breaks itself. */
  readonly breaks: readonly string[];
  /** Why it changes no state that can be reached; missing where it does. */
  readonly equivalent?: string;
  /** Goals that nothing can meet in it. */
  readonly unreachable?: readonly string[];
}

/** Something that a fuzzed actor may do. */
export interface OperationInfo {
  readonly name: string;
  readonly sentence: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
}

/** What the harness needs of a model; `P` is a program: what is done in a run, apart from who moves when. */
export interface Model<W extends World, P> {
  readonly routines: readonly Routine<W>[];
  readonly variants: readonly Variant<W>[];
  readonly operations: readonly OperationInfo[];
  /** What programs draw their operations from, by name, with weights. */
  readonly mixes: readonly { readonly name: string; readonly weight: number; readonly operations: readonly string[] }[];
  readonly programs: fc.Arbitrary<P>;
  /** What a program is with one thing left out, in every way. */
  smaller(program: P): readonly P[];
  /** Programs of a few operations each, drawn anew for each program. */
  readonly swarms: fc.Arbitrary<P>;
  /** What campaigns count as a state. */
  readonly abstraction: Abstraction<W>;
  /** Small worlds to visit all of. */
  readonly casts: readonly Cast<W, P>[];
  /** Throws a UsageError on anything that is not a program. */
  parseProgram(value: unknown): P;
  /** One word, without a colon or white space. */
  programText(program: P): string;
  /** The inverse; throws a UsageError. */
  parseProgramText(text: string): P;
  createWorld(program: P, memory?: Memory): W;
  /** Puts a world into the state in which every run of its program starts. */
  reset(world: W, code: Code<W>): void;
  /** On whose behalf a mover acts, for stories; empty if nobody's. */
  actorName(world: W, mover: number): string;
  /** How its state is drawn; the same lanes in the same order for a run's whole length. */
  picture(world: W): readonly Lane[];
}

/** One of the system's own bugs, found before. */
export interface KnownBug {
  readonly id: string;
  readonly property: string;
  /** With `*` for anything. */
  readonly cause: string;
  /** Its races; missing: any. A shrunk finding with another race is another bug. */
  readonly buckets?: readonly string[];
  /** The presets that contain it. */
  readonly variants: readonly string[];
  readonly sentence: string;
}

/** Everything that commands work on. */
export interface Project<W extends World, P> {
  readonly model: Model<W, P>;
  readonly claims: readonly Claim<W>[];
  readonly known: readonly KnownBug[];
}

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

/** The thing of that name, or a UsageError that names the choices. */
export function pick<T extends { readonly name: string }>(what: string, name: string, among: readonly T[]): T {
  const found = among.find((it) => it.name === name);
  if (found === undefined)
    throw new UsageError(`no ${what} is called "${name}"`, `There are: ${among.map((it) => it.name).join(', ')}.`);
  return found;
}

/**
 * The properties that a pattern names, all goals, and whatever ends a run: behind a throw there is nothing to judge. Throws a UsageError
 * when the pattern names no property.
 */
export function judging<W>(claims: readonly Claim<W>[], glob: string): Claim<W>[] {
  const isNamed = (claim: Claim<W>) => isProperty(claim) && isLike(glob, claim.name);
  const isFatal = (claim: Claim<W>) => claim.kind === 'always' && claim.isFatal === true;
  if (claims.some(isNamed)) return claims.filter((it) => !isProperty(it) || isNamed(it) || isFatal(it));
  const names = claims.filter(isProperty).map(({ name }) => name);
  throw new UsageError(`no property is called "${glob}"`, `There are: ${names.join(', ')}.`);
}

export const isProperty = <W>(claim: Claim<W>): claim is Property<W> => claim.kind !== 'sometimes';

/**
 * How a bug is called: property, cause, and the race in it where that is known (race.ts). Another seed or strategy that finds the
 * same bug comes to the same name.
 */
export const bucketOf = (property: string, cause: string, race: readonly RacingLine[] = []): string =>
  [property, hash(cause), ...(race.length === 0 ? [] : [hash(race.join('\n'))])].join('-');

/** A bucket without its race; undefined where the text is no bucket. */
export const bugOf = (bucket: string): string | undefined => /^([^-]+-[0-9a-f]{8})(-[0-9a-f]{8})?$/.exec(bucket)?.[1];

/** Whether a bucket is of this property and cause, by whatever race. */
export const isAbout = (bucket: string, property: string, cause: string): boolean =>
  bugOf(bucket) === bucketOf(property, cause);

/** Whether a text is what a pattern with `*` for anything says. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** The variant without edits; a planted bug is planted in it. */
export const BASELINE = 'commit';

/** What a planted bug has only because its baseline has it, and so says nothing of it. */
export const isInherited = (known: readonly KnownBug[], property: string, cause: string, variant: Variant<never>) =>
  !variant.isPreset && knownBug(known, property, cause, variant) !== undefined;

/** The known bug that a finding is, if the variant (or what it was planted in) is known to have it; by its race, too, if `bucket` is given. */
export function knownBug(
  known: readonly KnownBug[],
  property: string,
  cause: string,
  variant: Variant<never>,
  bucket?: string,
): KnownBug | undefined {
  return known.find(
    (bug) =>
      bug.property === property &&
      isLike(bug.cause, cause) &&
      (bucket === undefined || (bug.buckets?.includes(bucket) ?? true)) &&
      bug.variants.includes(variant.isPreset ? variant.name : BASELINE),
  );
}
