import { type Edit, everywhere, type Routine } from '../../harness/language';
import { routines } from '../routines';
import type { Runtime } from '../runtime';
// biome-ignore format: words, not a wall
import { acquireEnabled, enterSection, group, iff, leaveSection, line, mKind, mp, type Node, reads, tl, traceKind,
  unlockSection, writes } from '../words';
import { GO123 } from './go123';
import { preset } from './kinds';

/** Go 1.24: trace critical sections nest. */

const m = mKind.col;

const nested = (text: string, gen: (w: Runtime) => number): readonly Node<Runtime>[] => [
  iff(
    'mp.trace.seqlock.Load()%2 == 1',
    (w) => w.m.seqlock,
    [],
    [
      line(`mp.trace.reentered++; tl.gen = ${text}`, {
        run: (w) => {
          w.m.reentered++;
          tl.set(w, gen(w));
          if (tl(w) !== 0) enterSection(w);
        },
        touches: [reads(traceKind.col.gen), writes(m.depth, mp), writes(m.left, mp), writes(m.section, mp)],
      }),
    ],
    acquireEnabled,
  ),
];

const leaveNested: readonly Node<Runtime>[] = [
  iff(
    'mp.trace.reentered > 0',
    (w) => w.m.reentered > 0,
    [],
    [
      line('mp.trace.reentered--', {
        run: (w) => {
          w.m.reentered--;
          leaveSection(w);
        },
        touches: [writes(m.depth, mp), writes(m.left, mp), writes(m.section, mp)],
      }),
    ],
    [unlockSection],
  ),
];

/** Routines behind edits. */
export const edited = (edits: readonly Edit<Runtime>[], all: readonly Routine<Runtime>[] = routines) =>
  all.map((it) => edits.filter(({ routine: name }) => name === it.name).reduce((now, edit) => edit.apply(now), it));

export const nestingIn = (
  all: readonly Routine<Runtime>[],
  text: string,
  gen: (w: Runtime) => number,
): readonly Edit<Runtime>[] => [
  ...everywhere<Runtime>(
    all,
    'traceAcquireEnabled',
    () => [group('traceAcquireEnabled', ...nested(text, gen))],
    'nests',
  ),
  ...everywhere<Runtime>(all, 'leave the section', () => [group('leave the section', ...leaveNested)], 'nests'),
];

export const nesting = (
  before: readonly Edit<Runtime>[],
  text: string,
  gen: (w: Runtime) => number,
): readonly Edit<Runtime>[] => nestingIn(edited(before), text, gen);

export const GO124: readonly Edit<Runtime>[] = [...GO123, ...nesting(GO123, 'trace.gen.Load()', (w) => w.trace.gen)];

export const go124 = preset({
  name: 'go1.24',
  sentence: 'the same, and trace critical sections nest',
  source: 'Go 1.24.4: traceruntime.go',
  edits: GO124,
});
