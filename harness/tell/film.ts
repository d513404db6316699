import type { Build } from '../language/build';
import type { BarKind, Colour, Lane } from '../language/lane';
import type { Model } from '../language/model';
import type { Claim } from '../language/property';
import type { World } from '../language/world';
import type { Recording } from './recording';
import { type StoryStep, tell } from './story';

/** From step `from` up to, not including, step `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface FilmLane {
  readonly name: string;
  readonly kind: string;
  readonly states: readonly (Span & { readonly tone: Colour })[];
  readonly bars: readonly (Span & { readonly kind: string })[];
  readonly contested: readonly Span[];
}

/** A run as spans of steps, to be drawn. */
export interface Film {
  readonly story: readonly StoryStep[];
  readonly lanes: readonly FilmLane[];
  /** What its bars may be, in the order in which they are drawn. */
  readonly barKinds: readonly BarKind[];
}

/** Runs a recording again, and notes what each actor looks like behind each step. */
export function film<W extends World, P>(
  model: Model<W, P>,
  build: Build<W>,
  claims: readonly Claim<W>[],
  recording: Recording<P>,
  maxSteps: number,
): Film {
  const frames: (readonly Lane[])[] = [];
  const { story } = tell(model, build, claims, recording, maxSteps, (world) => frames.push(model.picture(world)));
  const names = frames[0]?.map(({ name }) => name) ?? [];
  const lanes = names.map((name, at): FilmLane => {
    const own = frames.map((frame) => frame[at]!);
    const toneOf = new Map(own.map(({ state, tone }) => [state, tone]));
    return {
      name,
      kind: own[0]!.kind,
      states: spansOf(own.map(({ state }) => (state === '' ? [] : [state]))).map((span) => ({
        ...span,
        tone: toneOf.get(span.text)!,
      })),
      bars: model.barKinds.flatMap(({ kind }) =>
        spansOf(own.map(({ bars }) => bars.filter((bar) => bar.kind === kind).map(({ text }) => text))).map((span) => ({
          ...span,
          kind,
        })),
      ),
      contested: spansOf(own.map(({ isContested }) => (isContested ? ['contested'] : []))),
    };
  });
  return { story, lanes: lanes.filter(({ states }) => states.length > 0), barKinds: model.barKinds };
}

/** Of texts that stand at each step, from where to where each does without a break. */
export function spansOf(texts: readonly (readonly string[])[]): Span[] {
  const spans: { from: number; to: number; text: string }[] = [];
  const open = new Map<string, { from: number; to: number; text: string }>();
  texts.forEach((now, step) => {
    for (const text of open.keys()) if (!now.includes(text)) open.delete(text);
    for (const text of now) {
      const span = open.get(text) ?? { from: step, to: step, text };
      if (!open.has(text)) spans.push(span);
      open.set(text, span);
      span.to = step + 1;
    }
  });
  return spans;
}
