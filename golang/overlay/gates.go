package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// Gates: places where an M waits until others have come to theirs, so that a schedule happens which would else be
// rare. A plan is a row of gates. A trial of a plan begins when somebody comes to its first gate, and ends when who is
// held has waited for too long. Where there are several plans, they take turns.

// prPoint is a place, and who is meant there. A goroutine of the schedule is told by the number of a slot, which the
// first goroutine that fits takes for the length of a trial.
type prPoint struct {
	plan    uint32
	nth     uint32     // of a gate: which one it is of its plan
	until   uint32     // of a gate: wait until so many were come to; prEnd: until the trial ends; 0: not at all
	stands  bool       // of an entry: who is meant waits there when the gate is come to that lets him go on
	from    uint32     // of an entry: wait until so many were come to
	role    uint32     // who the M runs; prNobody, or a role
	actor   int8       // its slot
	subject int8       // the slot of the goroutine that the place is about, or -1
	about   uint32     // its role
	lentFor waitReason // what the M's goroutine lends itself for; 0: it does not
	guard   uint32
}

const (
	prEnd    = 99
	prNobody = 100 // the M runs no goroutine
	prWorker = 101 // a worker of the GC
	prSweep  = 102
	prReader = 103 // who reads the trace
	prOther  = 104 // another goroutine of the program
	prAnyone = 105 // whoever it is, but for the goroutine that the place is about
)

const (
	prGuardBig     = 1 << iota // its stack is shrunk when it is scanned next
	prGuardUnseen              // it is not scanned yet, and nobody is about to
	prGuardMarking             // the GC marks
	prGuardOwn                 // all that is about the goroutine that the M runs
)

var prGates = [...]prPoint{
	// PARKRANGER_GATES
}

var prEntries = [...]prPoint{
	// PARKRANGER_ENTRIES
}

const (
	prSlots = 32
	prTurn  = 50000000 // how long a plan waits for its first gate, where there are others, ns
)

var prTrial struct {
	on    atomic.Bool
	plans uint32
	// trial<<16 | plan<<8 | gates that were come to; 255: it is being begun. Between trials the plan goes by time.
	state   atomic.Uint32
	wait    int64                  // how long who is held waits in most trials, ns
	slots   [prSlots]atomic.Uint64 // ids of goroutines
	come    [len(prGates)]atomic.Uint32
	waiting [len(prEntries) + 1]atomic.Uint32 // how many wait at each entry
	begin   int64
	turn    atomic.Uint32 // whose turn it is: number of the turn<<8 | plan
	since   atomic.Int64  // when the last gate was come to
	held    atomic.Int64  // how long who is held waits in this trial, ns
	reports atomic.Uint32
}

// ParkrangerStart puts the gates in force; who is held waits for so many ms, and in some trials for longer.
func ParkrangerStart(wait int) {
	prTrial.wait = int64(wait) * 1000000
	prTrial.begin = nanotime()
	for i := range prGates {
		prTrial.plans = max(prTrial.plans, prGates[i].plan+1)
	}
	prSayMore = ParkrangerCome
	prTrial.on.Store(true)
}

// ParkrangerRole says who of the schedule the caller is.
func ParkrangerRole(role int) { getg().pr.role.Store(uint32(role)) }

// ParkrangerTick says that the caller has ended one of its operations.
func ParkrangerTick() { getg().pr.ticks.Add(1) }

// ParkrangerCome says how often each gate was come to.
func ParkrangerCome() {
	print("\nparkranger: plan ", prPlan(prTrial.state.Load()), ", gates come to")
	for i := range prGates {
		if i > 0 && prGates[i].nth == 0 {
			print(" |")
		}
		print(" ", prTrial.come[i].Load())
	}
	print("\n")
}

// ParkrangerAssist lets the next allocation of the caller assist, if the GC marks.
func ParkrangerAssist() { getg().gcAssistBytes = -1 << 16 }

// ParkrangerYield is goyield.
func ParkrangerYield() { goyield() }

// ParkrangerAdvance moves the tracer to its next generation.
func ParkrangerAdvance() { traceAdvance(false) }

// ParkrangerSelf is the caller's goroutine, for ParkrangerDebugCall.
func ParkrangerSelf() unsafe.Pointer { return unsafe.Pointer(getg()) }

//go:nosplit
func prIs(gp *g, role uint32) bool {
	if role == prNobody || gp == nil {
		return role == prNobody && gp == nil
	}
	has := gp.pr.role.Load()
	if role == prOther {
		return has == 0
	}
	return has == role
}

//go:nosplit
func prBig(gp *g) bool {
	avail := gp.stack.hi - gp.stack.lo
	return avail/2 >= fixedStack && gp.sched.sp != 0 && gp.stack.hi-gp.sched.sp+stackNosplit < avail/4
}

//go:nosplit
func prFits(at *prPoint, gp *g) bool {
	curg := getg().m.curg
	if at.subject >= 0 && gp != nil && !prIs(gp, at.about) {
		return false
	}
	if at.role == prAnyone {
		if gp == curg {
			return false
		}
	} else if !prIs(curg, at.role) {
		return false
	} else if curg != nil {
		isLent := readgstatus(curg)&^_Gscan == _Gwaiting
		if isLent != (at.lentFor != waitReasonZero) || isLent && curg.waitreason != at.lentFor {
			return false
		}
	}
	who := gp
	if who == nil || at.guard&prGuardOwn != 0 {
		who = curg
	}
	if at.guard&prGuardMarking != 0 && gcphase != _GCmark {
		return false
	}
	if who != nil {
		if at.guard&prGuardBig != 0 && !prBig(who) {
			return false
		}
		if at.guard&prGuardUnseen != 0 && (who.gcscandone || who.pr.scan.Load() != 0 && who.pr.scan.Load() != prM()) {
			return false
		}
	}
	return true
}

// prTake says whether the goroutines are those of the trial, and takes slots that nobody has.
//
//go:nosplit
func prTake(at *prPoint, gp *g, take bool) bool {
	return prHas(at.actor, getg().m.curg, take) && prHas(at.subject, gp, take)
}

//go:nosplit
func prHas(slot int8, gp *g, take bool) bool {
	if slot < 0 || gp == nil {
		return true
	}
	is := &prTrial.slots[slot]
	if is.Load() == 0 && take {
		is.CompareAndSwap(0, gp.goid)
	}
	has := is.Load()
	return has == 0 || has == gp.goid
}

// prPlan is whose turn it is: the plan of the trial, or between trials that of the time.
//
//go:nosplit
func prPlan(state uint32) uint32 {
	if state&0xff != 0 {
		return state >> 8 & 0xff
	}
	if prTrial.plans < 2 {
		return 0
	}
	// A trial is a turn, too.
	now := uint32((nanotime()-prTrial.begin)/prTurn) + state>>16
	turn := prTrial.turn.Load()
	if turn>>8 != now {
		prTrial.turn.Store(now<<8 | prNext(now))
		turn = prTrial.turn.Load()
	}
	return turn & 0xff
}

// prNext is the plan of a turn: each in its turn, and every other time one of those that have come farthest.
//
//go:nosplit
func prNext(turn uint32) uint32 {
	if turn < prTrial.plans {
		return turn
	}
	if turn%2 != 0 {
		return turn / 2 % prTrial.plans
	}
	best, most := uint32(0), uint32(0)
	for plan := uint32(0); plan < prTrial.plans; plan++ {
		far, begun, ended := uint32(0), uint32(4), uint32(0)
		for i := range prGates {
			if prGates[i].plan != plan {
				continue
			}
			if nth := prGates[i].nth; nth == 0 {
				begun += prTrial.come[i].Load()
			} else {
				far += nth * nth * prTrial.come[i].Load()
			}
			ended = prTrial.come[i].Load()
		}
		// What comes to its end for nothing is no better, and not the same one always.
		if score := (1 + 100*far/begun/(1+ended)) * (1 + (turn*2654435761+plan*40503)>>7&3); score > most {
			best, most = plan, score
		}
	}
	return best
}

// prIsRare says of a first gate whether it has been come to so seldom that its plan need not wait for its turn.
//
//go:nosplit
func prIsRare(k, state uint32) bool {
	return state&0xff == 0 && 2*prTrial.come[k].Load()*prTrial.plans <= state>>16
}

// prGateAt is what is put in front of a statement: gate k, about a goroutine or nil.
//
//go:nosplit
func prGateAt(k uint32, gp *g) {
	if !prTrial.on.Load() {
		return
	}
	at := &prGates[k]
	state := prTrial.state.Load()
	if prIsOver(state) {
		return
	}
	if state&0xff != at.nth || prPlan(state) != at.plan && !prIsRare(k, state) || !prFits(at, gp) {
		return
	}
	for i := range prEntries {
		it := &prEntries[i]
		if it.plan == at.plan && it.stands && it.from == at.nth+1 && prTrial.waiting[i].Load() == 0 {
			return
		}
	}
	trial := state &^ 0xffff
	if at.nth == 0 {
		if !prTrial.state.CompareAndSwap(state, trial|0xff) {
			return
		}
		for i := range prTrial.slots {
			prTrial.slots[i].Store(0)
		}
		prTake(at, gp, true)
		prTrial.since.Store(nanotime())
		prTrial.held.Store(prWait(trial>>16, prIsRare(k, state)))
		prTrial.state.Store(trial | at.plan<<8 | 1)
	} else if !prTake(at, gp, false) || !prTrial.state.CompareAndSwap(state, state+1) {
		return
	} else {
		prTake(at, gp, true)
	}
	prTrial.since.Store(nanotime())
	prTrial.come[k].Add(1)
	prHold(trial>>16, at.until)
}

// prWait is how long a trial's held wait: some schedules want more time than others, and who is held for long keeps
// the others from their trials. What seldom begins is given time.
//
//go:nosplit
func prWait(trial uint32, isRare bool) int64 {
	if isRare {
		return 5 * prTrial.wait
	}
	switch trial % 16 {
	case 15:
		return 15 * prTrial.wait
	case 7, 11:
		return 5 * prTrial.wait
	case 1, 3, 5, 9, 13:
		return prTrial.wait
	}
	return prTrial.wait / 4
}

// prIsOver ends a trial that has come no further for long: nobody is held, who would have ended it.
//
//go:nosplit
func prIsOver(state uint32) bool {
	seq := state & 0xff
	if seq == 0 || seq == 0xff || nanotime()-prTrial.since.Load() <= 2*prTrial.held.Load() {
		return false
	}
	prTrial.state.CompareAndSwap(state, state&^0xffff+1<<16)
	return true
}

// prIsEarly says whether the trial has not come as far.
//
//go:nosplit
func prIsEarly(at *prPoint) bool {
	state := prTrial.state.Load()
	return state&0xff == 0xff || prPlan(state) == at.plan && state&0xff < at.from
}

// prEntryAt keeps who would come too early.
//
//go:nosplit
func prEntryAt(k uint32, gp *g) {
	if !prTrial.on.Load() {
		return
	}
	at := &prEntries[k]
	if !prFits(at, gp) || !prIsEarly(at) {
		return
	}
	end := nanotime() + prTrial.wait
	prTrial.waiting[k].Add(1)
	for prIsEarly(at) {
		// While a trial is on, it ends with that, and is about whoever waits.
		state := prTrial.state.Load()
		isOn := state&0xff != 0 && state&0xff != 0xff
		if !prTake(at, gp, isOn) || !isOn && nanotime() > end || prIsOver(state) {
			break
		}
		usleep(10)
	}
	prTrial.waiting[k].Add(-1)
}

// prHold waits until so many gates were come to, or the trial has ended; who waits for too long ends it.
//
//go:nosplit
func prHold(trial, until uint32) {
	end := nanotime() + prTrial.held.Load()
	for until != 0 {
		state := prTrial.state.Load()
		if state>>16 != trial || state&0xff >= until && until != prEnd && state&0xff != 0xff {
			return
		}
		if nanotime() > end {
			if state&0xff != 0xff {
				prTrial.state.CompareAndSwap(state, (trial+1)<<16)
			}
			return
		}
		usleep(10)
	}
}

// prStand says who stands where an M can wait for ever, since when, and whether it has gone on in between.
type prStand struct {
	m, ticks, scans, since, last atomic.Int64
}

var prStands [4]prStand

const (
	prForEver = 3000000000 // ns
	prJustNow = 300000000
)

// prStuckAt is what is put where an M waits: the k-th such place. One that is not left for seconds is enough: who else
// waits for it is chance.
//
//go:nosplit
func prStuckAt(k uint32, what string) {
	if !prTrial.on.Load() {
		return
	}
	now := nanotime()
	it := &prStands[k]
	ticks := int64(0)
	if curg := getg().m.curg; curg != nil {
		ticks = int64(curg.pr.ticks.Load())
	}
	// Who has suspended somebody meanwhile, or ended an operation, has gone on and come back.
	scans := int64(getg().m.prSections.scans.Load())
	me := getg().m.id
	if it.m.Load() != me || it.ticks.Load() != ticks || it.scans.Load() != scans || now-it.last.Load() > prJustNow {
		it.m.Store(me)
		it.ticks.Store(ticks)
		it.scans.Store(scans)
		it.since.Store(now)
	}
	it.last.Store(now)
	if now-it.since.Load() < prForEver {
		return
	}
	if prTrial.reports.Add(1) != 1 {
		return
	}
	prFail(what, "those who wait for each other wait for ever", getg(), 0, 0)
}
