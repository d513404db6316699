/**
 * The language that models and properties are written in; the only part of the harness that they see. Columns make a
 * state, lines and routines say what is done, edits depart from that, claims say what must hold. docs/language.md is
 * the way in.
 */
export { ModelError, UsageError } from '../base/errors';
export { type Build, build } from './build';
export type { Cast } from './cast';
export {
  actorKind,
  type Column,
  type ColumnSpec,
  ghost,
  note,
  own,
  published,
  shared,
  View,
  type ViewOf,
} from './columns';
export {
  bracket,
  type Edit,
  everywhere,
  insertAfter,
  moveAfter,
  replace,
  rewriteRoutine,
  unwrap,
  without,
} from './edit';
export type { BarKind, Colour, Lane } from './lane';
export {
  type ArgOf,
  arg,
  type Line,
  type Node,
  type Operand,
  operand,
  pass,
  type Routine,
  reads,
  type Touch,
  wordsFor,
  writes,
} from './line';
export type { Code } from './link';
export { type Abstraction, defineModel, type Model, type OperationInfo, type Variant } from './model';
export type { KnownBug, Mutation, Project, Sign, SourcePlace, Tool } from './project';
export {
  type Always,
  type AtRest,
  always,
  atRest,
  type Claim,
  type Property,
  type Sometimes,
  sometimes,
} from './property';
export { baselineOf, findVariant } from './variants';
export { type Entry, type Memory, World } from './world';
