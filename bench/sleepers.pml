/*
 * The cast "sleepers" of models/casts.ts once more, for SPIN: N goroutines sleep, each on an M of its own, with tracing on; a further M
 * suspends, scans and resumes one after the other. A label per line of the model that another M could notice, and no
 * variable that the others determine, so that both have the same number of states (bench/spin.test.ts).
 */
#ifndef N
#define N 3
#endif
#define RUNNING 1
#define WAITING 2

byte status[N] = RUNNING;
bool scan[N], reason[N], preempt[N], preemptStop[N], guard[N], copying[N], timer[N], noM[N], signalled[N];
byte bp[N], epoch[N];
byte size[N] = 1;

active [N] proctype parker() {
  byte g = _pid, check, walk;
gopark:   atomic { if :: guard[g] -> goto newstack :: else -> goto isRunning fi };
newstack: atomic { bp[g] = 1 + epoch[g]; goto halt };
isRunning: atomic { true; goto setReason };
setReason: atomic { reason[g] = 1; goto rearm };
rearm:    atomic { if :: preempt[g] -> goto setGuard :: else -> goto mcall fi };
setGuard: atomic { guard[g] = 1; goto mcall };
mcall:    atomic { bp[g] = 1 + epoch[g]; goto isEnabled };
isEnabled:  atomic { true; goto seqlock };
seqlock:  atomic { true; goto gen };
gen:      atomic { true; goto procs };
procs:    atomic { true; goto traced };
traced:   atomic { true; goto nextGen };
nextGen:  atomic { true; goto told };
told:     atomic { true; goto look };
look:     atomic { check = 1 + scan[g]; if :: scan[g] -> goto sched :: else -> goto judge fi };
judge:    atomic { true; goto sched };
sched:    atomic { walk = bp[g]; goto first };
first:    atomic { true; goto second };
second:   atomic { walk = 0; check = 0; goto event };
event:    atomic { true; goto cas };
cas:      atomic { !scan[g] -> status[g] = WAITING; goto unlock };
unlock:   atomic { true; goto dropM };
dropM:    atomic { noM[g] = 1; goto dropCurg };
dropCurg: atomic { true; goto arm };
arm:      atomic { timer[g] = 1; goto halt };
halt:     false
}

#define requested (preemptStop[i] && preempt[i] && guard[i] && asked && !noM[i])

active proctype suspender() {
  byte i, s;
  bool asked;
begin:    atomic { true; goto look };
look:     atomic { !(status[i] == RUNNING && requested) -> s = status[i]; if :: s == WAITING -> goto lock :: else -> goto pending fi };
lock:     atomic { if :: status[i] == s -> scan[i] = 1; goto stop0 :: else -> goto look fi };
stop0:    atomic { preemptStop[i] = 0; goto preempt0 };
preempt0: atomic { preempt[i] = 0; goto guard0 };
guard0:   atomic { guard[i] = 0; s = 0; asked = 0; goto a1 };
pending:  atomic { if :: requested -> goto look :: else -> goto lock2 fi };
lock2:    atomic { if :: status[i] == s -> scan[i] = 1; goto stop1 :: else -> goto look fi };
stop1:    atomic { preemptStop[i] = 1; goto preempt1 };
preempt1: atomic { preempt[i] = 1; goto guard1 };
guard1:   atomic { guard[i] = 1; goto whom };
whom:     atomic { asked = !noM[i]; goto unlock };
unlock:   atomic { scan[i] = 0; if :: asked -> goto sig :: else -> goto look fi };
sig:      atomic { signalled[i] = 1; goto look };
a1: atomic { true; goto a2 }; a2: atomic { true; goto a3 }; a3: atomic { true; goto a4 };
a4: atomic { true; goto a5 }; a5: atomic { true; goto a6 }; a6: atomic { true; goto shrink };
shrink:   atomic { true; goto b1 };
b1: atomic { true; goto b2 }; b2: atomic { true; goto b3 }; b3: atomic { true; goto b4 };
b4: atomic { true; goto b5 }; b5: atomic { true; goto b6 }; b6: atomic { true; goto worth };
worth:    atomic { if :: size[i] > 0 -> goto half :: else -> goto scan1 fi };
half:     atomic { true; goto c1 };
c1: atomic { true; goto c2 }; c2: atomic { true; goto c3 }; c3: atomic { true; goto c4 }; c4: atomic { true; goto elem };
elem:     atomic { true; goto move };
move:     atomic { copying[i] = 1; goto adjust };
adjust:   atomic { if :: bp[i] != 0 -> bp[i] = 2 + epoch[i] :: else fi; goto fresh };
fresh:    atomic { size[i]--; epoch[i]++; goto guard2 };
guard2:   atomic { guard[i] = 0; goto frames };
frames:   atomic { true; goto free };
free:     atomic { copying[i] = 0; goto scan1 };
scan1:    atomic { true; goto scan2 };
scan2:    atomic { true; goto resume };
resume:   atomic { scan[i] = 0; i++; if :: i < N -> goto begin :: else -> goto halt fi };
halt:     false
}

