// N1: leaving a system call for a goroutine profile allocates, and tells the trace that the goroutine is Running.
//
// Goroutines sleep in the kernel, one takes goroutine profiles in a loop, and the trace advances as often as it can.
// Who leaves a system call while a profile is being taken records its own stack for it, still with the status Syscall.
// If the buffer for that stack makes a span be refilled, the change of the heap's size is an event, the first of this
// goroutine in a generation that began while it slept, and so the event says that it is Running. Three hundred parked
// goroutines keep each profile busy for a while.
//
// Writes a trace of three seconds to the file that is given. Go's own parser says whether it can be read:
//
//	GODEBUG=traceadvanceperiod=0 go run ./N1 FILE && go tool trace -d=parsed FILE > /dev/null
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "give it the file for its trace")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(4)
	for i := 0; i < 300; i++ {
		go func() { select {} }()
	}
	for i := 0; i < 32; i++ {
		go func() {
			for {
				d := syscall.NsecToTimespec(4_000_000)
				syscall.Nanosleep(&d, nil)
			}
		}()
	}
	go func() {
		for {
			pprof.Lookup("goroutine").WriteTo(io.Discard, 0)
		}
	}()
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	time.Sleep(3 * time.Second)
	trace.Stop()
	f.Close()
}
