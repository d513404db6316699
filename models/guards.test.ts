import { describe, expect, it } from 'vitest';
import { build, type Variant } from '../harness/language';
import type { Code } from '../harness/language/link';
import { goRuntime } from './model';
import type { Runtime } from './runtime';

/**
 * A guard is a routine that asks what others have set. Properties have to see both who forgets to ask and who forgets
 * to set: of each cell that one reads there is a planted bug on either side, or the cell is listed.
 */
const GUARDS = ['isShrinkStackSafe', 'copystack', 'newstack', 'scanstack', 'suspendG', 'traceAdvance.func5'] as const;

interface Said {
  readonly routine: string;
  readonly line: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

function linesOf(code: Code<Runtime>): Map<string, Said[]> {
  const all = new Map<string, Said[]>();
  code.lines.forEach(({ touches }, pc) => {
    const { routine, line } = code.describe(pc);
    const names = (isWrite: boolean): string[] =>
      touches
        .filter(({ column, writes }) => writes === isWrite && column.sharing !== 'ghost' && column.sharing !== 'note')
        .map(({ column: { kind, name } }) => `${kind}.${name}`);
    const own = all.get(routine) ?? [];
    own.push({ routine, line, reads: names(false), writes: names(true) });
    all.set(routine, own);
  });
  return all;
}

/** Lines that are gone, or no longer where they were. */
function lost(before: readonly Said[], after: readonly Said[]): Said[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      rows[i]![j] =
        before[i]!.line === after[j]!.line ? rows[i + 1]![j + 1]! + 1 : Math.max(rows[i + 1]![j]!, rows[i]![j + 1]!);
  const found: Said[] = [];
  for (let i = 0, j = 0; i < before.length; ) {
    if (j < after.length && before[i]!.line === after[j]!.line) {
      i++;
      j++;
    } else if (j < after.length && rows[i]![j + 1]! >= rows[i + 1]![j]!) j++;
    else found.push(before[i++]!);
  }
  return found;
}

const { variants } = goRuntime;
const codeOf = (it: Variant<Runtime>) => linesOf(build(goRuntime, it).code);
const base = codeOf(variants[0]!);
const changes = variants
  .filter(({ isPreset, equivalent }) => !isPreset && equivalent === undefined)
  .map((it) => {
    const now = codeOf(it);
    return { name: it.name, lost: [...base].flatMap(([routine, said]) => lost(said, now.get(routine) ?? [])) };
  });

describe('a guard', () => {
  it('has a planted bug on either side, or is listed', () => {
    const bare: string[] = [];
    for (const guard of GUARDS)
      for (const cell of new Set(base.get(guard)!.flatMap(({ reads }) => reads))) {
        const by = (isMeant: (said: Said) => boolean) => changes.filter((it) => it.lost.some(isMeant)).length;
        const asks = by(({ routine, reads }) => routine === guard && reads.includes(cell));
        const sets = by(({ writes }) => writes.includes(cell));
        if (asks === 0) bare.push(`${guard}: ${cell}, nobody forgets to ask`);
        if (sets === 0) bare.push(`${guard}: ${cell}, nobody forgets to set`);
      }
    // This list only shrinks. What each lacks is a property that would see it: a sender's write against copystack's
    // locks (activeStackChans), sizes (stack), contents of frames, a request to stop that is lost and comes again.
    expect(bare).toMatchInlineSnapshot(`
      [
        "isShrinkStackSafe: trace.enabled, nobody forgets to set",
        "copystack: G.stack, nobody forgets to set",
        "newstack: G.stackPreempt, nobody forgets to ask",
        "newstack: P.status, nobody forgets to ask",
        "newstack: G.preemptStop, nobody forgets to ask",
        "newstack: G.scan, nobody forgets to ask",
        "newstack: G.stack, nobody forgets to ask",
        "newstack: G.stack, nobody forgets to set",
        "scanstack: G.frames, nobody forgets to ask",
        "suspendG: G.status, nobody forgets to ask",
        "suspendG: G.scan, nobody forgets to ask",
        "suspendG: G.preemptStop, nobody forgets to ask",
        "suspendG: G.preempt, nobody forgets to ask",
        "suspendG: G.preempt, nobody forgets to set",
        "suspendG: G.stackPreempt, nobody forgets to ask",
        "suspendG: G.m, nobody forgets to ask",
        "traceAdvance.func5: trace.lock, nobody forgets to set",
      ]
    `);
  });
});
