export const tones = ['run', 'ready', 'wait', 'away', 'odd', 'none'] as const;

export type Tone = (typeof tones)[number];

export const barKinds = ['run', 'lent', 'locked', 'walked', 'copied'] as const;

export type BarKind = (typeof barKinds)[number];

/** What an actor of a state looks like. */
export interface Lane {
  readonly name: string;
  /** Lanes of a kind stand together. */
  readonly kind: string;
  /** What it is doing; empty where it is not there. */
  readonly state: string;
  /** The colour of that, the same on every page. */
  readonly tone: Tone;
  /** Who holds what the system is about, reads it or replaces it. */
  readonly bars: readonly { readonly kind: BarKind; readonly text: string }[];
  /** Whether two hold it who must not. */
  readonly isContested: boolean;
}
