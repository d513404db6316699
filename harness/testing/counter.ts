import fc from 'fast-check';
import { actorKind, shared, type ViewOf } from '../language/columns';
import { wordsFor, writes } from '../language/line';
import { defineModel } from '../language/model';
import { always, atRest, sometimes } from '../language/property';
import { type Memory, World } from '../language/world';

/**
 * The smallest model with something to find, for the harness's own tests: two movers add 1 to a counter, each in two
 * steps (read, write), so that one addition can be lost. In the variant `locked` a lock keeps them apart; in `hung`
 * nobody ever gives the lock back.
 */

const counterSpec = { value: shared.number(9), lock: shared.flag() };

interface Counter extends ViewOf<typeof counterSpec> {}

const counterKind = actorKind('counter', counterSpec);

export class ToyWorld extends World {
  readonly counter: Counter;
  constructor(
    readonly rounds: number,
    memory?: Memory,
  ) {
    super(2, 2, counterKind.size, memory);
    this.counter = this.lay<unknown, Counter>(counterKind, 1)[0]!;
  }
}

const { line, iff, loop, leave, call, routine, numberLocal } = wordsFor<ToyWorld>();
const left = numberLocal('left', 1);
const seen = numberLocal('seen', 2);
const counter = counterKind.col;

const add = routine(
  'add',
  'toy',
  [left, seen],
  [
    loop(
      'for left > 0',
      iff('left == 0', (w) => left(w) === 0, [], [leave]),
      call('lock'),
      line('seen = value', { run: (w) => seen.set(w, w.counter.value), touches: [writes(counter.value)] }),
      line('value = seen + 1', {
        run: (w) => {
          w.counter.value = seen(w) + 1;
        },
        touches: [writes(counter.value)],
      }),
      call('unlock'),
      line('left--', { run: (w) => left.set(w, left(w) - 1) }),
    ),
    line('done', { when: () => false }),
  ],
);

const noLock = (name: string) => routine(name, 'toy', [], []);

const take = line('take the lock', {
  when: (w: ToyWorld) => !w.counter.lock,
  run: (w) => {
    w.counter.lock = true;
  },
  touches: [writes(counter.lock)],
});

const give = line('give it back', {
  run: (w: ToyWorld) => {
    w.counter.lock = false;
  },
  touches: [writes(counter.lock)],
});

const fill = (name: string, ...nodes: (typeof take)[]) => ({
  routine: name,
  sentence: 'filled in',
  apply: (it: ReturnType<typeof noLock>) => ({ ...it, nodes }),
});

const isDone = (w: ToyWorld) => [0, 1].every((mover) => w.position(mover).line === 'done');

export const noLoss = atRest<ToyWorld>({
  name: 'noLoss',
  strength: 'harm',
  sentence: 'no addition is lost',
  check: (w) => (!isDone(w) || w.counter.value === 2 * w.rounds ? undefined : 'an addition is lost'),
});

export const noHang = atRest<ToyWorld>({
  name: 'noHang',
  strength: 'liveness',
  sentence: 'both movers come to their end',
  check: (w) => (isDone(w) ? undefined : 'somebody waits'),
});

export const small = always<ToyWorld>({
  name: 'small',
  strength: 'discipline',
  sentence: 'the counter stays below 3',
  on: [counter.value],
  check: (w) => (w.counter.value < 3 ? undefined : 'it is 3 or more'),
});

export const reachesTwo = sometimes<ToyWorld>({
  name: 'two',
  sentence: 'the counter reaches 2',
  on: [counter.value],
  check: (w) => w.counter.value === 2,
});

const variant = (name: string, edits: ReturnType<typeof fill>[]) => ({
  name,
  sentence: name,
  source: 'toy',
  edits,
  isPreset: name === 'plain',
  breaks: [],
});

/** A program is the number of additions that each mover makes. */
export const toy = defineModel<ToyWorld, number>({
  routines: [add, noLock('lock'), noLock('unlock')],
  variants: [
    variant('plain', []),
    variant('locked', [fill('lock', take), fill('unlock', give)]),
    variant('hung', [fill('lock', take)]),
  ],
  programs: fc.integer({ min: 1, max: 3 }),
  smaller: (rounds) => (rounds > 1 ? [rounds - 1] : []),
  abstraction: { on: [counter.value], of: (w) => w.counter.value },
  casts: [{ name: 'two', sentence: 'two additions each', program: 2, edits: [], variants: ['plain'] }],
  parseProgram: Number,
  programText: String,
  parseProgramText: Number,
  createWorld: (rounds, memory) => new ToyWorld(rounds, memory),
  reset: (world, code) => {
    world.s.fill(0);
    world.code = code;
    for (let mover = 0; mover < 2; mover++) {
      world.s[mover] = mover;
      world.start(mover, code.entryOf('add'), [world.rounds]);
    }
  },
});
