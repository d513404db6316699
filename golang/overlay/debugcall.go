package runtime

import "unsafe"

// ParkrangerDebugCall has a goroutine, which is locked to its thread, call nothing as a debugger would.
func ParkrangerDebugCall(gp unsafe.Pointer, tkill func(tid int) error) {
	InjectDebugCall((*g)(gp), func() {}, nil, nil, tkill, true)
}
