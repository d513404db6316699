import type { Variant as AnyVariant } from '../../harness/language';
import type { Runtime } from '../runtime';

export type Variant = AnyVariant<Runtime>;

/** A state that history has seen, as what differs from the commit. */
export const preset = (parts: Omit<Variant, 'isPreset' | 'breaks'>): Variant => ({
  ...parts,
  isPreset: true,
  breaks: [],
});

/** One bug, alone: in the commit, or in the preset that it names as its base. */
export const planted = (parts: Omit<Variant, 'isPreset'>): Variant => ({ ...parts, isPreset: false });
