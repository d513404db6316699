/** Colours that pages have in light and dark; `soft` for what need not be seen. */
export type Colour = 'green' | 'blue' | 'amber' | 'teal' | 'violet' | 'red' | 'soft';

/** A kind of thing that is done to an actor, drawn as a bar below its state. */
export interface BarKind {
  readonly kind: string;
  readonly colour: Colour;
}

/** What an actor of a state looks like. */
export interface Lane {
  readonly name: string;
  /** Lanes of a kind stand together. */
  readonly kind: string;
  /** What it is doing; empty where it is not there. */
  readonly state: string;
  /** The colour of that, the same on every page. */
  readonly tone: Colour;
  /** Who holds what the system is about, reads it or replaces it; of the model's bar kinds. */
  readonly bars: readonly { readonly kind: string; readonly text: string }[];
  /** Whether two hold it who must not. */
  readonly isContested: boolean;
}
