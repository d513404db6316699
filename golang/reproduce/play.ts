import { knownBug } from '../../harness/find/known';
import { type Build, build, type Claim, findVariant, type Project, UsageError } from '../../harness/language';
import { isProperty } from '../../harness/language/judging';
import { perCode } from '../../harness/language/link';
import { isEndless } from '../../harness/language/property';
import { DEFAULT_MAX_STEPS, Machine } from '../../harness/run/machine';
import { TapePlayer } from '../../harness/run/players';
import { isAbout } from '../../harness/tell/bucket';
import type { RacingLine } from '../../harness/tell/race';
import type { Recording } from '../../harness/tell/recording';
import { tell } from '../../harness/tell/story';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import { Gwaiting, waitReasons } from '../../models/status';
import { gp } from '../../models/words';

/** One executed line: by whom, on whose behalf, and which goroutine it is about. */
export interface Deed {
  readonly mover: number;
  readonly pc: number;
  readonly way: number;
  /** The goroutine that the M runs, by its index; -1 where it runs none. */
  readonly actor: number;
  /** The goroutine that its routine is about (gp), if that is another one. */
  readonly subject: number | undefined;
  /** What the actor lends itself for; empty if it does not. */
  readonly lentFor: string;
}

export interface Played {
  readonly recording: Recording<Program>;
  /** What of its program is done up to the break, and what comes next: the rest would only take time. */
  readonly begun: Program;
  readonly built: Build<Runtime>;
  readonly property: Claim<Runtime>;
  readonly cause: string;
  /** Whether a break of the same property is the same bug. */
  readonly isSame: (why: string) => boolean;
  /** The lines that race: those of the mover that breaks it are marked with A, the others with B. */
  readonly race: readonly RacingLine[];
  /** Up to the break. */
  readonly deeds: readonly Deed[];
  /**
   * What each mover does behind a deed of its own that others go on after, or the last one, if it goes on alone: others
   * may since have changed who it is said to be (L14: the reason for which it lends itself).
   */
  readonly alone: ReadonlyMap<number, readonly Deed[]>;
}

const MAX_ALONE = 25;

/** Who is at hand before a line is executed. */
export function whoIsAt(machine: Machine<Runtime>, mover: number): Pick<Deed, 'pc' | 'actor' | 'subject' | 'lentFor'> {
  const { world, code } = machine;
  const pc = machine.look(mover);
  const curg = world.ms[mover]!.curg;
  const actor = curg?.index ?? -1;
  const lentFor = curg?.status === Gwaiting ? waitReasons[curg.waitreason]! : '';
  const it = haveGp(code as never).has(code.routineAt[pc]!.name) ? gp(world) : undefined;
  const subject = it === undefined || it.index === actor ? undefined : it.index;
  return { pc, actor, lentFor, subject };
}

/** The routines that are about a goroutine which they call gp. */
const haveGp = perCode((code) => {
  const about = code.lines.flatMap(({ touches }, pc) =>
    touches.some(({ actor }) => (actor as unknown) === gp) ? [code.routineAt[pc]!.name] : [],
  );
  return new Set(about);
});

/** Plays a recording line by line, up to what it is about. */
export function play(project: Project<Runtime, Program>, recording: Recording<Program>): Played {
  const { model, claims } = project;
  const built = build(model, findVariant(model, recording.variant));
  const about = claims.filter(isProperty).find(({ name }) => recording.bucket.startsWith(`${name}-`));
  if (about === undefined) throw new UsageError(`${recording.bucket} is about no property`, 'Replay the finding.');
  const endless = isEndless(about);
  const world = model.createWorld(recording.program);
  model.reset(world, built.code);
  const machine = new Machine(built.code, world, [about], DEFAULT_MAX_STEPS);
  const steps: { mover: number; way: number }[] = [];
  let cause: string | undefined;
  machine.run(new TapePlayer(recording.tape, endless), {
    broken: (property, why) => {
      if (!isAbout(recording.bucket, property.name, why)) return false;
      cause = why;
      return true;
    },
    met: () => {},
    step: (mover) => void steps.push({ mover, way: world.way }),
  });
  if (cause === undefined) throw new UsageError('the finding does not happen in this model', 'Replay it first.');
  model.reset(world, built.code);
  const ends: { at: number; mover: number; s: Int16Array }[] = [];
  const deeds = steps.map(({ mover, way }, at): Deed => {
    const deed = { mover, way, ...whoIsAt(machine, mover) };
    machine.step(mover, way);
    if (steps[at + 1]?.mover !== mover) ends.push({ at, mover, s: world.s.slice() });
    return deed;
  });
  const gs = recording.program.gs.map((it, i) => ({ ...it, ops: it.ops.slice(0, world.gs[i]!.op + 1) }));
  const begun = { ...recording.program, gs };
  const alone = new Map(
    ends.map(({ at, mover, s }) => {
      world.s.set(s);
      const some: Deed[] = [];
      do {
        some.push({ mover, way: 0, ...whoIsAt(machine, mover) });
        if (!machine.canMove(mover)) break;
        machine.step(mover, 0);
      } while (some.length < MAX_ALONE);
      return [at, some] as const;
    }),
  );
  const { variant } = built;
  const idOf = (why: string) => knownBug(project, variant, about.name, why)?.id;
  // What is planted breaks by itself, whatever else its preset has.
  const known = variant.isPreset ? idOf(cause) : undefined;
  const isSame = (why: string): boolean => why === cause || (known !== undefined && idOf(why) === known);
  const race = tell(model, built, claims, recording, DEFAULT_MAX_STEPS).broken?.race ?? [];
  return { recording, begun, built, property: about, cause, isSame, race, deeds, alone };
}
