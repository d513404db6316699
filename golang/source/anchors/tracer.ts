import type { Anchors } from '../anchor';
import { nowhere } from '../anchor';

const NO_FLAG = nowhere('Go 1.22 asks for the generation instead, and so does its preset');
const AVAILABLE = 'trace.flushedGen.Load() == trace.readerGen.Load() || trace.workAvailable.Load()';

/** The tracer: trace.go (trace2.go in 1.22), tracestack.go, runtime/trace. */
/** How a P's status is written, wherever one does. */
const PROC_STATUS = {
  'if *.statusTraced.CompareAndSwap(gen)': '!pp.trace.acquireStatus(w.gen)',
  '*.trace.readyNextGen(gen)': 'r.readyNextGen(gen)',
  'buf.ProcStatus(*': 'w = w.writeProcStatus(uint64(pp.id), status, pp.trace.inSweep)',
};

export const tracer: Readonly<Record<string, Anchors>> = {
  advance: { in: ['traceAdvancerState.start'] },
  safePointFn: {
    in: [
      'traceAdvance{writeProcStatusForP}',
      'traceWriter.writeProcStatusForP',
      'traceSchedResourceState.acquireStatus',
      'traceSchedResourceState.readyNextGen',
      'traceWriter.writeProcStatus',
    ],
    at: {
      "if fn is the tracer's": nowhere(
        "there is one function for all safe points, and only the tracer's says something",
      ),
      traceAcquire: 'tl := traceAcquire()',
      ...PROC_STATUS,
      'if trace.ok()': nowhere('the generation may be over: it asks that of a locker without one, too'),
      traceRelease: 'traceRelease(tl)',
    },
  },
  readTrace0: {
    at: {
      'unlock(&trace.lock)#1': 'unlock(&trace.lock) before tbuf.arr[:tbuf.pos]; false',
      'return the buffers': 'tbuf.arr[:tbuf.pos]; false',
      'unlock(&trace.lock)#2': 'unlock(&trace.lock) after trace.shutdown.Load()',
      'unlock(&trace.lock)#3': 'unlock(&trace.lock) after trace.readerGen.Store(trace.gen.Load())',
      'unlock(&trace.lock)#4': 'unlock(&trace.lock) after trace.workAvailable.Store(false)',
      'if trace.shutdown.Load()': 'trace.shutdown.Load()',
      'semrelease, on g0(&trace.doneSema[gen%2])#1': 'semrelease(&trace.doneSema[gen%2])#1',
      'semrelease, on g0(&trace.doneSema[gen%2])#2': 'semrelease(&trace.doneSema[gen%2])#2',
      'next = trace.gen.Load()': 'trace.readerGen.Store(trace.gen.Load())',
      'trace.readerGen.Store(next)': 'trace.readerGen.Store(trace.gen.Load())',
      park: 'nil; true',
      'return nil': 'nil; false after trace.shutdown.Load()',
      'lock(&trace.lock)#1': 'lock(&trace.lock)#1',
    },
    order: 'full buffers are asked for first, and returned last',
  },
  traceReader: {
    in: ['ReadTrace', 'readTrace', 'trace.Start', 'trace.traceMultiplexer.startLocked', 'gopark'],
    at: {
      'systemstack(readTrace0)': 'buf, park = readTrace0()',
      'if park': 'park',
      acquirem: 'mp := acquirem()',
      'mp.waitunlockf = readTrace.func1': 'mp.waitunlockf = unlockf',
      'curg.waitreason = TraceReaderBlocked': 'gp.waitreason = reason',
      releasem: 'releasem(mp)',
      'mcall(park_m)': 'mcall(park_m)',
      'if data == nil': 'data == nil',
      'goexit1()': nowhere('goexit, in assembly, calls it behind every goroutine'),
    },
  },
  'readTrace.func1': {
    in: ['ReadTrace{trace.reader.CompareAndSwapNoWB}', 'readTrace{trace.reader.CompareAndSwapNoWB}', 'traceReader'],
    at: {
      'trace.reader.CompareAndSwap(nil, gp)': '!trace.reader.CompareAndSwapNoWB(nil, gp)',
      'traceReaderAvailable()': 'gp := traceReaderAvailable()',
      'if traceReader() == gp': 'g2 := traceReader(); gp == g2',
    },
    order: 'traceReader looks for a reader before it takes it',
  },
  traceReaderAvailable: {
    at: {
      'if trace.flushedGen.Load() == trace.readerGen.Load()': AVAILABLE,
      'if trace.workAvailable.Load()': AVAILABLE,
      'if trace.shutdown.Load()': AVAILABLE,
    },
  },
  'trace.Start': {
    in: [
      'trace.Start',
      'trace.traceMultiplexer.subscribeTraceStartWriter',
      'trace.traceMultiplexer.addedSubscriber',
      'trace.traceMultiplexer.startLocked',
    ],
    at: {
      'semacquire(tracing)': ['tracing.Lock()', 't.Lock()'],
      'if a goroutine is free': nowhere('a run has only so many goroutines'),
      'if tracing is on': ['t.traceStartWriter != nil', nowhere('StartTrace asks it, and refuses')],
      'Gosched()': nowhere('a program that is refused tries again'),
      'StartTrace()': ['err := runtime.StartTrace(); err != nil', 'runtime.StartTrace'],
      'if err == nil': ['err := runtime.StartTrace(); err != nil', 'err := t.startLocked(); err != nil'],
      'systemstack(trace.Start.func1)': 'func() {}()',
      'semrelease(tracing, no handoff)': ['tracing.Unlock()', 't.Unlock()'],
    },
    order: 'the lock is let go of where Go defers it',
  },
  'trace.Start.func1': {
    in: ['trace.Start', 'trace.traceMultiplexer.startLocked'],
    at: {
      'newproc1(traceReader)': 'func() {}()',
      'newg = newproc1()': 'func() {}()',
      'runqput(gp)': 'func() {}()',
    },
  },
  'trace.Stop': {
    in: [
      'trace.Stop',
      'trace.traceMultiplexer.unsubscribeTraceStartWriter',
      'trace.traceMultiplexer.removingSubscriber',
    ],
    at: {
      'semacquire(tracing)': ['tracing.Lock()', 't.Lock()'],
      'traceAdvance(true)': ['runtime.StopTrace()'],
      'semrelease(tracing, no handoff)': ['tracing.Unlock()', 't.Unlock()'],
    },
    order: 'the lock is let go of where Go defers it',
  },
  StartTrace: {
    in: ['StartTrace', 'traceWriter.writeProcStatusForP', 'traceSchedResourceState.acquireStatus'],
    at: {
      'trace.enabled = true': ['trace.enabled = true', NO_FLAG],
      'if traceEnabled()': 'traceEnabled() || traceShuttingDown()',
      'if traceShuttingDown()': 'traceEnabled() || traceShuttingDown()',
      ...PROC_STATUS,
      'startTheWorld()': 'startTheWorld(stw)',
      traceRelease: 'StartTrace: traceRelease(tl)',
      'semrelease(traceAdvanceSema, no handoff)': 'StartTrace: semrelease(&traceAdvanceSema)',
      'for every P: pp.trace.mSyscallID = -1': 'pp.trace.mSyscallID = -1',
      'until trace.exitingSyscall == 0': 'trace.exitingSyscall.Load() != 0',
      'stopTheWorld()': 'stw := stopTheWorld(stwStartTrace)',
    },
    order: 'how the status of a P is written has been written out',
  },
  traceAdvance: {
    at: {
      'gp = allgs[i]#1': 'forEachGRace(func(gp *g) {}, )',
      'gp = allgs[i]#2': '_; ug; untracedGs',
      'systemstack(traceAdvance.func3, gp)': 'systemstack(func() {}, )#1',
      'systemstack(traceAdvance.func4)': 'systemstack(func() {}, )#2',
      'if gcphase == GCmark || gcphase == GCmarktermination': '!stopTrace && (gcphase == _GCmark || ',
      'traceAcquire, for the GC': 'tl := traceAcquire() before tl.GCActive()',
      'traceRelease, for the GC': 'traceRelease(tl) after tl.GCActive()',
      'systemstack(traceAdvance.func5, gen)': 'systemstack(func() {}, )#3',
      'i = 0': nowhere('how a loop that Go writes with range goes on'),
      'if no more': '_; ug; untracedGs',
      'if ug was noted': '_; ug; untracedGs',
      'lock; statusWriter.flush(), the tables; unlock': 'statusWriter.flush().end()',
      'lock; trace.flushedGen.Store(gen); unlock': 'trace.flushedGen.Store(gen)',
      'if E: stopTrace': 'stopTrace#2',
      'systemstack(forEachP.func1, TraceProcStatus)': 'forEachP(waitReasonTraceProcStatus, func(pp *p) {}, )',
      'if gen%2 == 0': 'semacquire(&trace.doneSema[gen%2])',
      'semacquire(doneSema0)': 'semacquire(&trace.doneSema[gen%2])',
      'semacquire(doneSema1)': 'semacquire(&trace.doneSema[gen%2])',
      'if stopTrace, at the end': 'stopTrace#3',
      'lock(&trace.lock); trace.shutdown.Store(false); unlock': 'trace.shutdown.Store(false)',
      'semrelease(traceAdvanceSema, handoff)': 'semrelease1(&traceAdvanceSema, true, 0)',
      'if stopTrace#2': 'stopTrace#5',
    },
  },
  'traceAdvance.func3': {
    in: ['traceAdvance{suspendG}'],
    at: {
      'casGToWaitingForGC(*': 'casGToWaiting',
      '&ug, captured': nowhere('the closure knows where it is to write'),
      'suspendG(gp)': 's := suspendG(gp)',
      's = result': 's := suspendG(gp)',
      'traceStack(gp, explicit)': 'ug.stackID = traceStack(0, gp, ',
      'ug.stackID = stack': 'ug.stackID = traceStack(0, gp, ',
      'resumeG(gp, state)': 'resumeG(s)',
    },
  },
  'traceAdvance.func4': {
    in: ['traceAdvance{trace.shutdown.Store(true)}'],
    at: { 'trace.enabled = false': ['trace.enabled = false', NO_FLAG] },
  },
  'traceAdvance.func5': {
    in: ['traceAdvance{traceBufFlush}'],
    at: {
      'if mToFlush == nil': 'mToFlush != nil#1',
      'mToFlush.trace.seqlock.Load()%2 == 0': ['mp.trace.seqlock.Load()%2 != 0', 'mp.trace.writing.Load()'],
      'lock; traceBufFlush(mToFlush.trace.buf[gen%2]); unlock': [
        'traceBufFlush(*bufp, gen)',
        'traceBufFlush(buf, gen)',
      ],
      'mToFlush = next': '*prev = mp.trace.link',
      'the generation is closed': nowhere('from here on nobody writes into it, for the properties'),
    },
  },
  traceStack: {
    in: ['traceStack', 'fpTracebackPCs'],
    at: {
      'status = readgstatus(gp)': 'status := readgstatus(gp)',
      accept: nowhere('nothing was wrong with the status'),
      'pc, bp = gp.sched': ['pcBuf[1] = gp.sched.pc', 'pcBuf[1] = curgp.sched.pc'],
      'pc, bp = gp.syscallpc, gp.syscallbp or gp.sched': 'gp.syscallsp != 0',
      'if bp != nil': 'i = 0; i < len(pcBuf) && fp != nil; i++',
      'fpTracebackPCs: first frame': 'pcBuf[i] = *(*uintptr)(unsafe.Pointer(uintptr(fp) + goarch.PtrSize))',
      'fpTracebackPCs: second frame': 'pcBuf[i] = *(*uintptr)(unsafe.Pointer(uintptr(fp) + goarch.PtrSize))',
      'stackTab.put': ['id := trace.stackTab[gen%2].put(pcBuf[:nstk])', 'id := tab.put(pcBuf[:nstk])'],
    },
  },
};
