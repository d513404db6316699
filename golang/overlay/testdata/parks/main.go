// Goroutines with stacks that have been large park and wake up, while a trace is written and the GC shrinks stacks.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/trace"
	"time"
)

func main() {
	limit, err := time.ParseDuration(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(4)
	if err := trace.Start(io.Discard); err != nil {
		panic(err)
	}
	for i := 0; i < 100; i++ {
		go func() {
			for {
				grow(200)
				park(30)
			}
		}()
	}
	cycles := 0
	for end := time.Now().Add(limit); time.Now().Before(end); cycles++ {
		runtime.GC()
	}
	trace.Stop()
	fmt.Println("survived", cycles, "cycles")
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
func park(n int) int {
	if n == 0 {
		time.Sleep(time.Millisecond)
		return 0
	}
	return park(n-1) + 1
}
