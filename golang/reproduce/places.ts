import { InternalError } from '../../harness/base/errors';
import type { Build, Model, Routine, World } from '../../harness/language';
import { edited, layersOf } from '../../harness/language/variants';
import { digestOf } from '../source/digest';
import type { Release, Statement } from '../source/go';
import { itemsOfLines, type LineItem } from '../source/items';
import { resolve } from '../source/resolve';
import { sourcesOf } from '../source/toolchain';

/** A statement of a release, told apart from others like it. */
export interface Place {
  readonly file: string;
  readonly statement: Statement;
  /** Which one it is of those with its text in its function and closure, from 0. */
  readonly nth: number;
  /** The same for every line that stands for this statement. */
  readonly id: string;
}

/** The release as far as the model is about it: from its digest, or read with Go. */
export const releaseOf = (version: string): Release => digestOf(version) ?? sourcesOf(version);

/** Where a release has each line of linked code, by its program counter; undefined where nothing stands for it. */
export function placesIn<W extends World, P>(
  model: Model<W, P>,
  { code, variant }: Build<W>,
  release: Release,
  intoHelpers = false,
): (Place | undefined)[] {
  const routines = edited(model.routines, layersOf(model, variant));
  const found = new Map<string, Statement | undefined>();
  for (const { scope, lines } of resolve(routines, [release]))
    for (const { item, statements } of lines) {
      found.set(`${scope.name}: ${item.key}`, statements[0]);
      if (!found.has(`${scope.name}: ${item.text}`)) found.set(`${scope.name}: ${item.text}`, statements[0]);
    }
  const statementOf = ({ scope, key }: Omit<LineItem, 'calledBy'>): Statement | undefined =>
    found.get(`${scope}: ${key}`) ?? found.get(`${scope}: ${key.replace(/#\d+$/, '')}`);
  const places: (Place | undefined)[] = code.lines.map(() => undefined);
  const byName = new Map(routines.map((it) => [it.name, it]));
  for (const [name, pcs] of pcsByRoutine(code)) {
    const items = itemsOfLines(byName.get(name) as Routine<W>);
    if (items.length !== pcs.length)
      throw new InternalError(`${name} has ${pcs.length} lines, and ${items.length} items`);
    for (const [i, pc] of pcs.entries()) {
      const item = items[i]!;
      // A helper is called from everywhere: what is gated is the call, but where a section is about to begin.
      const isInside = intoHelpers && SECTION.has(item.scope);
      const statement = statementOf(isInside ? item : (item.calledBy ?? item));
      places[pc] = statement && placeOf(statement, release);
    }
  }
  return places;
}

const SECTION = new Set(['traceAcquire (helper)', 'traceAcquireEnabled (helper)']);
const JUMPS = new Set(['go on', 'return', 'nowhere']);

function pcsByRoutine<W>(code: Build<W>['code']): Map<string, number[]> {
  const all = new Map<string, number[]>();
  code.lines.forEach((line, pc) => {
    if (pc === 0) return;
    const { name } = code.routineAt[pc]!;
    const own = all.get(name) ?? [];
    all.set(name, own);
    if (!JUMPS.has(line.text)) own.push(pc);
  });
  return all;
}

export function placeOf(statement: Statement, release: Release): Place {
  const { file, statements } = release.functions.get(statement.in)!;
  const same = statements.filter(({ text, closure }) => text === statement.text && closure === statement.closure);
  const nth = same.indexOf(statement);
  return { file, statement, nth, id: `${statement.in}{${statement.closure}}#${nth}: ${statement.text}` };
}
