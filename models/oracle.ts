/**
 * gopark with park_m, suspendG with resumeG, and scanstack with shrinkstack and copystack once more: plain objects, one
 * function per step, written from Go's source and not from this model's routines, and slow. Only a test uses it: both
 * must reach the same states (oracle.test.ts).
 *
 * M0 parks its goroutine for a reason that is no channel, with tracing on or off. M1 suspends it, shrinks its stack,
 * resumes it and is done. Where M0 would enter newstack it stops.
 */

export interface OracleState {
  status: 'Grunning' | 'Gwaiting';
  scan: boolean;
  reason: 'Zero' | 'Sleep';
  preempt: boolean;
  preemptStop: boolean;
  stackguard0: 'stackPreempt' | 'stackGuard';
  /** The stack that sched.bp points into, by number; 0 for none. */
  bp: number;
  stack: number;
  size: number;
  copying: boolean;
  m: boolean;
  curg: boolean;
  signal: boolean;
  timer: boolean;
  traced: [boolean, boolean, boolean];
  seqlock: boolean;
  buffer: boolean;
  /** The stack that M0's walk believes in, 0 outside; and whether it has begun to read frames. */
  walk: number;
  reads: boolean;
  m0: string;
  m1: string;
  /** Whether suspendG has asked M0 before. */
  asked: boolean;
}

export const start = (size: number, tracing: boolean): OracleState => ({
  status: 'Grunning',
  scan: false,
  reason: 'Zero',
  preempt: false,
  preemptStop: false,
  stackguard0: 'stackGuard',
  bp: 0,
  stack: 1,
  size,
  copying: false,
  m: true,
  curg: true,
  signal: false,
  timer: false,
  // Slots of other generations have been used before.
  traced: [tracing, false, tracing],
  seqlock: false,
  buffer: false,
  walk: 0,
  reads: false,
  m0: 'prologue',
  m1: 'look',
  asked: false,
});

/** Changes the state and names the next step, or returns nothing while it must wait. */
type Step = (s: OracleState, tracing: boolean) => string | undefined;

const gopark: Record<string, Step> = {
  prologue: (s) => {
    if (s.stackguard0 !== 'stackPreempt') return 'reason';
    s.bp = s.stack; // morestack saves the registers
    return 'newstack';
  },
  reason: (s) => {
    s.reason = 'Sleep';
    return 'releasem';
  },
  releasem: (s) => (s.preempt ? 'rearm' : 'mcall'),
  rearm: (s) => {
    s.stackguard0 = 'stackPreempt';
    return 'mcall';
  },
  mcall: (s, tracing) => {
    s.bp = s.stack;
    return tracing ? 'seqlock' : 'cas';
  },
  seqlock: (s) => {
    s.seqlock = true;
    return 'status';
  },
  status: (s) => {
    if (s.traced[1]) return 'bp';
    s.traced[1] = true;
    return 'next generation';
  },
  'next generation': (s) => {
    s.traced[2] = false;
    return 'write status';
  },
  'write status': (s) => {
    s.buffer = true;
    return 'bp';
  },
  bp: (s) => {
    s.walk = s.bp;
    return s.walk === 0 ? 'stack id' : 'first frame';
  },
  'first frame': (s) => {
    s.reads = true;
    return 'second frame';
  },
  'second frame': () => 'stack id',
  'stack id': (s) => {
    s.walk = 0;
    return 'event';
  },
  event: (s) => {
    s.buffer = true;
    return 'cas';
  },
  cas: (s, tracing) => {
    if (s.scan || s.status !== 'Grunning') return undefined;
    s.status = 'Gwaiting';
    return tracing ? 'release' : 'drop m';
  },
  release: (s) => {
    s.seqlock = false;
    return 'drop m';
  },
  'drop m': (s) => {
    s.m = false;
    return 'drop curg';
  },
  'drop curg': (s) => {
    s.curg = false;
    return 'timer';
  },
  timer: (s) => {
    s.timer = true;
    return 'parked';
  },
};

const isPending = (s: OracleState): boolean =>
  s.asked && s.m && s.preempt && s.preemptStop && s.stackguard0 === 'stackPreempt';

const suspend: Record<string, Step> = {
  look: (s) => {
    if (s.scan || (s.status === 'Grunning' && isPending(s))) return undefined;
    return s.status === 'Grunning' ? 'is it pending' : 'lock waiting';
  },
  'lock waiting': (s) => {
    if (s.scan || s.status !== 'Gwaiting') return 'look';
    s.scan = true;
    return 'clear stop';
  },
  'clear stop': (s) => {
    s.preemptStop = false;
    return 'clear preempt';
  },
  'clear preempt': (s) => {
    s.preempt = false;
    return 'clear guard';
  },
  'clear guard': (s) => {
    s.stackguard0 = 'stackGuard';
    return s.size > 0 ? 'copy' : 'resume';
  },
  'is it pending': (s) => (isPending(s) ? 'look' : 'lock running'),
  'lock running': (s) => {
    if (s.scan || s.status !== 'Grunning') return 'look';
    s.scan = true;
    return 'ask stop';
  },
  'ask stop': (s) => {
    s.preemptStop = true;
    return 'ask preempt';
  },
  'ask preempt': (s) => {
    s.preempt = true;
    return 'ask guard';
  },
  'ask guard': (s) => {
    s.stackguard0 = 'stackPreempt';
    return 'whom';
  },
  whom: (s) => {
    s.asked = true;
    return 'unlock running';
  },
  'unlock running': (s) => {
    s.scan = false;
    return 'signal';
  },
  signal: (s) => {
    s.signal = true;
    return 'look';
  },
  copy: (s) => {
    s.copying = true;
    return 'relocate bp';
  },
  'relocate bp': (s) => {
    if (s.bp !== 0) s.bp = s.stack + 1;
    return 'new stack';
  },
  'new stack': (s) => {
    s.stack++;
    s.size--;
    return 'new guard';
  },
  'new guard': (s) => {
    s.stackguard0 = 'stackGuard';
    return 'free';
  },
  free: (s) => {
    s.copying = false;
    return 'resume';
  },
  resume: (s) => {
    s.scan = false;
    return 'done';
  },
};

/** Every state that the two can bring about. */
export function reachable(size: number, tracing: boolean): OracleState[] {
  const first = start(size, tracing);
  const all = new Map([[JSON.stringify(first), first]]);
  const queue = [first];
  for (let s = queue.pop(); s !== undefined; s = queue.pop()) {
    for (const who of ['m0', 'm1'] as const) {
      const next: OracleState = { ...s, traced: [...s.traced] };
      const then = (who === 'm0' ? gopark : suspend)[s[who]]?.(next, tracing);
      if (then === undefined) continue;
      next[who] = then;
      const key = JSON.stringify(next);
      if (all.has(key)) continue;
      all.set(key, next);
      queue.push(next);
    }
  }
  return [...all.values()];
}
