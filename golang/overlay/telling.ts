import { type Patch, sectionPatches } from './patches';

/** What a runtime can be made to tell of, beside who walks, copies and lends stacks, where that is looked for. */
export interface Telling {
  /** What its report begins with. */
  readonly sign: RegExp;
  readonly patches: readonly Patch[];
  /** What has to be in GODEBUG. */
  readonly godebug: string;
}

/** The commit's own check, and what it says. */
const CHECKS = 'tracecheckstackownership=1';
const CHECK = 'attempted to trace stack of a goroutine this thread does not own';

/** How a report of ours begins. */
const report = (property: string): RegExp => new RegExp(`^parkranger: ${property}: `, 'm');
const told = (property: string, ...patches: readonly Patch[]): Telling => ({
  sign: report(property),
  patches,
  godebug: '',
});
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Of which releases a thing is in the runtime: N of Go 1.N, from one to another. */
const between = (from: number, to: number, minor: number): boolean => from <= minor && minor <= to;

/**
 * How a break of a property with a cause shows in a release (N of Go 1.N); undefined where nothing tells of it yet.
 */
export function tellingOf(property: string, cause: string, minor: number): Telling | undefined {
  const reader = readers[cause];
  if (reader !== undefined) return reader(property);
  // Of other readers than the tracer nobody knows whether they own what they walk.
  if (property === 'S1' && cause.includes(', read by ')) return undefined;
  if (/^S[123]$/.test(property)) return told(property);
  if (property.startsWith('V')) return told(property);
  if (property === 'noThrow')
    return { sign: new RegExp(`^(?:fatal error: |runtime: .*)${escaped(cause)}`, 'm'), patches: [], godebug: '' };
  // Where the check is gone, it does not come before the report; and where it throws, it is the report.
  if (property === 'S5')
    return { sign: cause.includes('throws') ? new RegExp(CHECK, 'm') : report('S1'), patches: [], godebug: CHECKS };
  if (property === 'FN') return falseNegative(cause.slice(0, 3), minor);
  return tracing[property]?.(minor, cause);
}

/** Other readers of stacks than the tracer, where they are at fault, by causes. */
const readers: Readonly<Record<string, (property: string) => Telling>> = {
  'a CPU profile reads it': (property) => {
    const put = { file: 'proc.go', in: 'sigprof', put: 'before' } as const;
    return told(
      property,
      { ...put, at: '\tn += tracebackPCs(&u, 0, stk[n:])\n', code: '\tprWalkLent(prByCPUProfile)\n' },
      { ...put, at: '\tif n <= 0 {\n', code: '\tprWalkEnd(mp.curg)\n' },
    );
  },
  'a lock profile reads it': (property) => {
    const at = ['[:]', '[1:]', ''].map((part) => `tracebackPCs(&u, skip, prof.stack${part})\n`);
    const put = { file: 'mprof.go', in: 'captureStack' } as const;
    const before = '\tsystemstack(func() {\n';
    return {
      ...told(
        property,
        { ...put, at: before, put: 'behind', code: '\t\tprWalkLent(prByLockProfile)\n' },
        { ...put, at, put: 'behind', code: '\t\tprWalkEnd(getg().m.curg)\n' },
      ),
      godebug: 'runtimecontentionstacks=1',
    };
  },
  'the goroutine is Grunning, read by a goroutine profile': (property) => {
    const put = { file: 'mprof.go', in: 'saveg' } as const;
    const code = '\tprReadsRunning(gp)\n';
    return told(
      property,
      { ...put, at: '\tu.initAt(pc, sp, 0, gp, unwindSilentErrors)\n', put: 'behind', code },
      { ...put, at: ['\tr.Stack = make([]uintptr, n)', '\tif n < len(r.Stack0)'], put: 'before', code },
    );
  },
};

/** What the check cannot see. */
function falseNegative(which: string, minor: number): Telling | undefined {
  if (minor < 23) return undefined;
  const file = 'tracestack.go';
  const put = { file, in: 'traceStack', put: 'before' } as const;
  const patches: Readonly<Record<string, readonly Patch[]>> = {
    FN1: [
      {
        ...{ ...put, at: '\t\tif status&_Gscan == 0 {\n' },
        code: '\t\tif status&_Gscan != 0 {\n\t\t\tprScanBit(gp)\n\t\t}\n',
      },
    ],
    FN5: [
      {
        ...{ ...put, at: '\tif debug.traceCheckStackOwnership != 0 && gp != nil {\n' },
        code: '\tif gp == nil {\n\t\tprFail("FN5", "an event without a goroutine is not checked", nil, 0, 0)\n\t}\n',
      },
    ],
    FN6: [
      {
        ...{ file: 'mprof.go', in: 'saveg', at: '\tu.initAt(pc, sp, 0, gp, unwindSilentErrors)\n', put: 'behind' },
        code: '\tprReadsUnchecked(gp)\n',
      },
    ],
  };
  // The walks that the check has let through: the report comes at the copy, and not before.
  if (which === 'FN2' || which === 'FN3') return { sign: report('S2'), patches: [], godebug: CHECKS };
  const own = patches[which];
  return own && { sign: report(which), patches: own, godebug: CHECKS };
}

const BEGINS = '\t\tprBeginsWith(gp, tl.gen, uint64(goStatus))\n';

/** What the trace is told of goroutines: by whoever begins the next generation, or in system calls. */
const statuses = (isAtEnd: boolean): Patch[] => [
  {
    ...{ file: 'traceevent.go', in: 'eventWriter', at: 'gp.trace.acquireStatus(tl.gen) {\n', put: 'behind' },
    code: `${isAtEnd ? BEGINS : ''}\t\tprIsTold(gp, tl.gen, uint64(goStatus))\n`,
  },
  ...(isAtEnd
    ? [
        {
          ...{ file: 'trace.go', in: 'traceAdvance', put: 'behind' },
          at: '\t\tstatus := goStatusToTraceGoStatus(ug.status, ug.waitreason)\n',
          code: '\t\tprIsTold(ug.gp, gen, uint64(status))\n',
        } as Patch,
      ]
    : [
        {
          ...{ file: 'traceruntime.go', in: 'GoSysCall', put: 'before' },
          at: '\t// Scribble down the M that the P is currently attached to.\n',
          code: '\tprIsTold(tl.mp.curg, tl.gen, 0)\n',
        } as Patch,
        {
          ...{ file: 'traceruntime.go', in: 'GoSysExit', at: '(lostP bool) {\n', put: 'behind' },
          code: '\tprLeavesSyscall(tl.mp.curg, tl.gen)\n',
        } as Patch,
      ]),
];

/** What is about the trace, by property. */
const tracing: Readonly<Record<string, (minor: number, cause: string) => Telling | undefined>> = {
  S15: (minor) => (between(23, 25, minor) ? told('S15', ...sectionPatches) : undefined),
  S3weak: (minor) => (between(23, 25, minor) ? told('S3weak', ...sectionPatches) : undefined),

  // Only of whom the M ran last, where it runs nobody.
  S8: (_, cause) => (/^Go(?:Park|SwitchDestroy) of /.test(cause) ? told('S8') : undefined),

  S7: (minor, cause) => {
    const isAtEnd = cause === 'a generation ends with Waiting, the next begins with Running';
    const isTold = between(23, 25, minor) && (isAtEnd || cause.startsWith('GoSysExit, blocked of '));
    return isTold ? told('S7', ...statuses(isAtEnd)) : undefined;
  },

  S10: (minor, cause) =>
    minor >= 23 && cause.startsWith('a suspender ')
      ? told('S10', {
          ...{ file: 'proc.go', in: 'casGFromPreempted', at: '\tgp.waitreason = waitReasonPreempted\n', put: 'behind' },
          code: '\tprWroteReason(gp)\n',
        })
      : undefined,

  // Two functions only: injectglist, and system calls that give their P away themselves.
  S11: (minor, cause) => {
    if (between(23, 25, minor) && cause === 'it happened outside, in injectglist')
      return told('S11', ...sectionPatches, {
        ...{ file: 'proc.go', in: 'injectglist', at: '\t\tcasgstatus(gp, _Gwaiting, _Grunnable)\n', put: 'before' },
        code: '\t\tprMoves(gp, getg().m.prSections.depth.Load() > 0)\n',
      });
    if (cause === 'it happened outside, in injectglist, on g0')
      return told('S11', {
        ...{ file: 'proc.go', in: 'injectglist', at: '\t\tcasgstatus(gp, _Gwaiting, _Grunnable)\n', put: 'before' },
        code: '\t\tprMoves(gp, trace.ok())\n',
      });
    if (minor < 26 || cause !== 'it happened outside, in entersyscall') return undefined;
    return told('S11', {
      ...{ file: 'proc.go', in: 'reentersyscall', put: 'before' },
      at: '\tif gp.bubble != nil || !gp.atomicstatus.CompareAndSwap(_Grunning, _Gsyscall) {\n',
      code: '\tprMoves(gp, trace.ok())\n',
    });
  },

  S12: (minor) =>
    minor < 23
      ? undefined
      : told(
          'S12',
          {
            ...{ file: 'proc.go', in: 'casgstatus', put: 'before' },
            at: ['\tif (oldval == _Grunning || oldval == _Gsyscall) &&', '\tif oldval == _Grunning {'],
            code:
              '\tif oldval == _Grunning && (newval == _Gwaiting || newval == _Grunnable) {\n' +
              '\t\tgetg().m.prSections.left.set(gp)\n\t} else if newval == _Grunning {\n' +
              '\t\tgetg().m.prSections.left.set(nil)\n\t}\n',
          },
          {
            ...{ file: 'proc.go', in: 'execute', at: '\tmp.curg = gp\n', put: 'before' },
            code: '\tmp.prSections.left.set(nil)\n',
          },
        ),

  S21: (minor) =>
    minor !== 22
      ? undefined
      : told(
          'S21',
          {
            ...{ file: 'trace2.go', in: 'traceAdvance', put: 'before' },
            at: '\t\t\tcasGToWaiting(me, _Grunning, waitReasonTraceGoroutineStatus)\n',
            code: '\t\t\tprWas := me.stack\n',
          },
          {
            ...{ file: 'trace2.go', in: 'traceAdvance', put: 'before' },
            at: '\t\t\t\tug.status = readgstatus(s.g) &^ _Gscan\n',
            code: '\t\t\t\tprWritesThrough(uintptr(unsafe.Pointer(&ug)), prWas, me)\n',
          },
        ),
};
