// L12: a coroutine that ends is destroyed before the trace is told, and the next generation has no status of it.
//
// Two goroutines use up iterators (iter.Pull) as fast as they can, while a flight recorder runs. Each snapshot is
// written to a file in the folder that is given; some of them cannot be read by Go's own parser:
//
//	go run ./L12 DIR && for f in DIR/*; do go tool trace -d=parsed $f > /dev/null || echo unreadable: $f; done
package main

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/trace"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "give it the folder for its snapshots")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(4)
	for i := 0; i < 2; i++ {
		go func() {
			for {
				next, stop := iter.Pull(three)
				for _, ok := next(); ok; _, ok = next() {
				}
				stop()
			}
		}()
	}
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Millisecond, MaxBytes: 1 << 20})
	if err := recorder.Start(); err != nil {
		panic(err)
	}
	for i := 0; i < 40; i++ {
		time.Sleep(50 * time.Millisecond)
		f, err := os.Create(filepath.Join(os.Args[1], fmt.Sprintf("%02d.trace", i)))
		if err != nil {
			panic(err)
		}
		if _, err := recorder.WriteTo(f); err != nil {
			panic(err)
		}
		f.Close()
	}
}

func three(yield func(int) bool) {
	for k := 0; k < 3; k++ {
		if !yield(k) {
			return
		}
	}
}
