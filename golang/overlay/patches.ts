/** A change of a file of package runtime, at a text that stands once in a function (or in the file). */
export interface Patch {
  readonly file: string;
  /** The function, or several of which releases have one; missing: the whole file. */
  readonly in?: string | readonly string[];
  /** The text, or several of which releases have one. */
  readonly at: string | readonly string[];
  readonly put: 'before' | 'behind' | 'instead';
  readonly code: string;
}

const LENDERS = ['casGToWaitingForSuspendG', 'casGToWaitingForGC'];

/** Where the runtime tells the oracle what it does. `minor` is N of Go 1.N. */
export function oraclePatches(minor: number): Patch[] {
  const walk = (begin: string, call: string): string => `${begin}\n\t\t\t${call}\n\t\t\tprWalkEnd(gp)`;
  const old = minor < 23;
  const file = old ? 'trace2stack.go' : 'tracestack.go';
  const gp = old ? 'curgp' : 'gp';
  const byFrame = `nstk += 1 + fpTracebackPCs(unsafe.Pointer(${gp}.sched.bp), pcBuf[2:])`;
  const bySyscall = 'nstk += 1 + fpTracebackPCs(unsafe.Pointer(gp.syscallbp), pcBuf[2:])';
  const byUnwinder = `nstk += gcallers(${gp}, skip, pcBuf[1:])`;
  const around = (text: string, kind: string): Patch => ({
    ...{ file, in: 'traceStack', at: text, put: 'instead' },
    code: walk(`prWalkBegin(${gp}, ${kind})`, text).replace('prWalkEnd(gp)', `prWalkEnd(${gp})`),
  });
  return [
    { file: 'runtime2.go', at: '\tgcAssistBytes int64\n', put: 'behind', code: '\tpr prStack\n' },
    { file: 'runtime2.go', at: '\ttrace       mTraceState\n', put: 'behind', code: '\tprSections prSections\n' },
    {
      ...{ file: 'stack.go', in: 'copystack', at: '\tmemmove(unsafe.Pointer(new.hi-ncopy)', put: 'before' },
      code: '\tprCopyBegin(gp)\n',
    },
    {
      ...{ file: 'stack.go', in: 'copystack', at: '\tstackfree(old)', put: 'behind' },
      code: '\n\tprCopyEnd(gp)\n',
    },
    ...(old
      ? []
      : [
          {
            ...{
              file: 'proc.go',
              in: LENDERS,
              at: '\tcasGToWaiting(gp, old, reason)',
              put: 'before',
            },
            code: '\tgp.pr.reason.Store(uint32(reason))\n\tgp.pr.lent.Store(prM())\n',
          } as Patch,
          around(bySyscall, 'prBySyscall'),
        ]),
    {
      ...{
        file: 'proc.go',
        in: 'casgstatus',
        put: 'before',
        code: '\tif newval == _Grunning {\n\t\tgp.pr.lent.Store(0)\n\t}\n',
      },
      at: ['\tif (oldval == _Grunning || oldval == _Gsyscall) &&', '\tif oldval == _Grunning {'],
    },
    {
      ...{ file: 'proc.go', in: 'castogscanstatus', at: '\t\t\tif r {\n', put: 'behind' },
      code: '\t\t\t\tgp.pr.scan.Store(prM())\n\t\t\t\tgetg().m.prSections.scans.Add(1)\n',
    },
    {
      ...{ file: 'proc.go', in: 'casfrom_Gscanstatus', at: '\tsuccess := false\n', put: 'before' },
      code: '\tgp.pr.scan.Store(0)\n',
    },
    {
      ...{ file: 'proc.go', in: 'casGToPreemptScan', put: 'before' },
      at: ['\tacquireLockRankAndM(lockRankGscan)\n', '\tacquireLockRank(lockRankGscan)\n'],
      code: '\tdefer gp.pr.scan.Store(prM())\n',
    },
    // Whom an M ran last, and its events: S8.
    { file: 'proc.go', in: 'execute', at: '\tmp.curg = gp\n', put: 'before', code: '\tmp.prSections.ran.set(gp)\n' },
    {
      ...{ file: 'coro.go', in: 'coroswitch_m', at: '\tsetGNoWB(&mp.curg, gnext)\n', put: 'before' },
      code: '\tmp.prSections.ran.set(gnext)\n',
    },
    {
      ...{ file: old ? 'trace2runtime.go' : 'traceruntime.go', in: 'GoPark', put: 'before' },
      at: '\ttl.eventWriter(',
      code: '\tprTells(tl.mp, tl.gen, prMaskL4)\n',
    },
    ...(old
      ? []
      : [
          {
            ...{ file: 'traceruntime.go', in: 'GoSwitch', at: '\tw := tl.eventWriter(', put: 'before' },
            code: '\tprTells(tl.mp, tl.gen, prMaskL12)\n',
          } as Patch,
        ]),
    around(byUnwinder, 'prByUnwinder'),
    around(byFrame, 'prByFrame'),
    {
      ...{ file: 'mprof.go', in: 'saveg', at: '\tu.initAt(pc, sp, 0, gp, unwindSilentErrors)\n', put: 'behind' },
      code: '\tprWalkBegin(gp, prByProfile)\n',
    },
    {
      ...{
        file: 'mprof.go',
        in: 'saveg',
        at: ['\tr.Stack = make([]uintptr, n)', '\tif n < len(r.Stack0)'],
        put: 'before',
      },
      code: '\tprWalkEnd(gp)\n',
    },
  ];
}

/** Where sections of the trace begin and end, and where buffers of Ms are flushed: in Go 1.23 to 1.25. */
export const sectionPatches: readonly Patch[] = [
  {
    ...{ file: 'traceruntime.go', in: 'traceAcquireEnabled', at: 'return traceLocker{mp, gen}', put: 'before' },
    code: 'prEnter(mp, gen); ',
  },
  {
    ...{ file: 'traceruntime.go', in: 'traceRelease', at: 'seq := tl.mp.trace.seqlock.Add(1)\n', put: 'before' },
    code: 'prLeave(tl.mp); ',
  },
  {
    ...{ file: 'trace.go', in: 'traceAdvance', at: '\t\t\t\t// Flush the trace buffer.\n', put: 'before' },
    code: '\t\t\t\tprFlush(mp, gen)\n',
  },
];

/** Where goroutines of the runtime say who they are, for gates. */
export const rolePatches = (minor: number): Patch[] => [
  {
    ...{ file: 'mgc.go', in: 'gcBgMarkWorker', at: '\tgp := getg()\n', put: 'behind' },
    code: '\tgp.pr.role.Store(prWorker)\n',
  },
  {
    ...{ file: 'mgcsweep.go', in: 'bgsweep', at: '\tsweep.g = getg()\n', put: 'behind' },
    code: '\tsweep.g.pr.role.Store(prSweep)\n',
  },
  {
    ...{ file: minor < 23 ? 'trace2.go' : 'trace.go', in: 'ReadTrace', at: ['top:\n', '() []byte {\n'], put: 'behind' },
    code: '\tgetg().pr.role.Store(prReader)\n',
  },
];
