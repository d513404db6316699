// N3: a heap dump meets a goroutine that is Running in a stopped world, and throws.
//
// Many goroutines sleep in the kernel for a few microseconds each, so that some of them enter or leave a system call
// at any moment. The main goroutine writes heap dumps. From Go 1.26 on, a goroutine at the edge of a system call can
// be Running although the world is stopped; runtime.dumpgs dumps it, and then falls through to the throw that is meant
// for all other statuses.
//
// Ends with exit code 2 and "fatal error: dumpgs in STW - bad status" where it happens, and with 0 after half a minute
// where it does not.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	// More Ps than CPUs: an M that is preempted by the kernel at the wrong moment is what it takes.
	runtime.GOMAXPROCS(8 * runtime.NumCPU())
	for i := 0; i < 32; i++ {
		go func() {
			for {
				d := syscall.NsecToTimespec(10_000)
				syscall.Nanosleep(&d, nil)
			}
		}()
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	dumps := 0
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); dumps++ {
		debug.WriteHeapDump(null.Fd())
	}
	fmt.Println("survived", dumps, "heap dumps")
}
