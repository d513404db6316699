import type { BarKind, Colour, Lane } from '../harness/language';
import type { Runtime } from './runtime';
import { type G, Grunnable, Grunning, Gsyscall, Gwaiting, statusName } from './words';

const toneOf: Readonly<Record<number, Colour>> = {
  [Grunning]: 'green',
  [Grunnable]: 'blue',
  [Gwaiting]: 'amber',
  [Gsyscall]: 'teal',
};

/** How a state is drawn: a lane for each M, and one for each goroutine that is there. */
export function picture(w: Runtime): Lane[] {
  return [
    ...w.ms.map(
      ({ index, id, curg, walked }): Lane => ({
        name: w.moverName(index),
        kind: 'M',
        state: curg === undefined ? 'g0' : w.gName(curg),
        tone: 'soft',
        bars: [
          ...(walked === undefined ? [] : [{ kind: 'walked', text: `walks ${w.gName(walked)}` }]),
          ...w.gs.filter((g) => g.copiedBy === id).map((g) => ({ kind: 'copied', text: `copies ${w.gName(g)}` })),
        ],
        isContested: false,
      }),
    ),
    ...w.gs.map(
      (g): Lane => ({
        name: w.gName(g),
        kind: 'G',
        state: g.free ? '' : `${statusName[g.status]}${g.scan ? ' + scan' : ''}`,
        tone: toneOf[g.status] ?? 'violet',
        bars: barsOf(w, g),
        isContested: isContested(w, g),
      }),
    ),
  ];
}

const bars = {
  run: { colour: 'green', text: 'run on' },
  lent: { colour: 'amber', text: 'lent to' },
  locked: { colour: 'blue', text: 'locked by' },
  walked: { colour: 'violet', text: 'walked by' },
  copied: { colour: 'red', text: 'copied by' },
} as const;

type Bar = keyof typeof bars;
export const barKinds: readonly BarKind[] = Object.entries(bars).map(([kind, { colour }]) => ({ kind, colour }));

/** Who has the stack, and what is done to it. */
function barsOf(w: Runtime, g: G): Lane['bars'] {
  const by = (kind: Bar, id: number) => (id === 0 ? [] : [{ kind, text: `${bars[kind].text} ${w.moverName(id - 1)}` }]);
  return [
    ...by('run', g.runBy),
    ...by('lent', g.lentBy),
    ...by('locked', g.scanOwner),
    ...w.ms.filter(({ walked }) => walked === g).flatMap(({ id }) => by('walked', id)),
    ...by('copied', g.copiedBy),
  ];
}

/** Whether one M reads a stack that another is copying, or that has gone since. */
const isContested = (w: Runtime, g: G): boolean =>
  w.ms.some(
    (m) =>
      (m.walked === g &&
        m.walkEpoch !== 0 &&
        (m.walkEpoch !== 1 + g.epoch || (g.copiedBy !== 0 && g.copiedBy !== m.id))) ||
      (g.copiedBy === m.id && g.lentBy !== 0 && g.lentBy !== m.id),
  );
