import {
  type ArgOf,
  arg,
  type Entry,
  type Line,
  type Node,
  type Operand,
  operand,
  pass,
  reads,
  type Touch,
  wordsFor,
  writes,
} from '../harness/language';
import { type G, gKind, type M, mKind, type P, type Sema, schedKind, semaKind } from './cells';
import type { Runtime } from './runtime';
import {
  Gcopystack,
  Gpreempted,
  Grunnable,
  Grunning,
  Gsyscall,
  Gwaiting,
  isWaitingForGC,
  reasonNumber,
  statusName,
  type WaitReason,
} from './status';

/** The words that the routines are written in. Each changes one thing, and waits where Go spins. */

export const { line, group, iff, loop, again, leave, ret, call, routine, actorLocal, numberLocal } =
  wordsFor<Runtime>();
export type { Line, Node, Operand };
export { arg, operand, reads, writes };

type GOperand = Operand<Runtime, G>;

/** Go's locals. A routine's frame has the slots up to its highest one. */
export const gp = actorLocal<G>('gp', 1, 'G');
/** The generation of the trace critical section, or 0 for an invalid locker. */
export const tl = numberLocal('tl', 2);
export const i = numberLocal('i', 3);

/** The goroutine on the M at hand: mp.curg, and getg() when the M is on its stack. */
export const curg: GOperand = operand('curg', (w: Runtime) => w.m.curg!);
/** The goroutine that the M's own has been handed by newproc1. */
export const schedlink: GOperand = operand('newg', (w: Runtime) => w.m.curg!.schedlink!);
export const mp: Operand<Runtime, M> = operand('mp', (w: Runtime) => w.m);
export const pp: Operand<Runtime, P> = operand('pp', (w: Runtime) => w.m.p!);
export const constant = (text: string, value: number): Operand<Runtime, number> => operand(text, () => value);
export const reason = (name: WaitReason): Operand<Runtime, number> => constant(name, reasonNumber(name));

const g = gKind.col;

/** What the last call on this strand returned; reading it clears it, so that it does not tell equal states apart. */
export function result(w: Runtime): number {
  const value = w.s[w.strand + 2]!;
  w.put(w.strand + 2, 0);
  return value;
}

/** Leaves a number for the caller and returns. */
export const returns = (text: string, value: (w: Runtime) => number): Node<Runtime> =>
  group(
    `return ${text}`,
    line(`result = ${text}`, {
      run: (w) => {
        w.put(w.strand + 2, value(w));
      },
    }),
    ret,
  );

/* Errors that Go throws. */

export const throws = [
  'gopark: bad g status',
  'bad g status',
  'bad g->status in ready',
  'suspendG from non-preemptible goroutine',
  'casfrom_Gscanstatus: bad status',
  'casgstatus: waiting for Gwaiting but is Grunnable',
  'casGToWaitingForGC with non-isWaitingForGC wait reason',
  'bad status in shrinkstack',
  'shrinkstack at bad time',
  'stack growth not allowed in system call',
  'racy sudog adjustment due to parking on channel',
  'g already scanned',
  'gcstopm: not waiting for gc',
  'cannot read stack of running goroutine',
  'dumpgs in STW - bad status',
] as const;
export type Throw = (typeof throws)[number];

export function throwOn(w: Runtime, message: Throw): void {
  w.m.threw = 1 + throws.indexOf(message);
}

export const throwTouch: Touch<Runtime> = writes(mKind.col.threw, mp);

/** A fatal error: the run ends here. */
export const fatal = (message: Throw): Node<Runtime> =>
  line(`throw("${message}")`, { run: (w) => throwOn(w, message), touches: [throwTouch] });

/* Status transitions. Source: runtime/proc.go. */

/** What every write of a status or scan bit leaves for the properties. */
const wrote: Touch<Runtime> = writes(mKind.col.wrote, mp);

export function setStatus(w: Runtime, it: G, to: number, isLent = false): void {
  const from = it.status;
  if (from === Grunning && to !== Gsyscall && w.m.depth > 0) w.m.left = it;
  w.m.isTold = !isLent && from !== Gpreempted && (to === Gwaiting || to === Grunnable || to === Gsyscall);
  it.status = to;
  it.runBy = to === Grunning || to === Gcopystack || to === Gsyscall ? w.m.id : 0;
  w.m.wrote = it;
}
export const statusTouches = (it: GOperand, from: number): Touch<Runtime>[] => [
  writes(g.status, it),
  reads(g.scan, it),
  writes(g.runBy, it),
  writes(mKind.col.isTold, mp),
  wrote,
  ...(from === Grunning ? [writes<Runtime>(mKind.col.left, mp)] : []),
];

/**
 * Changes a status in one step; waits, as Go spins, while the status is another one or somebody holds the scan bit.
 * Throws if it waits for Gwaiting and finds Grunnable.
 */
export const casgstatus = (it: GOperand, from: number, to: number): Node<Runtime> => {
  const throws = from === Gwaiting && to === Grunnable;
  const isLost = (w: Runtime) => throws && it(w).status === Grunnable;
  return line(`casgstatus(${it.text}, ${statusName[from]}, ${statusName[to]})`, {
    when: (w) => !it(w).scan && (it(w).status === from || isLost(w)),
    run: (w) => {
      if (!isLost(w)) return setStatus(w, it(w), to);
      w.m.wrote = undefined;
      w.m.isTold = false;
      throwOn(w, 'casgstatus: waiting for Gwaiting but is Grunnable');
    },
    touches: [...statusTouches(it, from), ...(throws ? [throwTouch] : [])],
  });
};

/** Sets the scan bit if the status is `from` and nobody holds it; a branch on success. */
export const castogscanstatus = (
  it: GOperand,
  from: Operand<Runtime, number>,
  yes: readonly Node<Runtime>[],
  no: readonly Node<Runtime>[] = [],
): Node<Runtime> =>
  iff(
    `castogscanstatus(${it.text}, ${from.text}, ${from.text}|Gscan)`,
    (w) => {
      const target = it(w);
      w.m.wrote = undefined;
      if (target.scan || target.status !== from(w)) return false;
      setScan(w, target);
      return true;
    },
    [reads(g.status, it), writes(g.scan, it), writes(g.scanOwner, it), writes(g.isPinned, it), wrote],
    yes,
    no,
  );

export function setScan(w: Runtime, target: G): void {
  target.scan = true;
  if (target.scanOwner === 0) target.scanOwner = w.m.id;
  target.isPinned = target.status !== Grunning;
  w.m.wrote = target;
}

/** Clears the scan bit, which must be set. */
export const casfrom_Gscanstatus = (it: GOperand): Node<Runtime> =>
  line(`casfrom_Gscanstatus(${it.text})`, {
    run: (w) => {
      const target = it(w);
      if (!target.scan) throwOn(w, 'casfrom_Gscanstatus: bad status');
      target.scan = false;
      if (target.scanOwner === w.m.id) target.scanOwner = 0;
      target.isPinned = false;
      w.m.wrote = target;
    },
    touches: [writes(g.scan, it), writes(g.scanOwner, it), writes(g.isPinned, it), wrote, throwTouch],
  });

export const setWaitreason = (it: GOperand, to: Operand<Runtime, number>): Line<Runtime> =>
  line(`${it.text}.waitreason = ${to.text}`, {
    run: (w) => {
      it(w).waitreason = to(w);
      w.m.wroteReason = it(w);
    },
    touches: [writes(g.waitreason, it), writes(mKind.col.wroteReason, mp)],
  });

/**
 * Lends the M's own goroutine: suspenders may lock it from now on, and the M goes on reading its stack. The reason must
 * be in the table (isWaitingForGC), or Go throws.
 */
export const casGToWaitingForGC = (it: GOperand, why: Operand<Runtime, number>): Node<Runtime> =>
  group(
    `casGToWaitingForGC(${it.text}, Grunning, ${why.text})`,
    iff(
      `!${why.text}.isWaitingForGC()`,
      (w) => !isWaitingForGC(why(w)),
      [],
      [fatal('casGToWaitingForGC with non-isWaitingForGC wait reason')],
    ),
    setWaitreason(it, why),
    lend(it),
  );

/** The status half of the above. */
export const lend = (it: GOperand): Node<Runtime> =>
  line(`casgstatus(${it.text}, Grunning, Gwaiting)`, {
    when: (w) => !it(w).scan && it(w).status === Grunning,
    run: (w) => {
      setStatus(w, it(w), Gwaiting, true);
      it(w).lentBy = w.m.id;
    },
    touches: [...statusTouches(it, Grunning), writes(g.lentBy, it)],
  });

/** Takes it back; waits while a suspender holds the scan bit. */
export const casgstatusBack = (it: GOperand): Node<Runtime> =>
  line(`casgstatus(${it.text}, Gwaiting, Grunning)`, {
    when: (w) => !it(w).scan && (it(w).status === Gwaiting || it(w).status === Grunnable),
    run: (w) => {
      if (it(w).status === Gwaiting) setStatus(w, it(w), Grunning);
      else throwOn(w, 'casgstatus: waiting for Gwaiting but is Grunnable');
      it(w).lentBy = 0;
    },
    touches: [...statusTouches(it, Gwaiting), writes(g.lentBy, it), throwTouch],
  });

/* Changing stacks. Source: runtime/asm_amd64.s, runtime/proc.go. */

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
      w.put(w.strandAt[w.mover]! + 3 + gp.slot, id);
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
      for (let k = 0; k < args.length; k++) w.put(w.strandAt[w.mover]! + 3 + args[k]!.slot, values[k]!);
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
      const self = w.s[w.frame + gp.slot]!;
      const frame = w.enter(entry);
      if (entry.frameSize > gp.slot) w.put(frame + gp.slot, self);
    };
  },
});

/** Source: dropg, runtime/proc.go. */
export const dropM = line('gp.m = nil', {
  run: (w) => {
    gp(w).m = undefined;
  },
  touches: [writes(g.m, gp)],
});
export const dropg = group(
  'dropg',
  dropM,
  line('mp.curg = nil', {
    run: (w) => {
      w.m.curg = undefined;
    },
    touches: [writes(mKind.col.curg, mp)],
  }),
);

export const setFlag = (
  it: GOperand,
  name:
    | 'preempt'
    | 'preemptStop'
    | 'stackPreempt'
    | 'preemptShrink'
    | 'asyncSafePoint'
    | 'parkingOnChan'
    | 'activeStackChans'
    | 'gcscandone'
    | 'isDeep',
  to: boolean,
): Node<Runtime> => {
  const text =
    name === 'stackPreempt' ? `stackguard0 = ${to ? 'stackPreempt' : 'stack.lo + stackGuard'}` : `${name} = ${to}`;
  return line(`${it.text}.${text}`, {
    run: (w) => {
      it(w)[name] = to;
    },
    touches: [writes(g[name], it)],
  });
};

/* Locks and preemption. */

export const acquirem = line('acquirem', {
  run: (w) => {
    w.m.locks++;
  },
});

/** On g0, where nobody can be preempted. */
export const releasemOnG0 = line('releasem', {
  run: (w) => {
    w.m.locks--;
  },
});

/** On a goroutine's stack, reaching no locks re-arms a request that was ignored meanwhile. */
export const rearm: readonly Node<Runtime>[] = [
  iff(
    'mp.locks == 0',
    (w) => w.m.locks === 0,
    [],
    [iff('gp.preempt', (w) => curg(w).preempt, [reads(g.preempt, curg)], [setFlag(curg, 'stackPreempt', true)])],
  ),
];
export const releasem = group(
  'releasem',
  line('mp.locks--', {
    run: (w) => {
      w.m.locks--;
    },
  }),
  ...rearm,
);

/** Takes a lock of the runtime's own; waits while somebody has it. Nobody is preempted who has one. */
export const lock = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  line(`lock(&${text})`, {
    when: (w) => !it(w).lock,
    run: (w) => {
      it(w).lock = true;
      w.m.locks++;
    },
    touches: [writes(semaKind.col.lock, it)],
  });

export const unlockOnG0 = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  line(`unlock(&${text})`, {
    run: (w) => {
      it(w).lock = false;
      w.m.locks--;
    },
    touches: [writes(semaKind.col.lock, it)],
  });

/** On a goroutine's stack. */
export const unlock = (text: string, it: Operand<Runtime, Sema>): Node<Runtime> =>
  group(`unlock ${text}`, unlockOnG0(text, it), ...rearm);

/** A function prologue on a goroutine's stack: the one place where a synchronous preemption request is noticed. */
export const prologue = group(
  'prologue',
  iff('sp <= stackguard0', (w) => curg(w).stackPreempt, [reads(g.stackPreempt, curg)], [mcall('newstack')]),
);

/** A step of the goroutine's own code, which changes frames. */
export const userCode = (text: string): Node<Runtime> =>
  group(
    `${text}, and signals`,
    line(text, {
      run: (w) => {
        curg(w).frames = 0;
        curg(w).ran = 0;
      },
      touches: [writes(g.frames, curg), writes(g.ran, curg)],
    }),
    iff(
      'SIGURG: wantAsyncPreempt(gp)',
      (w) => {
        if (!w.m.signal) return false;
        w.m.signal = false;
        return curg(w).preempt;
      },
      [writes(mKind.col.signal, mp), reads(g.preempt, curg)],
      [call('asyncPreempt2')],
    ),
  );

/** Sends a preemption signal to an M, which hears of it in user code, the only place where it means anything. */
export const preemptM = (text: string, to: (w: Runtime) => M): Node<Runtime> =>
  line(`preemptM(${text})`, {
    run: (w) => {
      to(w).signal = true;
    },
    touches: [writes(mKind.col.signal, to)],
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

/** Puts a goroutine on a run queue: any M with a P may execute it from now on. */
export const runqput = (it: GOperand, text = 'runqput'): Node<Runtime> =>
  line(`${text}(${it.text})`, {
    run: (w) => {
      it(w).queued = true;
      w.sched.runqsize++;
    },
    touches: [writes(g.queued, it), writes(schedKind.col.runqsize)],
  });
