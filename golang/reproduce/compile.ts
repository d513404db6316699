import fs from 'node:fs';
import path from 'node:path';
import { InternalError } from '../../harness/base/errors';
import type { Runtime } from '../../models/runtime';
import { MASK } from '../overlay/make';
import { type Insertion, inserted, offsetIn, spanOf, spansIn } from './insert';
import type { Place } from './places';
import { ANYONE, END, type Plan, type Point } from './plan';
import type { Played } from './play';

const PRELUDE = path.join(__dirname, '../overlay/gates.go');

/** What each goroutine of the model is called in gates.go. */
function roleOf(world: Runtime, index: number): string {
  if (index === ANYONE) return 'prAnyone';
  if (index < 0) return 'prNobody';
  const g = world.gs[index]!;
  if (index < world.program.gs.length) return String(index + 1);
  if (world.isWorker(g)) return 'prWorker';
  if (world.isReader(g)) return 'prReader';
  if (g === world.sweeper) return 'prSweep';
  return 'prOther';
}

/** Gates of one finding, several plans of them, whichever comes to it. */
export interface Gating {
  readonly plans: readonly Pick<Plan, 'gates' | 'entries'>[];
  readonly guardOf: (point: Point) => string;
  /** Where who waits for ever stands. */
  readonly stands: readonly Place[];
  readonly property: string;
}

/**
 * What a plan's beginning wants of the goroutine whose stack is shrunk in the story, in Go's words: else a trial can
 * come to nothing. It begins when somebody comes to its first gate, and with those who stand where they wait for that.
 * Where no copy races (L9), a shrunk stack is chance, and waiting for one would be waiting for nothing.
 */
export function guardOf({ deeds, built, race }: Played, { actor, subject }: Point): string {
  if (!race.some((line) => line.includes(' copystack: '))) return '';
  const shrunk = new Set(
    deeds.filter(({ pc }) => built.code.routineAt[pc]!.name === 'shrinkstack').map((it) => it.subject ?? it.actor),
  );
  const wanted = 'prGuardBig | prGuardUnseen | prGuardMarking';
  if (shrunk.has(subject ?? actor)) return wanted;
  return shrunk.has(actor) ? `${wanted} | prGuardOwn` : '';
}

/** Everything but what a finding is about is not reported: it would end the program before. */
export function maskFor({ property: { name }, cause }: Pick<Played, 'property' | 'cause'>): number {
  const judged: number[] = [];
  if (!cause.includes('profile')) judged.push(MASK.tracer);
  if (cause.includes('goroutine profile')) judged.push(MASK.L13);
  if (name in MASK) judged.push(MASK[name as keyof typeof MASK]);
  if (name === 'S8') judged.push(cause.startsWith('GoPark') ? MASK.L4 : MASK.L12);
  if (name === 'S5') judged.push(MASK.S1);
  if (/^FN[23]/.test(cause)) judged.push(MASK.S2);
  return judged.reduce((all, it) => all & ~it, ALL);
}

/** But for what is not reported where one bug of several is looked for: see `want`. */
const ALL = Object.entries(MASK).reduce((all, [name, it]) => (/^L(?:14|29)$/.test(name) ? all : all | it), 0);

const gatesIn = ({ plans }: Gating) =>
  plans.flatMap(({ gates }, plan) => gates.map((it, nth) => ({ ...it, nth, plan })));

const entriesIn = ({ plans }: Gating) => plans.flatMap(({ entries }, plan) => entries.map((it) => ({ ...it, plan })));

/** gates.go, with the tables of these gates. */
export function gatesText(world: Runtime, gating: Gating, minor: number): string {
  const whoOf = ({ actor, subject, lentFor }: Point): string[] => [
    `role: ${roleOf(world, actor)}, actor: ${Math.max(-1, actor)}`,
    ...(lentFor === '' ? [] : [`lentFor: waitReason${lentFor}`]),
    ...(subject === undefined ? ['subject: -1'] : [`subject: ${subject}, about: ${roleOf(world, subject)}`]),
  ];
  const guarded = (point: Point, isMeant: boolean): string[] => {
    const guard = isMeant ? gating.guardOf(point) : '';
    return guard === '' ? [] : [`guard: ${guard}`];
  };
  const row = (fields: readonly string[]): string => `\t{${fields.join(', ')}},`;
  const gates = gatesIn(gating).map(({ plan, nth, until, ...it }) =>
    row([
      `plan: ${plan}, nth: ${nth}, until: ${until === END ? 'prEnd' : until}`,
      ...whoOf(it),
      ...guarded(it, nth === 0),
    ]),
  );
  const entries = entriesIn(gating).map(({ plan, from, ...it }) =>
    row([`plan: ${plan}, from: ${from}, stands: ${it.stands}`, ...whoOf(it), ...guarded(it, it.stands)]),
  );
  return fs
    .readFileSync(PRELUDE, 'utf8')
    .replace('\t// PARKRANGER_GATES', gates.join('\n'))
    .replace('\t// PARKRANGER_ENTRIES', entries.join('\n'))
    .replace('internal/runtime/atomic', minor < 23 ? 'runtime/internal/atomic' : 'internal/runtime/atomic');
}

/** What is put in front of which statement. */
export function insertionsOf(gating: Gating): Insertion[] {
  const gOf = ({ subject }: Point, g: string): string => (subject === undefined ? 'nil' : g);
  return [
    // Who comes too early waits first.
    ...entriesIn(gating).map((it, i) => ({
      place: it.place,
      code: (g: string) => `prEntryAt(${i}, ${gOf(it, g)}); `,
    })),
    ...gatesIn(gating).map((it, i) => ({ place: it.place, code: (g: string) => `prGateAt(${i}, ${gOf(it, g)}); ` })),
    ...gating.stands.map((place, i) => ({
      place,
      code: () => `prStuckAt(${i}, "${gating.property}"); `,
    })),
  ];
}

/** The runtime with the oracle, and what is put into it. */
export function gatedFiles(
  files: ReadonlyMap<string, string>,
  read: (file: string) => string,
  insertions: readonly Insertion[],
): Map<string, string> {
  const result = new Map(files);
  const names = [...new Set(insertions.map(({ place }) => place.file))];
  const texts = new Map(names.map((it) => [it, files.get(path.basename(it)) ?? read(it)]));
  const spans = spansIn(texts);
  for (const [file, text] of texts) {
    const own = insertions.filter(({ place }) => place.file === file);
    const lost = own.find(({ place }) => offsetIn(spanOf(spans.get(file), place), place) < 0);
    if (lost !== undefined)
      throw new InternalError(`nothing can be put in front of "${lost.place.statement.text}" in ${file}`);
    result.set(path.basename(file), inserted(text, spans.get(file)!, own));
  }
  return result;
}
