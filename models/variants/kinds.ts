import type { Variant as AnyVariant, Edit } from '../../harness/language';
import type { Runtime } from '../runtime';

export type Variant = AnyVariant<Runtime>;

/** A state that history has seen. */
export const preset = (
  name: string,
  sentence: string,
  source: string,
  breaks: readonly string[],
  edits: readonly Edit<Runtime>[],
): Variant => ({ name, sentence, source, edits, breaks, isPreset: true });

/** One bug, alone. */
export const planted = (
  name: string,
  sentence: string,
  source: string,
  breaks: readonly string[],
  edits: readonly Edit<Runtime>[],
): Variant => ({ ...preset(name, sentence, source, breaks, edits), isPreset: false });
