/** What statements touch that this model is about. */

/** Any of these words, called. */
const calling = (words: string): string => `\\b(?:${words.trim().split(/\s+/).join('|')})\\(`;
const any = (...parts: readonly string[]): RegExp => new RegExp(parts.join('|'));

const KINDS: readonly (readonly [string, RegExp])[] = [
  [
    'status',
    any(
      calling('casgstatus casGTo\\w+ casGFrom\\w+ castogscanstatus casfrom_Gscanstatus suspendG resumeG'),
      String.raw`\batomicstatus\.|\bwaitreason = `,
    ),
  ],
  [
    'stacks',
    any(
      calling('stackfree stackalloc copystack shrinkstack isShrinkStackSafe saveg tracebackPCs traceStack'),
      calling('gcallers dumpgoroutine'),
      String.raw`\bu\.init\w*\(|unsafe\.Pointer\(gp\.sched\.[sb]p\)|\b(?:parkingOnChan|activeStackChans)\b`,
      String.raw`\.(?:stackguard0|preempt|preemptStop|preemptShrink|asyncSafePoint|syscallsp) = `,
    ),
  ],
  [
    'the trace',
    any(
      String.raw`\btrace(?:Acquire|Release)\(|\b(?:trace|tl)\.[A-Z]\w*\(`,
      String.raw`\b(?:statusTraced|statusWasTraced|readyNextGen|seqlock)\b|\btrace\.(?:gen|enabled|shutdown)\b`,
    ),
  ],
  ['the world', any(calling('stopTheWorld\\w* startTheWorld\\w* forEachP\\w* tryRecordGoroutineProfile\\w*'))],
];

/** Which of them a statement touches; undefined: none. */
export const touchOf = (text: string): string | undefined => KINDS.find(([, pattern]) => pattern.test(text))?.[0];

const SHARED = any(
  calling(`lock unlock lockWithRank semacquire1? semrelease1? runqput\\w* globrunqput\\w* ready goready injectglist
    schedule execute acquirep releasep wirep handoffp gopark goparkunlock mcall gogo dropg`),
  String.raw`\b(?:stopwait|gcwaiting|runSafePointFn|safePointWait|syscalltick|curg)\b.*=`,
  String.raw`\.status\b|\bgcphase\b|\bgcBlackenEnabled\b`,
);

/** Whether it reads or writes what several Ms see, of all that the model has. */
export const isShared = (text: string): boolean =>
  !/^(?:print\w*|throw|fatal)\(/.test(text) && (touchOf(text) !== undefined || SHARED.test(text));
