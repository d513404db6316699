//go:build go1.25

// N4: the debug check of stack ownership stops a correct test in a bubble of synctest.
//
// When the last goroutine of a bubble but the one that waits ends, its transition to dead readies the one that waits,
// inside casgstatus, and so writes an event with the stack of whoever runs, which is dead already. With the check that
// came with the ownership of stacks switched on, that is an error, although nobody else could touch the stack.
//
//	GODEBUG=tracecheckstackownership=1 go test ./N4
package n4

import (
	"io"
	"runtime/trace"
	"testing"
	"testing/synctest"
)

func TestBubble(t *testing.T) {
	if err := trace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			go func() {}()
			synctest.Wait()
		})
	}
}
