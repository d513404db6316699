import { type ArgOf, type Entry, type Node, pass, writes } from '../../harness/language';
import { gKind } from '../cells';
import type { Runtime } from '../runtime';
import { curg, type GOperand, gp, line, numberLocal, routine } from './language';

/**
 * From a goroutine's stack to g0 and back, and starting routines there. Source: runtime/asm_amd64.s, runtime/proc.go.
 */

const g = gKind.col;

const saveSched = (w: Runtime): void => {
  const me = w.m.curg!;
  me.sched = 1 + me.epoch;
};

/** U→S: saves the goroutine's registers and starts `name` on g0, with `gp` set; the routine never returns. */
export const mcall = (name: string): Node<Runtime> => ({
  kind: 'line',
  text: `mcall(${name})`,
  run: () => {},
  touches: [writes(g.sched, curg)],
  calls: [name],
  link: (entryOf) => {
    const entry = entryOf(name);
    return (w) => {
      saveSched(w);
      const id = w.m.curg!.id;
      w.switchTo(w.mover);
      w.start(w.mover, entry);
      w.setFirst(w.mover, gp.slot, id);
    };
  },
});

/** U→S and back: saves the registers, runs `name` on g0, returns to the goroutine and clears sched.bp. */
export const systemstack = (name: string, ...args: ArgOf<Runtime>[]): Node<Runtime> => ({
  kind: 'line',
  text: `systemstack(${name}${args.map((it) => `, ${it.from.text}`).join('')})`,
  run: () => {},
  touches: [writes(g.sched, curg)],
  calls: ['systemstack', name],
  link: (entryOf) => {
    const entry = entryOf(name);
    const back: Entry = entryOf('systemstack');
    return (w) => {
      const values = pass(w, args);
      saveSched(w);
      w.switchTo(w.mover);
      w.start(w.mover, back);
      w.strand = w.strandAt[w.mover]!;
      const frame = w.enter(entry);
      for (let k = 0; k < args.length; k++) w.put(frame + args[k]!.slot, values[k]!);
    };
  },
});

/** Where a systemstack closure returns to. */
export const systemstackReturn = routine(
  'systemstack',
  'runtime/asm_amd64.s',
  [],
  [
    line('switch back; sched.sp, sched.bp = 0', {
      run: (w) => {
        const me = w.m.curg!;
        me.sched = 0;
        w.clear(w.mover);
        w.switchTo(w.stackOf(me));
      },
      touches: [writes(g.sched, curg)],
    }),
  ],
);

/** On g0, goes to a routine for good: what called this one is forgotten. */
export const tail = (name: string, ...args: ArgOf<Runtime>[]): Node<Runtime> => ({
  kind: 'line',
  text: `${name}(${args.map((it) => it.from.text).join(', ')}) // never returns`,
  run: () => {},
  touches: [],
  calls: [name],
  link: (entryOf) => {
    const entry = entryOf(name);
    return (w) => {
      const values = pass(w, args);
      w.start(w.mover, entry);
      for (let k = 0; k < args.length; k++) w.setFirst(w.mover, args[k]!.slot, values[k]!);
    };
  },
});

/** S→U: goes on where the goroutine's stack left off, and clears sched.bp. */
export const gogo = (it: GOperand): Node<Runtime> =>
  line(`gogo(&${it.text}.sched)`, {
    run: (w) => {
      const me = it(w);
      me.sched = 0;
      w.clear(w.mover);
      w.switchTo(w.stackOf(me));
    },
    touches: [writes(g.sched, it)],
  });

/** Calls one of several routines on this strand, with `gp` passed on; `pick` is an index of `names`, from 1. */
export const dispatch = (text: string, names: readonly string[], pick: (w: Runtime) => number): Node<Runtime> => ({
  kind: 'line',
  text,
  run: () => {},
  touches: [],
  calls: names,
  link: (entryOf) => {
    const entries = names.map(entryOf);
    return (w) => {
      const entry = entries[pick(w) - 1]!;
      const self = w.local(gp.slot);
      const frame = w.enter(entry);
      if (entry.frameSize > gp.slot) w.put(frame + gp.slot, self);
    };
  },
});

/** Makes a goroutine that does not run begin at one of several routines when it does; `pick` is an index from 1. */
export const startAt = (it: GOperand, names: readonly string[], pick: (w: Runtime) => number): Node<Runtime> => ({
  kind: 'line',
  text: `${it.text}.sched.pc = fn`,
  run: () => {},
  touches: [],
  calls: names,
  link: (entryOf) => {
    const entries = names.map(entryOf);
    return (w) => w.start(w.stackOf(it(w)), entries[pick(w) - 1]!);
  },
});

/** What newproc1 makes a goroutine for: an index, from 1, of the routines that it may start with. */
export const newCaller = numberLocal('fn', 3);
