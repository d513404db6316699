// L13: the goroutine profile keeps a goroutine from running while it walks the stack, and does not keep the GC from
// moving it.
//
// Goroutines with stacks that have been large park and wake up again; one takes goroutine profiles in a loop, and one
// runs the GC in a loop, which shrinks the stacks of those that are parked. With GODEBUG=efence=1, freed stacks cannot
// be read:
//
//	GODEBUG=efence=1 go run ./L13
//
// Ends in SIGSEGV where it happens, and with exit code 0 after a minute where it does not.
package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"time"
)

func main() {
	runtime.GOMAXPROCS(4)
	for range 200 {
		go func() {
			for {
				grow(200)
				park(30)
			}
		}()
	}
	go func() {
		for {
			runtime.GC()
		}
	}()
	profiles := 0
	for end := time.Now().Add(time.Minute); time.Now().Before(end); profiles++ {
		pprof.Lookup("goroutine").WriteTo(io.Discard, 0)
	}
	fmt.Println("survived", profiles, "profiles")
}

//go:noinline
func grow(n int) int {
	var frame [256]byte
	if n == 0 {
		return int(frame[3])
	}
	return grow(n-1) + int(frame[n%256])
}

// park sleeps below n frames, which a walk has to go through.
//
//go:noinline
func park(n int) int {
	if n == 0 {
		time.Sleep(3 * time.Millisecond)
		return 0
	}
	return park(n-1) + 1
}
