import type { Model, Variant } from '../../harness/language';
import { edited, findVariant, layersOf, presetOf } from '../../harness/language/variants';
import type { Program } from '../../models/program';
import type { Runtime } from '../../models/runtime';
import type { Patch } from '../overlay/patches';
import type { Release, Statement } from '../source/go';
import { scopesOf } from '../source/items';
import { resolve } from '../source/resolve';
import type { Place } from './places';
import { placeOf } from './places';
import { CannotTry } from './plan';

/**
 * A hunk of the commit taken back in Go, as the variant takes it back in the model: a statement goes to behind another
 * one, or away. Other edits have no counterpart.
 */
export interface Undoing {
  /** Statements that go, and behind which one they come again, if they do. */
  readonly moves: readonly { readonly what: Place; readonly behind?: Place }[];
  readonly patches: readonly Patch[];
}

export const NOTHING: Undoing = { moves: [], patches: [] };

/** How one entry of the table of reasons is taken out: it is data, and no line of a function. */
const TABLE = /^H17-(\w+)$/;

/** It goes by the whole table in the model, where it would but stop sooner what is looked for. */
const ASSERTION: Patch = {
  file: 'proc.go',
  at: [
    'throw("casGToWaitingForGC with non-isWaitingForGC wait reason")',
    'throw("casGToWaitingForSuspendG with non-isWaitingForSuspendG wait reason")',
  ],
  put: 'instead',
  code: '',
};

/** What is part of a condition, or goes as a block with what is declared in it. */
const WRITTEN: readonly (Patch & { readonly of: string; readonly insteadOf: readonly string[] })[] = [
  {
    ...{ of: 'H20', insteadOf: ['traceStack'], file: 'tracestack.go', in: 'traceStack', put: 'instead' },
    at: 'if debug.traceCheckStackOwnership != 0 && gp != nil {',
    code: 'if false {',
  },
  {
    ...{ of: 'H21', insteadOf: ['traceStack', 'traceAdvance'] },
    ...{ file: 'tracestatus.go', in: 'goStatusToTraceGoStatus', put: 'instead' },
    at: 'status == _Gwaiting && wr.isWaitingForGC()',
    code:
      'status == _Gwaiting && wr.isWaitingForGC() && wr != waitReasonTraceGoroutineStatus &&\n' +
      '\t\t\twr != waitReasonGarbageCollectionScan && wr != waitReasonGCAssistMarking &&\n' +
      '\t\t\twr != waitReasonFlushProcCaches',
  },
];

export function undoingOf(model: Model<Runtime, Program>, variant: Variant<Runtime>, release: Release): Undoing {
  if (variant.isPreset) return NOTHING;
  const [, reason] = TABLE.exec(variant.name) ?? [];
  if (reason !== undefined)
    return {
      moves: [],
      patches: [
        { file: 'runtime2.go', at: spellings(reason), put: 'instead', code: `\t// waitReason${reason}` },
        ASSERTION,
      ],
    };
  const patches = WRITTEN.filter(({ of }) => of === variant.name);
  const preset = findVariant(model, presetOf(model, variant));
  const before = edited(model.routines, layersOf(model, preset));
  const after = edited(model.routines, layersOf(model, variant));
  const resolved = new Map(resolve(before, [release]).map((it) => [it.scope.name, it]));
  const keysOf = new Map(scopesOf(before).map((it) => [it.name, it.items.map(({ key }) => key)]));
  const moves: { what: Place; behind?: Place }[] = [];
  for (const { name, items } of scopesOf(after)) {
    const old = keysOf.get(name) ?? [];
    const now = items.map(({ key }) => key);
    if (old.join('\n') === now.join('\n') || patches.some((it) => it.insteadOf.includes(name))) continue;
    const added = now.filter((it) => !old.includes(it));
    if (added.length > 0) throw cannot(variant, `"${added[0]}" is no line of Go's`);
    const statementOf = (key: string): Place => {
      const found: Statement | undefined = resolved.get(name)?.lines.find(({ item }) => item.key === key)
        ?.statements[0];
      if (found === undefined) throw cannot(variant, `"${key}" stands for no statement of ${release.name}`);
      return placeOf(found, release);
    };
    const gone = old.filter((it) => !now.includes(it));
    // What stands inside of something that goes, goes with it.
    if (gone.length > 0) moves.push({ what: statementOf(gone[0]!) });
    const kept = old.filter((it) => now.includes(it));
    const moved = kept.filter((it) => now.indexOf(it) > 0 && isMoved(it, kept, now));
    for (const it of moved.slice(0, 1))
      moves.push({ what: statementOf(it), behind: statementOf(now[now.indexOf(it) - 1]!) });
  }
  if (moves.length + patches.length === 0) throw cannot(variant, 'it edits what has no statement of its own');
  return { moves, patches };
}

/** Whether a line comes behind lines that it came in front of, which themselves stay in their order. */
const isMoved = (key: string, old: readonly string[], now: readonly string[]): boolean =>
  old.slice(old.indexOf(key) + 1).some((it) => now.indexOf(it) < now.indexOf(key)) &&
  now.slice(0, now.indexOf(key)).some((it) => old.indexOf(it) > old.indexOf(key));

/** A row of the table, however far it is indented. */
const spellings = (reason: string): string[] =>
  Array.from({ length: 20 }, (_, n) => `\twaitReason${reason}:${' '.repeat(n + 1)}true,`);

const cannot = (variant: Variant<Runtime>, why: string): CannotTry =>
  new CannotTry(`${variant.name} cannot be planted in Go: ${why}`);
