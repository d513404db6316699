import type { Model } from '../../harness/language';
import { isEndless } from '../../harness/language/property';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import type { Place } from './places';
import { ANYONE, END, type Entry, type Gate, type Plan, type Point } from './plan';
import type { Deed, Played } from './play';
import { Walks } from './walks';

interface Switch {
  /** The points near it, the best guess first. */
  readonly points: readonly Point[];
  /** The switch behind which the mover goes on, if it does. */
  readonly goesOn: number | undefined;
  /** Where who moves next could be kept from coming too early. */
  readonly entries: readonly (Point & Pick<Entry, 'stands'>)[];
}

/** How many of a story's last switches are looked at, and how many of them are gates at once. */
const SWITCHES = 5;
const MOST = 3;
/**
 * How many statements behind a switch, and in front of it, can be the one that is held at. Where no two lines race,
 * which are candidates as well, in a hang or in an error that Go throws much later (L10), it can be one farther on.
 */
const FORWARD = 4;
const FORWARD_TO_END = 24;
const BACKWARD = 6;
/** From how many states of the story walks begin, and how many there are for each choice. */
const CUTS = 40;
const WALKS = 40;
/** How many walks say whether a hang is decided. */
const ASKED = 12;
/** How many plans take turns in Go. */
const MAX_PLANS = 32;
/** Where fewer choices than this come to it, this many walks are made for each. */
const FEW = 8;
const MANY = 150;
/** How many choices are tried on programs that go on for ever, and how often. */
const TRIED = 120;
const TRIALS = 16;
/** A first gate that is come to more often than that is come to often enough. */
const ENOUGH = 200;
/** How many plans may hold in the same functions. */
const ALIKE = 2;
/** What is as good as another, for all that walks at random can tell. */
const AS_GOOD = 0.75;
const MAX_STEPS = 1500;
/** Who is judged at rest has to come there. */
const MAX_STEPS_TO_REST = 6000;

/** The lines that a mover can be held in front of, one for each statement. */
function pointsAlong(
  deeds: readonly Deed[],
  places: readonly (Place | undefined)[],
  max: number,
  not?: string,
): Point[] {
  const points: Point[] = [];
  let last = not;
  for (const { pc, actor, subject, lentFor } of deeds) {
    const place = places[pc];
    if (place === undefined || place.id === last) continue;
    last = place.id;
    points.push({ place, actor, subject, lentFor });
    if (points.length === max) break;
  }
  return points;
}

/** The deeds behind which another mover goes on. */
const endsOf = (deeds: readonly Deed[]): number[] =>
  deeds.flatMap((it, i) => (i + 1 < deeds.length && deeds[i + 1]!.mover !== it.mover ? [i] : []));

/** The last switches of a story, up to the one behind which it takes its course. */
function switchesOf(
  { deeds, alone, race }: Played,
  window: readonly number[],
  places: readonly (Place | undefined)[],
  usable: readonly (Place | undefined)[],
): Switch[] {
  const forward = race.length < 2 ? FORWARD_TO_END : FORWARD;
  return window.map((end, nth): Switch => {
    const { mover } = deeds[end]!;
    const onwards = deeds.slice(end + 1).filter((it) => it.mover === mover);
    const before = deeds
      .slice(0, end + 1)
      .filter((it) => it.mover === mover)
      .reverse();
    const at = places[deeds[end]!.pc]?.id;
    const goesOn = window.findIndex((it, i) => i > nth && deeds[it]!.mover === mover);
    const last = deeds[window.at(-1)! + 1]!.mover === mover ? window.length : undefined;
    const segment = deeds.slice(end + 1, (window[nth + 1] ?? deeds.length - 1) + 1);
    const running = pointsAlong(
      segment.filter(({ actor }) => actor >= 0),
      usable,
      60,
    );
    const about = running.find(({ subject }) => subject !== undefined);
    // Who goes on behind the switch with what he has begun before.
    const [next] = segment;
    const earlier = deeds.slice(0, end + 1).findLast((it) => it.mover === next?.mover);
    const isOn = earlier !== undefined && earlier.actor >= 0 && earlier.actor === next!.actor;
    return {
      goesOn: goesOn >= 0 ? goesOn : last,
      points: [
        ...different([
          ...pointsAlong(alone.get(end)!, usable, forward, at),
          ...pointsAlong([...onwards, ...alone.get(lastOf(deeds, mover))!], usable, forward, at),
        ]),
        ...pointsAlong(before, usable, BACKWARD),
      ],
      entries: [...new Set([running[0], about])]
        .filter((it) => it !== undefined)
        .map((it) => ({ ...it, stands: isOn })),
    };
  });
}

/** The lines of a race as gates, in whatever order, each M held in front of its line or behind it. */
function racesOf(
  { deeds, alone, race, built }: Played,
  usable: readonly (Place | undefined)[],
): { gates: Gate[]; entries: Entry[] }[] {
  const breaker = deeds.at(-1)!.mover;
  const pointsOf = (line: string): Point[] => {
    const at = deeds.findLastIndex(({ mover, pc }) => {
      const { routine, line: text } = built.code.describe(pc);
      return (mover === breaker) === line.startsWith('A ') && `${routine}: ${text}` === line.slice(2);
    });
    const deed = deeds[at];
    if (deed === undefined) return [];
    const onwards = deeds.slice(at + 1).filter(({ mover }) => mover === deed.mover);
    const id = usable[deed.pc]?.id;
    return [
      ...pointsAlong([deed], usable, 1),
      ...pointsAlong([...onwards, ...alone.get(lastOf(deeds, deed.mover))!], usable, 1, id),
    ];
  };
  /** Where the same goroutine begins with the other one. */
  const firstAbout = ({ actor, subject }: Point): Point | undefined => {
    if (subject === undefined) return undefined;
    const last = deeds.findLastIndex((it) => it.actor === actor && it.subject === subject);
    const turn = deeds.slice(0, last + 1).findLastIndex((it) => it.actor !== actor && it.mover === deeds[last]!.mover);
    return pointsAlong(
      deeds.slice(turn + 1).filter((it) => it.actor === actor && it.subject === subject),
      usable,
      1,
    )[0];
  };
  const options = race.map(pointsOf).filter((it) => it.length > 0);
  if (options.length < 2) return [];
  const choices = options.reduce<Point[][]>((all, some) => all.flatMap((it) => some.map((one) => [...it, one])), [[]]);
  return choices
    .flatMap(permutations)
    .filter((it) => new Set(it.map(({ place }) => place.id)).size === it.length)
    .flatMap((points) => {
      const gates = points.map((it, i): Gate => ({ ...it, until: i + 1 === points.length ? END : points.length }));
      const early = points.slice(1).map((it, i): Entry => ({ ...it, from: i + 1, stands: false }));
      const earlier = early.flatMap((it) => {
        const first = firstAbout(it);
        return first === undefined ? [] : [{ ...first, from: it.from, stands: false }];
      });
      return [
        { gates, entries: [] },
        { gates, entries: early },
        ...(earlier.length === 0 ? [] : [{ gates, entries: earlier }]),
      ];
    });
}

const lastOf = (deeds: readonly Deed[], mover: number): number => deeds.findLastIndex((it) => it.mover === mover);

const different = (points: readonly Point[]): Point[] => [
  ...new Map(points.map((it) => [pointKey(it), it] as const)).values(),
];

const permutations = <T>(some: readonly T[]): T[][] =>
  some.length < 2
    ? [[...some]]
    : some.flatMap((it, i) => permutations(some.toSpliced(i, 1)).map((rest) => [it, ...rest]));

/**
 * Fewer gates do, unless more come to the bug that much more often; who runs no goroutine is hard to tell in Go. Where
 * a trial begins with two at once, it seldom does: the one who has to stand there may do so for the length of a wait.
 */
const worth = ({ gates, entries }: Pick<Plan, 'gates' | 'entries'>): number =>
  0.85 ** (gates.length + entries.length) *
  0.6 ** [...gates, ...entries].filter(({ actor }) => actor < 0).length *
  0.3 ** entries.filter(({ from, stands }) => stands && from === 1).length;

/**
 * How many of a hang's switches matter: behind the last of those it comes often, whoever goes on, and shows long after.
 */
function decisiveOf(
  model: Model<Runtime, Program>,
  played: Played,
  places: readonly (Place | undefined)[],
  ends: readonly number[],
  maxSteps: number,
): number {
  let until = ends.length;
  for (; until > 1; until--) {
    const walks = Walks.alongStory(model, played, places, ends[until - 2]! + 1, maxSteps, 1).fromLast();
    if (walks.hits([], [], ASKED, true) < ASKED / 4) break;
  }
  return until;
}

/** The best gates of a finding. */
export function planOf(
  model: Model<Runtime, Program>,
  played: Played,
  places: readonly (Place | undefined)[],
  canHold: (place: Place) => boolean,
): Plan[] {
  const comesToRest = played.property.kind === 'atRest' && !isEndless(played.property);
  const maxSteps = comesToRest ? MAX_STEPS_TO_REST : MAX_STEPS;
  const all = endsOf(played.deeds);
  const until = played.property.kind === 'atRest' ? decisiveOf(model, played, places, all, maxSteps) : all.length;
  const begins = all.slice(0, until).slice(-SWITCHES - 1);
  const begin = begins.length > SWITCHES ? begins[0]! + 1 : 0;
  const short = Walks.alongStory(model, played, places, begin, maxSteps, CUTS);
  // Where a story goes on behind what decides it, its end may be the easier place to hold somebody at.
  const windows = [...new Set([until, all.length])].map((it) => all.slice(0, it).slice(-SWITCHES));
  const usable = places.map((it) => (it !== undefined && canHold(it) ? it : undefined));
  const known = new Map<string, Plan>();
  const judged = (gates: readonly Gate[], entries: readonly Entry[] = []): Plan => {
    const key = JSON.stringify([...gates, ...entries].map(({ place: { id }, ...it }) => ({ ...it, id })));
    // One gate alone is worth most, and there are not many.
    const walks = gates.length + entries.length === 1 ? 4 * WALKS : WALKS;
    const plan = known.get(key) ?? { gates, entries, hits: short.hits(gates, entries, walks) / walks };
    known.set(key, plan);
    return plan;
  };
  judged([]);
  const races = racesOf(played, usable).map(({ gates, entries }) => judged(gates, entries));
  for (const window of windows.filter((it) => it.length > 0)) {
    const switches = switchesOf(played, window, places, usable);
    for (let subset = 1; subset < 1 << switches.length; subset++) {
      const chosen = switches.flatMap((_, i) => (subset & (1 << i) ? [i] : []));
      if (chosen.length > MOST || chosen.some((i) => switches[i]!.points.length === 0)) continue;
      const gatesOf = (at: readonly number[], isHeld: boolean): Gate[] =>
        chosen.map((i, nth) => {
          const { points, goesOn } = switches[i]!;
          const until = goesOn === undefined ? (isHeld ? END : 0) : chosen.filter((it) => it < goesOn).length;
          return { ...points[at[nth]!]!, until };
        });
      const entrySets: Entry[][] = [[]];
      for (const [nth, i] of chosen.entries())
        for (const set of [...entrySets])
          for (const it of switches[i]!.entries) entrySets.push([...set, { ...it, from: nth + 1 }]);
      let at = chosen.map(() => 0);
      let best: Plan | undefined;
      const consider = (other: number[], entries: readonly Entry[]): void => {
        for (const isHeld of [true, false]) {
          const plan = judged(gatesOf(other, isHeld), entries);
          if (best === undefined || plan.hits * worth(plan) > best.hits * worth(best)) {
            best = plan;
            at = other;
          }
        }
      };
      for (const set of entrySets) consider(at, set);
      for (let nth = 0; nth < chosen.length; nth++)
        for (let point = 1; point < switches[chosen[nth]!]!.points.length; point++)
          consider(at.with(nth, point), best!.entries);
    }
  }
  const by = (rate: (plan: Plan) => number) => (a: Plan, b: Plan) => rate(b) * worth(b) - rate(a) * worth(a);
  let byStory = [...known.values()].filter(({ hits }) => hits > 0).sort(by(({ hits }) => hits));
  // Where hardly any comes to it, all of them are tried for longer, and what never does is better than nothing.
  if (byStory.length < FEW)
    byStory = varied([...known.values()].sort(by(() => 1)), TRIED, ALIKE)
      .map((it) => ({ ...it, hits: (short.hits(it.gates, it.entries, MANY, true) + 0.1) / MANY }))
      .sort(by(({ hits }) => hits));
  // Few walks from a story come to a race's lines in another order than the story's; programs that go on, often do.
  const tried = [...new Set([...races, ...varied(byStory, TRIED, 8)])];
  const long = Walks.overAndOver(model, played, places);
  const firsts = new Map(tried.flatMap(({ gates: [it] }) => (it === undefined ? [] : [[pointKey(it), it] as const])));
  const arrivals = long.arrivals([...firsts.values()]);
  const arrivalOf = new Map([...firsts.keys()].map((key, i) => [key, arrivals[i]!]));
  const often = tried
    .map((it): Plan => {
      const own = it.gates[0] && arrivalOf.get(pointKey(it.gates[0]))!;
      if (own === undefined || own.times === 0) return it;
      const often = long.from(own.starts).hits(it.gates, it.entries, TRIALS) / TRIALS;
      return { ...it, often, arrivals: own.times };
    })
    .filter(({ often = 0 }) => often > 0)
    .sort(by(({ often = 0, arrivals = 0 }) => often * Math.min(1, arrivals / ENOUGH)));
  // A race that no walk has come to (hits of 0) is worth something, too.
  const asRace = ({ hits }: Plan) => hits + 0.1;
  const chosen = [
    ...varied(often, MAX_PLANS / 2, ALIKE),
    ...varied(races.toSorted(by(asRace)), MAX_PLANS / 8, ALIKE),
    ...byStory,
  ];
  const own = played.recording.program.gs.length;
  return varied(chosen, MAX_PLANS, ALIKE + 1).map((it) => byAnyone(it, short, own));
}

/**
 * Where a goroutine of the runtime comes to another one's stack, anyone may who does the same, if that is as good: an
 * assist for a worker of the GC. There are more of them in Go than in a story.
 */
function byAnyone(plan: Plan, walks: Walks, own: number): Plan {
  const isMeant = ({ actor, subject }: Point): boolean => actor >= own && subject !== undefined && subject < own;
  if (![...plan.gates, ...plan.entries].some(isMeant)) return plan;
  const opened = <T extends Point>(it: T): T => (isMeant(it) ? { ...it, actor: ANYONE, lentFor: '' } : it);
  const other = { ...plan, gates: plan.gates.map(opened), entries: plan.entries.map(opened) };
  const [before, after] = [plan, other].map((it) => walks.hits(it.gates, it.entries, WALKS, true) / WALKS);
  return after! >= AS_GOOD * before! ? { ...other, hits: after! } : plan;
}

const pointKey = ({ place, actor, subject, lentFor }: Point): string => `${place.id}/${actor}/${subject}/${lentFor}`;

/** The best, but not many that hold the same in the same functions. */
function varied(plans: readonly Plan[], max: number, alike: number): Plan[] {
  const seen = new Map<string, number>();
  const chosen: Plan[] = [];
  for (const plan of plans) {
    const key = [
      ...plan.gates.map(({ place }) => place.statement.in),
      ...plan.entries.map(({ place }) => place.statement.in),
    ].join();
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    if (times < alike && !chosen.includes(plan)) chosen.push(plan);
    if (chosen.length === max) break;
  }
  return chosen;
}
