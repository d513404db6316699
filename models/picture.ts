import type { Lane } from '../harness/picture';
import type { G } from './cells';
import type { Runtime } from './runtime';
import { statusName } from './status';

/** How a state is drawn: a lane for each M, and one for each goroutine that is there. */
export function picture(w: Runtime): Lane[] {
  return [
    ...w.ms.map(
      ({ index, curg, walked }): Lane => ({
        name: w.moverName(index),
        kind: 'M',
        state: curg === undefined ? 'on g0' : w.gName(curg),
        bars: walked === undefined ? [] : [{ kind: 'walk', text: `walks ${w.gName(walked)}` }],
        isContested: false,
      }),
    ),
    ...w.gs.map(
      (g): Lane => ({
        name: w.gName(g),
        kind: 'G',
        state: g.free ? '' : `${statusName[g.status]}${g.scan ? ' + scan' : ''}`,
        bars: barsOf(w, g),
        isContested: isContested(w, g),
      }),
    ),
  ];
}

/** Who has the stack, and what is done to it. */
function barsOf(w: Runtime, g: G): Lane['bars'] {
  const m = (id: number): string => w.moverName(id - 1);
  const walks = w.ms
    .filter(({ walked }) => walked === g)
    .map((it) => ({ kind: 'walk' as const, text: `walked by ${m(it.id)}` }));
  return [
    ...(g.runBy === 0 ? [] : [{ kind: 'own' as const, text: `run by ${m(g.runBy)}` }]),
    ...(g.lentBy === 0 ? [] : [{ kind: 'own' as const, text: `lent to ${m(g.lentBy)}` }]),
    ...(g.scanOwner === 0 ? [] : [{ kind: 'own' as const, text: `locked by ${m(g.scanOwner)}` }]),
    ...walks,
    ...(g.copiedBy === 0 ? [] : [{ kind: 'copy' as const, text: `copied by ${m(g.copiedBy)}` }]),
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
