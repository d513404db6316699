import type { OperationName } from '../../models/operations';
import type { Program } from '../../models/program';
import { loopsOf } from './looped';

/**
 * A finding's program as a Go program: each goroutine does its operations over and over, from where it began. What
 * the model starts with is brought about by others: tracing, and garbage collections one after the other.
 */

/** What an operation is in Go: the imports that it wants and what it does. */
interface Deed {
  readonly code: string;
  /** What it wants to be declared. */
  readonly wants?: readonly string[];
}

const deeds: Partial<Readonly<Record<OperationName, Deed>>> = {
  park: { code: 'time.Sleep(200 * time.Microsecond)', wants: ['time'] },
  parkOnChan: { code: 'select {\ncase <-wakes:\ncase <-time.After(time.Millisecond):\n}', wants: ['time'] },
  wake: { code: 'select {\ncase wakes <- true:\ndefault:\n}' },
  netRead: {
    code: 'var one [1]byte\nfrom, to, _ := os.Pipe()\ngo to.Write(one[:])\nfrom.Read(one[:])\nfrom.Close()\nto.Close()',
    wants: ['pipe'],
  },
  gosched: { code: 'runtime.Gosched()' },
  goyield: { code: 'runtime.ParkrangerYield()' },
  syscall: { code: 'sleep := syscall.Timespec{Nsec: 50000}\nsyscall.Nanosleep(&sleep, nil)', wants: ['syscall'] },
  go: { code: 'ended := make(chan bool)\ngo func() { ended <- true }()\n<-ended' },
  coroutine: {
    code:
      'next, end := iter.Pull(three)\nfor _, ok := next(); ok; _, ok = next() {\n' +
      '\tbusy(200 * time.Microsecond)\n}\nend()',
    wants: ['iter', 'busy'],
  },
  busyLoop: { code: 'busy(time.Millisecond)', wants: ['busy'] },
  deepCall: { code: 'deep(100)', wants: ['deep'] },
  gcAssist: { code: 'allocate()', wants: ['allocate'] },
  gcStart: { code: 'runtime.GC()' },
  stopTheWorld: { code: 'var stats runtime.MemStats\nruntime.ReadMemStats(&stats)' },
  heapDump: { code: 'debug.WriteHeapDump(null.Fd())', wants: ['null'] },
  goroutineProfile: {
    code: 'records := make([]runtime.StackRecord, 512)\nruntime.GoroutineProfile(records)',
  },
  debugCall: { code: 'debugCalled()', wants: ['debug'] },
  traceStart: { code: 'trace.Start(io.Discard)', wants: ['trace', 'discard'] },
  traceAdvance: { code: 'runtime.ParkrangerAdvance()' },
  traceStop: { code: 'trace.Stop()', wants: ['trace'] },
};

const helpers: Readonly<Record<string, { readonly code: string; readonly imports: readonly string[] }>> = {
  time: { code: '', imports: ['time'] },
  syscall: { code: '', imports: ['syscall'] },
  pipe: { code: '', imports: ['os'] },
  trace: { code: '', imports: ['runtime/trace'] },
  discard: { code: '', imports: ['io'] },
  iter: {
    code: `// three stays for a while between two switches, as its caller does: whoever stops the world finds them so.
func three(yield func(int) bool) {
	for i := 0; i < 3; i++ {
		busy(200 * time.Microsecond)
		if !yield(i) {
			return
		}
	}
}`,
    imports: ['iter'],
  },
  debug: {
    code: `var debugging sync.Mutex

// debugCalled runs until a debugger's call has come and gone. There is one debugger.
func debugCalled() {
	debugging.Lock()
	defer debugging.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	self := runtime.ParkrangerSelf()
	var isDone atomic.Bool
	go func() {
		runtime.ParkrangerDebugCall(self, func(tid int) error {
			return syscall.Tgkill(syscall.Getpid(), tid, syscall.SIGTRAP)
		})
		isDone.Store(true)
	}()
	for !isDone.Load() {
	}
}`,
    imports: ['sync', 'sync/atomic', 'syscall'],
  },
  busy: {
    code: `//go:noinline
func busy(most time.Duration) {
	long := rand.N(most)
	for begin := time.Now(); time.Since(begin) < long; {
	}
}`,
    imports: ['math/rand/v2', 'time'],
  },
  deep: {
    code: `// deep grows the caller's stack, which is nearly empty again when it returns.
//
//go:noinline
func deep(n int) byte {
	var frame [512]byte
	frame[n%512] = byte(n)
	if n > 0 {
		return deep(n-1) + frame[(n+1)%512]
	}
	return frame[3]
}`,
    imports: [],
  },
  allocate: {
    code: `var kept atomic.Pointer[[]*[64]byte]

// allocate assists, where the GC marks.
func allocate() {
	some := make([]*[64]byte, 32)
	for i := range some {
		some[i] = new([64]byte)
	}
	kept.Store(&some)
	runtime.ParkrangerAssist()
	some[0] = new([64]byte)
}`,
    imports: ['sync/atomic'],
  },
  null: { code: 'var null, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)', imports: ['os', 'runtime/debug'] },
};

/** What of a program no Go program does: operations that are new. */
export const missingIn = ({ gs }: Program): string[] =>
  [...new Set(gs.flatMap(({ ops }) => ops))].filter((it) => deeds[it] === undefined);

/** What several goroutines can do, so that the next one is at hand. The others stop them all. */
const CHEAP: ReadonlySet<OperationName> = new Set<OperationName>([
  ...(['park', 'parkOnChan', 'wake', 'gosched', 'goyield', 'syscall', 'netRead', 'go', 'coroutine'] as const),
  ...(['busyLoop', 'deepCall', 'gcAssist'] as const),
]);
const COPIES = 3;

/** Who collects garbage all the time. */
const COLLECTOR = '\tgo func() {\n\t\tfor {\n\t\t\truntime.GC()\n\t\t}\n\t}()\n';

const indented = (code: string, by: number): string =>
  code
    .split('\n')
    .map((line) => (line === '' ? '' : '\t'.repeat(by) + line))
    .join('\n');

/** More samples than people take, and every lock. */
const PROFILES = '\truntime.SetCPUProfileRate(2000)\n\truntime.SetMutexProfileFraction(1)\n';

/** Who begins a generation of the trace all the time. */
const ADVANCER = `	go func() {
		for {
			runtime.ParkrangerAdvance()
			time.Sleep(time.Millisecond)
		}
	}()
`;

/** The program's text. Where it is about what a generation begins with, they are short. */
export function programText(program: Program, note: string, isAboutGenerations = false): string {
  const { ms, tracing, marking, profiled } = program;
  const all = loopsOf(program).flat();
  const wants = new Set(all.flatMap((it) => deeds[it]!.wants ?? []));
  if (tracing) for (const it of ['trace', 'discard']) wants.add(it);
  if (all.length > 0) wants.add('busy');
  const used = Object.entries(helpers).filter(([name]) => wants.has(name));
  const imports = [
    ...new Set(['os', 'runtime', 'strconv', 'time', 'runtime/debug', ...used.flatMap(([, it]) => it.imports)]),
  ].sort();
  const loops = loopsOf(program).map((ops, i) => {
    const body = [
      // Who goes from one operation to the next at once is never found running.
      ...(ops.length > 0 ? ['busy(time.Millisecond)'] : []),
      // A block of its own, so that names can come back.
      ...ops.flatMap((it) => [`{ // ${it}\n${indented(deeds[it]!.code, 1)}\n}`, 'runtime.ParkrangerTick()']),
      ...(ops.length === 0
        ? ['for i := 0; i < 1000; i++ {\n\twork += i\n}\n_ = work', 'runtime.ParkrangerTick()']
        : []),
    ].join('\n');
    const init = ops.length === 0 ? '\t\twork := 0\n' : '';
    const loop = `go func() {
	runtime.ParkrangerRole(${i + 1})
${init.slice(1)}	for {
${indented(body, 2)}
	}
}()`;
    const many = ops.every((it) => CHEAP.has(it));
    return `	// G${i}\n${indented(many ? `for i := 0; i < ${COPIES}; i++ {\n${indented(loop, 1)}\n}` : loop, 1)}`;
  });
  const set = [profiled ? PROFILES : '', tracing ? '\ttrace.Start(io.Discard)\n' : ''].join('');
  const others = [marking ? COLLECTOR : '', tracing && isAboutGenerations ? ADVANCER : ''].join('');
  return `${note}
package main

import (
${imports.map((it) => `\t"${it}"`).join('\n')}
)
${all.some((it) => it === 'wake' || it === 'parkOnChan') ? '\nvar wakes = make(chan bool)\n' : ''}
${used.flatMap(([, { code }]) => (code === '' ? [] : [`${code}\n`])).join('\n')}
func number(name string, usual int) int {
	if it, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return it
	}
	return usual
}

func main() {
	runtime.GOMAXPROCS(${Math.max(4, ms)})
	debug.SetGCPercent(20)
${set}	runtime.ParkrangerStart(number("PARKRANGER_WAIT", 20))
${loops.join('\n')}
${others}	time.Sleep(time.Duration(number("PARKRANGER_SECONDS", 20)) * time.Second)
	runtime.ParkrangerCome()
	os.Exit(0)
}
`;
}
