package runtime

// Who walks, copies and lends goroutines' stacks, told by the places where that happens, and judged apart from the
// flags that the runtime itself goes by. Everything here may be called with little stack left and without a P.

import (
	"internal/runtime/atomic"
)

// prMask has the known bugs of this release that are not reported.
const prMask uint32 = PARKRANGER_MASK

const (
	prMaskL13 = 1 << iota // the goroutine profile walks a stack that the GC moves
	prMaskL29             // a lent stack is moved while tracing is off, or is being switched off
	prMaskL14             // a suspender that came late has overwritten the reason by which the owner lends itself
	prMaskS1              // and everything of one property, or of the tracer's walks
	prMaskS2
	prMaskS3
	prMaskTracer
	prMaskL4  // preemptPark lets go of its goroutine before the event
	prMaskL12 // a coroutine is destroyed before the event of its switch
	prMaskWeak
	prMaskS12
)

// prWant says which copies are reported, and which walks during copies, where one bug of several is looked for.
const prWant = PARKRANGER_WANT

const (
	prWantOff         = 1 + iota // of lent stacks: tracing is off, and it is no worker's
	prWantOffWorker              // tracing is off, and it is a worker's
	prWantOn                     // tracing is on
	prWantOverwritten            // the reason is no longer the owner's
	prWantNobodys                // of stacks that nobody has lent
)

//go:nosplit
func prIsWanted(gp *g) bool {
	if prWant == 0 {
		return true
	}
	if gp.pr.lent.Load() == 0 {
		return prWant == prWantNobodys
	}
	reason := waitReason(gp.pr.reason.Load())
	switch prWant {
	case prWantOff:
		return !traceEnabled() && reason != waitReasonGCWorkerActive && gp.waitreason == reason
	case prWantOffWorker:
		return !traceEnabled() && reason == waitReasonGCWorkerActive && gp.waitreason == reason
	case prWantOn:
		return traceEnabled() && gp.waitreason == reason
	case prWantOverwritten:
		return gp.waitreason != reason
	}
	return false
}

// How somebody comes to walk a stack.
const (
	prByUnwinder = 1 + iota // a trace event, by the unwinder
	prBySyscall             // a trace event, from the frame pointer of a system call
	prByFrame               // a trace event, from the saved frame pointer
	prByProfile             // the goroutine profile
	prByCPUProfile
	prByLockProfile // that of the runtime's own locks
)

// prStack is what a goroutine's stack is doing. An M is told by its id plus one.
type prStack struct {
	walks  [4]atomic.Uint32 // M | kind<<24
	copy   atomic.Uint32
	lent   atomic.Uint32
	reason atomic.Uint32 // what it was lent for
	scan   atomic.Uint32 // who set the scan bit
	role   atomic.Uint32 // who of a schedule it is, where there are gates
	ticks  atomic.Uint32 // how many operations it has ended
	told   atomic.Uint64 // which status the trace was given of it: generation<<8 | status
}

//go:nosplit
func prM() uint32 { return uint32(getg().m.id) + 1 }

//go:nosplit
func prKind(kind uint32) string {
	switch kind {
	case prByUnwinder, prBySyscall, prByFrame:
		return "a trace event (traceStack)"
	case prByProfile:
		return "the goroutine profile (saveg)"
	case prByCPUProfile:
		return "a CPU profile (sigprof)"
	case prByLockProfile:
		return "a lock profile (captureStack)"
	}
	return "copystack"
}

// prSayMore says of a schedule how far it has come, where there is one.
var prSayMore func()

// prFail reports a break, with the stack of who runs, and of all others as far as they can be had.
//
//go:nosplit
func prFail(property, what string, gp *g, other, by uint32) {
	systemstack(func() {
		print("parkranger: ", property, ": ", what, "\n")
		if gp == nil {
			print("\tno goroutine")
		} else {
			print("\tgoroutine ", gp.goid, ", status ", hex(readgstatus(gp)), " (", gp.waitreason.String(), ")")
		}
		print(", by M ", prM()-1)
		if other != 0 {
			print(", against ", prKind(by), " on M ", other-1)
		}
		if prSayMore != nil {
			prSayMore()
		}
		// Frames of the runtime as well.
		getg().m.traceback = 2
		if gp != nil {
			print("\n\tthe stack that this is about:\n")
			traceback(^uintptr(0), ^uintptr(0), 0, gp)
		}
		prTellOther(other, gp)
		throw("parkranger: a stack had no owner, or two")
	})
}

// prTellOther prints the stack of the goroutine that another M runs, as that has left it when it went to g0: walks,
// copies and loans happen there.
func prTellOther(other uint32, gp *g) {
	for mp := allm; mp != nil; mp = mp.alllink {
		if uint32(mp.id)+1 != other || mp.curg == nil || mp.curg == gp || mp == getg().m {
			continue
		}
		print("\n\tthe goroutine of M ", mp.id, ", ", mp.curg.goid, " (", mp.curg.waitreason.String(), "):\n")
		traceback(^uintptr(0), ^uintptr(0), 0, mp.curg)
	}
}

// prIsMasked says of walks of a kind whether they may meet a copy.
//
//go:nosplit
func prIsMasked(kind uint32) bool {
	if kind == prByProfile {
		return prMask&(prMaskS2|prMaskL13) != 0
	}
	if kind > prByProfile {
		return prMask&prMaskS2 != 0
	}
	return prMask&(prMaskS2|prMaskTracer) != 0
}

//go:nosplit
func prWalkBegin(gp *g, kind uint32) {
	if gp == nil {
		return
	}
	me := prM()
	for i := range gp.pr.walks {
		if gp.pr.walks[i].CompareAndSwap(0, me|kind<<24) {
			break
		}
	}
	getg().m.prSections.walks.set(gp)
	if kind < prByProfile && prMask&prMaskS12 == 0 && gp.pr.lent.Load() == 0 && gp.pr.scan.Load() != me {
		if getg().m.prSections.left.ptr() == gp {
			prFail("S12", "a stack is walked whose goroutine its own M has moved out of Running", gp, 0, kind)
		}
	}
	if kind < prByProfile && prMask&prMaskS1 == 0 {
		s := readgstatus(gp) &^ _Gscan
		own := (s == _Grunning || s == _Gsyscall || s == _Gcopystack) && gp.m == getg().m
		if gp != getg() && gp.pr.scan.Load() != me && gp.pr.lent.Load() != me && !own {
			prFail("S1", "a stack is walked by somebody who does not own it", gp, 0, kind)
		}
	}
	if prIsMasked(kind) {
		return
	}
	if c := gp.pr.copy.Load(); c != 0 && c != me && prIsWanted(gp) {
		prFail("S2", "a walk begins on a stack that is being copied", gp, c, 0)
	}
}

// prWalkLent is for those who walk from an M's g0 to the stack of its goroutine: only from where that has gone there by
// itself, and where the stack is others' to move only if it is lent.
//
//go:nosplit
func prWalkLent(kind uint32) {
	if gp := getg().m.curg; gp != nil && gp.pr.lent.Load() == prM() {
		prWalkBegin(gp, kind)
	}
}

//go:nosplit
func prWalkEnd(gp *g) {
	if gp == nil {
		return
	}
	me := prM()
	getg().m.prSections.walks.set(nil)
	for i := range gp.pr.walks {
		if x := gp.pr.walks[i].Load(); x&0xffffff == me {
			gp.pr.walks[i].Store(0)
			return
		}
	}
}

//go:nosplit
func prCopyBegin(gp *g) {
	me := prM()
	gp.pr.copy.Store(me)
	if l := gp.pr.lent.Load(); l != 0 && l != me && prMask&(prMaskL29|prMaskS3) == 0 {
		if prIsWanted(gp) && (prMask&prMaskL14 == 0 || gp.waitreason != waitReasonPreempted) {
			prFail("S3", "a stack that is lent to another M is copied", gp, l, 0)
		}
	}
	if l := gp.pr.lent.Load(); l != 0 && l != me && prMask&prMaskWeak == 0 && prIsInSection(l) && prIsWanted(gp) {
		prFail("S3weak", "a stack is copied whose M has lent it, and writes to the trace", gp, l, 0)
	}
	for i := range gp.pr.walks {
		x := gp.pr.walks[i].Load()
		if x == 0 || x&0xffffff == me || prIsMasked(x>>24) || !prIsWanted(gp) || !prWalks(x&0xffffff, gp) {
			continue
		}
		prFail("S2", "a stack is copied during somebody else's walk", gp, x&0xffffff, x>>24)
	}
}

//go:nosplit
func prCopyEnd(gp *g) { gp.pr.copy.Store(0) }

// prSections is how deep an M is inside of sections of the trace, whatever its seqlock says, and of which generation
// the outermost is.
type prSections struct {
	depth atomic.Int32
	gen   atomic.Uint64
	scans atomic.Uint32 // how often it has set a scan bit
	walks guintptr      // whose stack it walks
	ran   guintptr      // whom it ran last
	left  guintptr      // whom it has moved out of Running
}

//go:nosplit
func prEnter(mp *m, gen uintptr) {
	if mp.prSections.depth.Load() == 0 {
		mp.prSections.gen.Store(uint64(gen))
	}
	mp.prSections.depth.Add(1)
}

//go:nosplit
func prLeave(mp *m) { mp.prSections.depth.Add(-1) }

// prFlush judges who takes the buffer of an M.
func prFlush(mp *m, gen uintptr) {
	if mp.prSections.depth.Load() != 0 && mp.prSections.gen.Load() == uint64(gen) {
		print("parkranger: the section of M ", mp.id, " is of the generation that is flushed\n")
		prFail("S15", "the buffer of an M is flushed that is writing an event", getg().m.curg, 0, 0)
	}
}

// prWalks asks the M itself whether it walks a stack: where a debugger injects calls, an M can leave a walk unended.
//
//go:nosplit
func prWalks(m uint32, gp *g) bool {
	for mp := allm; mp != nil; mp = mp.alllink {
		if uint32(mp.id)+1 == m {
			return mp.prSections.walks.ptr() == gp
		}
	}
	return false
}

//go:nosplit
func prIsInSection(m uint32) bool {
	for mp := allm; mp != nil; mp = mp.alllink {
		if uint32(mp.id)+1 == m {
			return mp.prSections.depth.Load() != 0
		}
	}
	return false
}

// prTells judges an event that is about the goroutine that its M runs: who reads its generation alone takes that for
// whom the M ran last, where it runs nobody.
func prTells(mp *m, gen uintptr, mask uint32) {
	gp := mp.prSections.ran.ptr()
	if prMask&mask == 0 && mp.curg == nil && gp != nil && !gp.trace.statusWasTraced(gen) {
		prFail("S8", "an event is about a goroutine of which its generation has no status", gp, 0, 0)
	}
}

// What follows is called only where it is looked for.

// prMoves judges a transition that the trace tells.
//
//go:nosplit
func prMoves(gp *g, isInSection bool) {
	if traceEnabled() && !isInSection {
		prFail("S11", "a transition that the trace tells happens outside of a section of the trace", gp, 0, 0)
	}
}

// Of the statuses that the trace is told.
const (
	prRunning = 2
	prWaiting = 4
)

func prIsTold(gp *g, gen uintptr, status uint64) { gp.pr.told.Store(uint64(gen)<<8 | status) }

// prLeavesSyscall judges what the trace was told of a goroutine that leaves a system call.
func prLeavesSyscall(gp *g, gen uintptr) {
	if gp.pr.told.Load() == uint64(gen)<<8|prRunning {
		prFail("S7", "a goroutine leaves a system call that its generation calls Running", gp, 0, 0)
	}
}

// prBeginsWith judges the status that a generation begins with by the one that the last ended with.
func prBeginsWith(gp *g, gen uintptr, status uint64) {
	if status == prRunning && gp.pr.told.Load() == uint64(gen-1)<<8|prWaiting {
		prFail("S7", "a generation ends with Waiting, the next begins with Running", gp, 0, 0)
	}
}

// prWroteReason judges a suspender.
//
//go:nosplit
func prWroteReason(gp *g) {
	if gp.pr.scan.Load() != prM() {
		prFail("S10", "a suspender wrote the waitreason of a goroutine that it does not have", gp, 0, 0)
	}
}

// prWritesThrough judges a write of a closure through a pointer into the frame of its caller.
func prWritesThrough(to uintptr, was stack, me *g) {
	if was.lo <= to && to < was.hi && me.stack.lo != was.lo {
		prFail("S21", "a closure writes into a stack that was replaced", me, 0, 0)
	}
}

// prScanBit judges the commit's check where it takes a scan bit for ownership.
func prScanBit(gp *g) {
	if gp.pr.scan.Load() != prM() {
		prFail("FN1", "somebody else's scan bit is accepted", gp, gp.pr.scan.Load(), 0)
	}
}

// prReadsRunning judges the goroutine profile, which takes a goroutine to stand still.
func prReadsRunning(gp *g) {
	if gp.m != getg().m && readgstatus(gp)&^_Gscan == _Grunning {
		prFail("S1", "a stack is walked by somebody who does not own it, whose goroutine runs", gp, 0, prByProfile)
	}
}

// prReadsUnchecked judges a walk that no check is in front of.
func prReadsUnchecked(gp *g) {
	me := prM()
	isOwn := gp.m == getg().m && readgstatus(gp)&^_Gscan == _Grunning
	if gp != getg() && !isOwn && gp.pr.scan.Load() != me {
		prFail("FN6", "a stack is walked by somebody who does not own it, and nobody checks", gp, 0, prByProfile)
	}
}

var prDice atomic.Uint32

// prChaosAt delays one caller in fifty, for up to 200 µs.
//
//go:nosplit
func prChaosAt() {
	x := prDice.Add(-1640531527)
	x ^= x >> 15
	x *= 0x85ebca6b
	x ^= x >> 13
	if x%50 == 0 {
		usleep(1 + x>>8%200)
	}
}
