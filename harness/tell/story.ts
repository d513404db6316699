import type { Build } from '../language/build';
import { isProperty } from '../language/judging';
import type { Model } from '../language/model';
import { type Claim, isEndless, type Property } from '../language/property';
import { traced, type World } from '../language/world';
import { Machine, type Verdict } from '../run/machine';
import { TapePlayer } from '../run/players';
import { isAbout } from './bucket';
import { RaceWatch, type RacingLine } from './race';
import type { Recording } from './recording';

/** One step that another mover could have noticed: who, on whose behalf, in which function, which line. */
export interface StoryStep {
  readonly mover: string;
  readonly actor: string;
  readonly routine: string;
  readonly line: string;
}

/** What a recording shows when it runs again. */
export interface Telling<W> {
  readonly verdict: Verdict;
  /** The bug that the recording is about, if it still happens. */
  readonly broken?: {
    readonly property: Property<W>;
    readonly cause: string;
    readonly sentence: string;
    /** Empty for properties that are judged at rest, whose cause tells who waits where. */
    readonly race: readonly RacingLine[];
  };
  /** What broke besides, up to the same step. */
  readonly besides: readonly { readonly property: string; readonly cause: string }[];
  readonly story: readonly StoryStep[];
  readonly steps: number;
  /** How many choices of the tape were used. */
  readonly tapeLength: number;
}

/**
 * Runs a recording up to the bug that it is about, and writes down every step that is not the mover's private affair.
 */
export function tell<W extends World, P>(
  model: Model<W, P>,
  { code }: Build<W>,
  claims: readonly Claim<W>[],
  recording: Recording<P>,
  maxSteps: number,
  /** Hears of each step of the story. */
  look: (world: W) => void = () => {},
): Telling<W> {
  const world = model.createWorld(recording.program, traced);
  const about = claims.find(({ name }) => recording.bucket.startsWith(`${name}-`));
  const endless = isEndless(about);
  model.reset(world, code);
  const watch = new RaceWatch(world, code);
  const judged = claims
    .filter(isProperty)
    .filter((it) => endless || !isEndless(it))
    .map((it) => (it === about ? watch.watch(it) : it));
  const machine = new Machine(code, world, judged, maxSteps);
  const story: StoryStep[] = [];
  let broken: Telling<W>['broken'];
  const besides: { property: string; cause: string }[] = [];
  /** The step at hand, if it is private. */
  let hidden: StoryStep | undefined;
  const actors = Array.from({ length: world.moverCount }, (_, mover) => model.actorName(world, mover));
  const verdict = machine.run(new TapePlayer(recording.tape, endless), {
    broken: (property, cause) => {
      if (broken !== undefined || !isAbout(recording.bucket, property.name, cause)) {
        besides.push({ property: property.name, cause });
        return false;
      }
      // Telling the sentence looks at cells, too.
      const race = property.kind === 'always' ? watch.race() : [];
      // It may be a private one.
      if (property.kind === 'always' && hidden !== undefined) {
        story.push(hidden);
        look(world);
      }
      broken = { property, cause, sentence: property.tell?.(world) ?? cause, race };
      return true;
    },
    met: () => {},
    step: (mover, pc) => {
      watch.heard(mover, pc);
      const actor = model.actorName(world, mover) || actors[mover]!;
      actors[mover] = model.actorName(world, mover);
      const { routine, line } = code.describe(pc);
      const step = { mover: world.moverName(mover), actor, routine, line };
      hidden = code.isLocal[pc] === 1 ? step : undefined;
      if (hidden !== undefined) return;
      story.push(step);
      look(world);
    },
  });
  return { verdict, ...(broken && { broken }), besides, story, steps: machine.steps, tapeLength: machine.tapeLength };
}

const MAX_COLUMN = 46;

/** The story in time's order, top to bottom, one column per mover; a function's name stands above its lines. */
export function storyText(story: readonly StoryStep[]): string {
  const movers = [...new Set(story.map((step) => step.mover))].sort();
  const cells: { column: number; text: string }[] = [];
  const at = new Map<string, string>();
  for (const { mover, actor, routine, line } of story) {
    const column = movers.indexOf(mover);
    const where = `${routine}${actor && ` (${actor})`}`;
    if (at.get(mover) !== where) cells.push({ column, text: where });
    at.set(mover, where);
    cells.push({ column, text: `  ${line}` });
  }
  const widths = movers.map((mover, column) =>
    Math.min(
      MAX_COLUMN,
      Math.max(mover.length, ...cells.filter((cell) => cell.column === column).map(({ text }) => text.length)),
    ),
  );
  const row = (column: number, text: string): string => {
    const indent = widths.slice(0, column).reduce((sum, width) => sum + width + 2, 2);
    const isLast = column === movers.length - 1;
    const cut = !isLast && text.length > MAX_COLUMN ? `${text.slice(0, MAX_COLUMN - 1)}…` : text;
    return ' '.repeat(indent) + cut;
  };
  const header = `  ${movers.map((mover, i) => mover.padEnd(widths[i]!)).join('  ')}`.trimEnd();
  return [header, ...cells.map(({ column, text }) => row(column, text))].join('\n');
}
