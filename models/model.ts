import type { Model } from '../harness/language';
import { abstractColumns, abstractState } from './abstract';
import { casts } from './casts';
import { mixes, operations } from './operations';
import { barKinds, picture } from './picture';
import { type Program, parseProgram, parseProgramText, programs, programText, smaller, swarms } from './program';
import { routines } from './routines';
import { Runtime } from './runtime';
import { variants } from './variants';

/** The Go runtime, as the harness sees it. */
export const goRuntime: Model<Runtime, Program> = {
  routines,
  variants,
  operations,
  mixes,
  programs,
  smaller,
  swarms,
  abstraction: { on: abstractColumns, of: abstractState },
  casts,
  parseProgram,
  programText,
  parseProgramText,
  createWorld: (program, memory) => new Runtime(program, memory),
  reset: (world, code) => world.reset(code),
  actorName: (world, mover) => {
    const g = world.ms[mover]!.curg;
    return g === undefined ? '' : world.gName(g);
  },
  picture,
  barKinds,
};
