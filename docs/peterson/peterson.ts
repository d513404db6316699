import fc from 'fast-check';
import {
  actorKind,
  always,
  atRest,
  defineModel,
  type KnownBug,
  type Memory,
  type Model,
  moveAfter,
  reads,
  replace,
  shared,
  sometimes,
  type Tool,
  UsageError,
  type Variant,
  type ViewOf,
  World,
  without,
  wordsFor,
  writes,
} from 'parkranger';

/**
 * Peterson's lock, which lets two processes into a critical section one after the other with three variables: who wants
 * in, and who gives way. Source: Peterson, "Myths about the mutual exclusion problem", 1981.
 */

/* The state: a block of cells. Columns say what there is, views are how code reads and writes it. */

const processSpec = { flag: shared.flag(), inside: shared.flag() };
interface Process extends ViewOf<typeof processSpec> {}
const processKind = actorKind('process', processSpec);

const lockSpec = { turn: shared.number(1) };
interface Lock extends ViewOf<typeof lockSpec> {}
const lockKind = actorKind('lock', lockSpec);

export const kinds = [processKind, lockKind];

/** A program is how often each of the two processes wants in. */
export class Peterson extends World {
  readonly processes: readonly Process[];
  readonly lock: Lock;

  constructor(
    readonly rounds: number,
    memory?: Memory,
  ) {
    super(2, 2, 2 * processKind.size + lockKind.size, memory);
    this.processes = this.lay<unknown, Process>(processKind, 2);
    this.lock = this.lay<unknown, Lock>(lockKind, 1)[0]!;
  }

  override moverName(mover: number): string {
    return `P${mover}`;
  }
}

const me = (w: Peterson): Process => w.processes[w.mover]!;
const other = (w: Peterson): Process => w.processes[1 - w.mover]!;

/* What is done: routines of lines. A line makes one access that the other process could notice. */

const { line, iff, loop, leave, call, routine, numberLocal } = wordsFor<Peterson>();
const { flag, inside } = processKind.col;
const { turn } = lockKind.col;
const left = numberLocal('left', 1);

const setFlag = line('flag[me] = true', {
  run: (w) => {
    me(w).flag = true;
  },
  touches: [writes(flag, me)],
});
const clearFlag = line('flag[me] = false', {
  run: (w) => {
    me(w).flag = false;
  },
  touches: [writes(flag, me)],
});

const lock = routine(
  'lock',
  'Peterson 1981',
  [],
  [
    setFlag,
    line('turn = other', {
      run: (w) => {
        w.lock.turn = 1 - w.mover;
      },
      touches: [writes(turn)],
    }),
    loop(
      'while flag[other] && turn == other',
      iff('!flag[other]', (w) => !other(w).flag, [reads(flag, other)], [leave]),
      iff('turn == me', (w) => w.lock.turn === w.mover, [reads(turn)], [leave]),
      // Who would find the same again waits here instead, and then looks once more, one access after the other.
      line('pause', {
        when: (w) => w.lock.turn === w.mover || !other(w).flag,
        touches: [reads(turn), reads(flag, other)],
      }),
    ),
  ],
);
const unlock = routine('unlock', 'Peterson 1981', [], [clearFlag]);

const process = routine(
  'process',
  'ours',
  [left],
  [
    loop(
      'for left > 0',
      iff('left == 0', (w) => left(w) === 0, [], [leave]),
      call('lock'),
      line('enter the critical section', {
        run: (w) => {
          me(w).inside = true;
        },
        touches: [writes(inside, me)],
        fragile: 1,
      }),
      line('leave it', {
        run: (w) => {
          me(w).inside = false;
        },
        touches: [writes(inside, me)],
      }),
      call('unlock'),
      line('left--', { run: (w) => left.set(w, left(w) - 1) }),
    ),
    line('done', { when: () => false }),
  ],
);

/* What must hold. */

const isDone = (w: Peterson): boolean => [0, 1].every((mover) => w.position(mover).line === 'done');

const mutex = always<Peterson>({
  name: 'mutex',
  strength: 'harm',
  sentence: 'at most one process is in the critical section',
  on: [inside],
  check: (w) => (w.processes.every((it) => it.inside) ? 'both are in it' : undefined),
  tell: (w) => `${w.moverName(w.mover)} enters the critical section, in which the other is`,
});
const progress = atRest<Peterson>({
  name: 'progress',
  strength: 'liveness',
  sentence: 'nobody waits for ever',
  inCircles: true,
  check: (w) => (isDone(w) ? undefined : 'somebody wants in, and never comes'),
});
const contended = sometimes<Peterson>({
  name: 'contended',
  sentence: 'both want in at once',
  on: [flag],
  check: (w) => w.processes.every((it) => it.flag),
});

/* What it is good for: the lock with one thing wrong. Each bug says which properties must find it. */

const planted = (parts: Omit<Variant<Peterson>, 'source' | 'isPreset'>): Variant<Peterson> => ({
  ...{ source: 'ours', isPreset: false },
  ...parts,
});
const GIVE_WAY = 'turn = other';
/** Without it, what the other wants is all that counts. */
const withoutTurn = [without<Peterson>('lock', GIVE_WAY), without<Peterson>('lock', 'if turn == me')];
const untilAlone = line('pause', { when: (w) => !other(w).flag, touches: [reads(flag, other)] });

const parseProgram = (value: unknown): number => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 3) return value;
  throw new UsageError('a program is how often each process wants in', 'A whole number from 1 to 3.');
};

export const model: Model<Peterson, number> = defineModel<Peterson, number>({
  routines: [process, lock, unlock],
  variants: [
    { name: 'peterson', sentence: 'as published', source: 'Peterson 1981', breaks: [], edits: [], isPreset: true },
    planted({
      name: 'lateFlag',
      sentence: 'gives way before it says that it wants in',
      breaks: ['mutex'],
      edits: [moveAfter<Peterson>('lock', 'flag[me] = true', GIVE_WAY)],
    }),
    planted({
      name: 'noTurn',
      sentence: 'nobody gives way',
      breaks: ['progress'],
      edits: [...withoutTurn, replace<Peterson>('lock', 'pause', untilAlone)],
    }),
    planted({
      name: 'afterYou',
      sentence: 'each gives up and tries again, at the same time as the other',
      breaks: ['progress'],
      edits: [...withoutTurn, replace<Peterson>('lock', 'pause', clearFlag, setFlag)],
    }),
  ],
  programs: fc.integer({ min: 1, max: 3 }),
  smaller: (rounds) => (rounds > 1 ? [rounds - 1] : []),
  abstraction: {
    on: [flag, inside, turn],
    of: (w) => w.processes.reduce((sum, it) => 4 * sum + 2 * Number(it.flag) + Number(it.inside), w.lock.turn),
  },
  casts: [
    {
      name: 'twice',
      sentence: 'both want in twice',
      program: 2,
      edits: [],
      variants: ['lateFlag', 'noTurn', 'afterYou'],
    },
  ],
  parseProgram,
  programText: String,
  parseProgramText: (text) => parseProgram(Number(text)),
  createWorld: (rounds, memory) => new Peterson(rounds, memory),
  reset: (world, code) => {
    world.s.fill(0);
    world.code = code;
    for (let mover = 0; mover < 2; mover++) {
      world.s[mover] = mover;
      world.start(mover, code.entryOf('process'), [world.rounds]);
    }
  },
});

const known: readonly KnownBug[] = [];

export const tool: Tool<Peterson, number> = {
  name: 'peterson',
  description: "Looks for bugs in Peterson's lock.",
  model,
  claims: [mutex, progress, contended],
  known,
  canary: { variant: 'lateFlag', runs: 2000 },
  commandLine: (command) => `node -r ts-node/register/transpile-only main.ts ${command}`,
};
