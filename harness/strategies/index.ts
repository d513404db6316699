import fc from 'fast-check';
import type { World } from '../language/world';
import { Mutate } from './mutate';
import { Pct } from './pct';
import { Pos } from './pos';
import type { Searcher, Sources, Start, Strategy } from './strategy';
import { Surw } from './surw';
import { RandomWalk } from './walk';

const drawn = <P>(programs: fc.Arbitrary<P>, seed: number): Start<P> => ({
  program: fc.sample(programs, { seed, numRuns: 1 })[0]!,
  tape: [],
});

const fromMixes = <P>({ programs }: Sources<P>, seed: number): Start<P> => drawn(programs, seed);

/** One program in so many of those who change earlier runs is a new one, so that there is something to change. */
const FRESH = 4;

/** The portfolio. What campaigns do with it: shares.ts. */
export const portfolio: readonly Strategy[] = [
  {
    name: 'walk',
    sentence: 'random walk that likes to leave a mover in the middle of something',
    paper: 'ours',
    create: <W extends World, P>(): Searcher<W, P> => ({ scheduler: new RandomWalk<W>(), start: fromMixes }),
  },
  {
    name: 'swarm',
    sentence: 'the same, with programs of a few random operations',
    paper: 'Groce, Zhang, Eide, Chen, Regehr, "Swarm testing", ISSTA 2012',
    create: <W extends World, P>(): Searcher<W, P> => ({
      scheduler: new RandomWalk<W>(),
      start: ({ swarms }, seed) => drawn(swarms, seed),
    }),
  },
  {
    name: 'pos',
    sentence: 'random priorities of pending lines, new ones where lines conflict',
    paper: 'Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018',
    create: <W extends World, P>(): Searcher<W, P> => ({ scheduler: new Pos<W>(), start: fromMixes }),
  },
  {
    name: 'surw',
    sentence: 'uniform orders of the lines that touch a few random columns',
    paper: 'Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS 2025',
    create: <W extends World, P>(): Searcher<W, P> => ({ scheduler: new Surw<W>(), start: fromMixes }),
  },
  {
    name: 'pct',
    sentence: 'random priorities of movers, changed at a few random steps',
    paper: 'Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler…", ASPLOS 2010',
    create: <W extends World, P>(): Searcher<W, P> => ({ scheduler: new Pct<W>(), start: fromMixes }),
  },
  {
    name: 'mutate',
    sentence: 'goes on from runs that have shown something new',
    paper: 'coverage-guided fuzzing, as in AFL',
    goesOn: true,
    create: <W extends World, P>(): Searcher<W, P> => {
      const scheduler = new Mutate<W>();
      return {
        scheduler,
        start: (sources, seed) => {
          const { corpus } = sources;
          if (corpus.length === 0 || (seed >>> 0) % FRESH === 0) {
            scheduler.begin([]);
            return fromMixes(sources, seed);
          }
          const start = corpus[(seed >>> 8) % corpus.length]!;
          scheduler.begin(start.tape);
          return start;
        },
      };
    },
  },
];
