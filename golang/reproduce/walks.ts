import { FastRandom, seedStream } from '../../harness/base/random';
import type { Claim, Model } from '../../harness/language';
import { isEndless } from '../../harness/language/property';
import { type Listener, Machine } from '../../harness/run/machine';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { loopedProgram } from './looped';
import type { Place } from './places';
import { ANYONE, END, type Entry, type Gate, type Point } from './plan';
import { type Deed, type Played, whoIsAt } from './play';

/** A trial that has come no further after so many steps of all is given up, as one in Go is after some time. */
const PATIENCE = 4000;
/** Arrivals count from there on: what a run begins with is over. */
const MIN_AGE = 500;
/** Steps for finding out in which states gates are come to, and how many of those are kept for each. */
const LONG = 2_000_000;
const KEPT = 16;
const TRIAL = 6000;
/** Steps until somebody goes in circles, or all have come to their end. */
const TURNS = 20_000;
/** Where none of the first ones comes to it, the others would not either; a part of all of them. */
const HOPELESS = 0.3;

/**
 * How often another M goes on though nothing makes it, one in so many steps. What is in the middle of something is so
 * for nanoseconds in Go, and others seldom come just then: that is what gates are for.
 */
const STICKY = 40;

interface Start {
  readonly s: Int16Array;
  readonly mover: number;
}

/** Walks at random that are held at gates, and nowhere else. */
export class Walks {
  private readonly machine: Machine<Runtime>;
  private readonly world: Runtime;
  private hit = false;
  private readonly listener: Listener<Runtime>;

  private constructor(
    private readonly played: Played,
    private readonly places: readonly (Place | undefined)[],
    program: Program,
    private readonly model: Model<Runtime, Program>,
    /** How many goroutines stand before those of the runtime that the finding does not have. */
    private readonly added: number,
    private readonly maxSteps: number,
  ) {
    const { built, property } = played;
    this.world = model.createWorld(program);
    this.machine = new Machine(built.code, this.world, [property as Claim<Runtime>], maxSteps);
    this.listener = {
      broken: (_, why) => {
        if (played.isSame(why) || (property.kind === 'atRest' && this.somebodyStands())) this.hit = true;
        return this.hit;
      },
      met: () => {},
    };
  }

  /** Who waits where somebody waits for ever in the story: what others do meanwhile, is chance. */
  private somebodyStands(): boolean {
    const { world, machine, played } = this;
    const lines = played.cause.split(' + ');
    for (let mover = 0; mover < world.moverCount; mover++) {
      const { routine, line } = world.position(mover);
      if (lines.includes(`${routine}: ${line}`) && !machine.canMove(mover)) return true;
    }
    return false;
  }

  private starts: Start[] = [];

  /** From states of the story, up to the deed of that number. */
  static alongStory(
    model: Model<Runtime, Program>,
    played: Played,
    places: readonly (Place | undefined)[],
    window: number,
    maxSteps: number,
    cuts: number,
  ): Walks {
    const walks = new Walks(played, places, played.recording.program, model, 0, maxSteps);
    const { world, machine } = walks;
    model.reset(world, played.built.code);
    for (const [i, { mover, way }] of played.deeds.slice(0, window + 1).entries()) {
      if (i % Math.ceil((window + 1) / cuts) === 0 || i === window) walks.starts.push({ s: world.s.slice(), mover });
      machine.step(mover, way);
    }
    return walks;
  }

  /** From the last of those states alone. */
  fromLast(): this {
    return this.from(this.starts.slice(-1));
  }

  /** From the beginning of a program that does the finding's operations over and over. */
  static overAndOver(model: Model<Runtime, Program>, played: Played, places: readonly (Place | undefined)[]): Walks {
    const looped = loopedProgram(played.begun);
    return new Walks(played, places, looped, model, looped.gs.length - played.begun.gs.length, TRIAL);
  }

  /** States in which somebody comes to each of these points, as programs go on that are not held anywhere. */
  arrivals(points: readonly Point[]): { readonly starts: Start[]; readonly times: number }[] {
    const { machine, world, places, model } = this;
    const { code } = this.played.built;
    const random = new FastRandom();
    const seeds = seedStream('arrivals');
    const wanted = points.map((it) => this.moved(it));
    const found = points.map(() => ({ starts: [] as Start[], times: 0 }));
    const byPlace = new Map<string, number[]>();
    for (const [i, { place }] of points.entries()) byPlace.set(place.id, [...(byPlace.get(place.id) ?? []), i]);
    const can: number[] = [];
    for (let steps = 0; steps < LONG; ) {
      model.reset(world, code);
      random.seed(seeds());
      let mover = 0;
      const within = new Array<string | undefined>(world.moverCount).fill(undefined);
      for (let own = 0; own < LONG / 20; own++, steps++) {
        if (own === 0 || code.isLocal[machine.look(mover)] === 0) {
          can.length = 0;
          for (let it = 0; it < world.moverCount; it++) if (machine.canMove(it)) can.push(it);
          if (can.length === 0) break;
          if (!can.includes(mover) || random.next() % STICKY === 0) mover = can[random.next() % can.length]!;
        }
        const pc = machine.look(mover);
        const place = places[pc];
        if (place !== undefined && place.id !== within[mover]) {
          within[mover] = place.id;
          for (const i of byPlace.get(place.id) ?? [])
            if (own > MIN_AGE && isAbout(wanted[i]!, whoIsAt(machine, mover)) && ++found[i]!.times <= KEPT)
              found[i]!.starts.push({ s: world.s.slice(), mover });
        }
        if (this.step(mover, random)) break;
      }
      steps++;
    }
    return found;
  }

  /** Lets walks begin in these states. */
  from(starts: readonly Start[]): this {
    this.starts = [...starts];
    return this;
  }

  private moved<T extends Point>(it: T): T {
    const shift = (index: number): number =>
      index >= this.played.recording.program.gs.length ? index + this.added : index;
    return { ...it, actor: shift(it.actor), subject: it.subject === undefined ? undefined : shift(it.subject) };
  }

  /** How many of so many walks come to the bug. */
  hits(gates: readonly Gate[], entries: readonly Entry[], count: number, isStubborn = false): number {
    const seeds = seedStream('gates');
    const random = new FastRandom();
    const [own, early] = [gates.map((it) => this.moved(it)), entries.map((it) => this.moved(it))];
    let hits = 0;
    for (let i = 0; i < count; i++) {
      random.seed(seeds());
      if (this.walk(own, early, random)) hits++;
      if (hits === 0 && i >= HOPELESS * count && !isStubborn) break;
    }
    return hits;
  }

  /** Executes a mover's line, in one of its ways; true if something broke. */
  private step(mover: number, random: FastRandom): boolean {
    const { machine, world } = this;
    const ways = this.played.built.code.ways[machine.look(mover)]?.(world) ?? 1;
    return machine.stepAndJudge(mover, ways > 1 ? random.next() % ways : 0, this.listener);
  }

  private walk(gates: readonly Gate[], entries: readonly Entry[], random: FastRandom): boolean {
    const { machine, world, places } = this;
    const { code } = this.played.built;
    const start = this.starts[random.next() % this.starts.length]!;
    world.s.set(start.s);
    const { moverCount } = world;
    this.hit = false;
    let seq = 0;
    let since = 0;
    const heldUntil = new Array<number>(moverCount).fill(0);
    const standing = entries.map(() => false);
    /** The statement that each mover is in. */
    const within = new Array<string | undefined>(moverCount).fill(undefined);
    const can: number[] = [];
    let { mover } = start;
    for (let steps = 0; steps < this.maxSteps; steps++) {
      if (seq > 0 && steps - since > PATIENCE) return false;
      // A line of nobody's concern costs no choice.
      if (!(steps > 0 && code.isLocal[machine.look(mover)] === 1 && heldUntil[mover]! <= seq)) {
        can.length = 0;
        for (let it = 0; it < moverCount; it++) if (heldUntil[it]! <= seq && machine.canMove(it)) can.push(it);
        if (can.length === 0) {
          if (heldUntil.some((it) => it > seq)) {
            // Time is over: who was held goes on, and nobody is held again.
            seq = END;
            continue;
          }
          machine.judgeRest(this.listener);
          return this.hit;
        }
        if (!can.includes(mover) || random.next() % STICKY === 0) mover = can[random.next() % can.length]!;
      }
      const pc = machine.look(mover);
      const place = places[pc];
      if (place !== undefined && place.id !== within[mover]) {
        within[mover] = place.id;
        const gate = gates[seq];
        const isReady = entries.every((it, i) => !it.stands || it.from !== seq + 1 || standing[i]);
        if (gate !== undefined && isReady && place.id === gate.place.id && isAbout(gate, whoIsAt(machine, mover))) {
          seq++;
          since = steps;
          heldUntil[mover] = gate.until;
          if (gate.until > seq) continue;
        }
        const nth = entries.findIndex((it) => it.from > seq && it.place.id === place.id);
        const early = entries[nth];
        if (early !== undefined && isAbout(early, whoIsAt(machine, mover))) {
          standing[nth] = true;
          heldUntil[mover] = early.from;
          since = steps;
          continue;
        }
      } else if (place === undefined && code.isLocal[pc] === 0) within[mover] = undefined;
      if (this.step(mover, random)) return this.hit;
    }
    // Nobody is held any longer; who goes in circles then, does so for ever.
    if (isEndless(this.played.property)) machine.takeTurns(this.listener, machine.steps + TURNS);
    return this.hit;
  }
}

const isAbout = (gate: Point, at: Pick<Deed, 'actor' | 'subject' | 'lentFor'>): boolean =>
  (gate.actor === ANYONE || (gate.actor === at.actor && gate.lentFor === at.lentFor)) &&
  (gate.subject === undefined || gate.subject === at.subject);
