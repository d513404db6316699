// N5: a profile of leaked goroutines walks stacks that the next GC shrinks.
//
// Goroutines with large stacks wait on channels that nobody else knows, so that the leak profile of Go 1.27 finds them.
// It marks them in a stopped world and walks them behind it, without the handshake by which other walks keep a stack in
// place. One more goroutine runs the GC in a loop. With GODEBUG=efence=1, freed stacks cannot be read:
//
//	GODEBUG=efence=1 go run ./N5
//
// Ends in SIGSEGV where it happens, and with exit code 0 after twenty seconds where it does not. With an argument, the
// GC does not run beside it, and nothing happens.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"time"
)

func main() {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		fmt.Println("this release has no leak profile")
		return
	}
	// More Ps than CPUs: a walk that the kernel interrupts is what it takes.
	runtime.GOMAXPROCS(4 * runtime.NumCPU())
	if len(os.Args) == 1 {
		go func() {
			for {
				runtime.GC()
			}
		}()
	}
	profiles := 0
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); profiles++ {
		for range 60 {
			leak()
		}
		time.Sleep(5 * time.Millisecond)
		if err := profile.WriteTo(io.Discard, 0); err != nil {
			panic(err)
		}
	}
	fmt.Println("survived", profiles, "profiles")
}

// leak leaves a goroutine behind that waits with a stack that has been large, and has twenty frames.
func leak() {
	c := make(chan int)
	go func() {
		grow(1500)
		wait(20, c)
	}()
}

//go:noinline
func grow(n int) int {
	var frame [256]byte
	if n == 0 {
		return int(frame[3])
	}
	return grow(n-1) + int(frame[n%256])
}

//go:noinline
func wait(n int, c chan int) {
	if n == 0 {
		<-c
		return
	}
	wait(n-1, c)
	runtime.KeepAlive(c)
}
