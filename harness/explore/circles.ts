import { LongColumn } from './longcolumn';

/** The transitions of a search, kept to find out in which states a run may come back to where it was. */
export class Transitions {
  private readonly starts = new LongColumn();
  private readonly ends = new LongColumn();
  private count = 0;
  private last = -1;

  get bytes(): number {
    return this.starts.bytes + this.ends.bytes;
  }

  /** Parents must come in ascending order. */
  add(parent: number, child: number): void {
    for (; this.last < parent; this.last++) this.starts.set(this.last + 1, this.count);
    this.ends.set(this.count++, child);
  }

  /**
   * The states that lie on a cycle, ascending: those of strongly connected components of several states, and those that
   * lead to themselves. Source: Tarjan, "Depth-first search and linear graph algorithms", 1972; without recursion.
   */
  onCycles(states: number): number[] {
    for (; this.last < states; this.last++) this.starts.set(this.last + 1, this.count);
    const { starts, ends } = this;
    const order = new Int32Array(states);
    const low = new Int32Array(states);
    const isOpen = new Uint8Array(states);
    const at = new Int32Array(states);
    const path: number[] = [];
    const open: number[] = [];
    const found: number[] = [];
    let next = 1;
    const enter = (state: number): void => {
      order[state] = low[state] = next++;
      at[state] = starts.get(state);
      isOpen[state] = 1;
      path.push(state);
      open.push(state);
    };
    for (let root = 0; root < states; root++) {
      if (order[root] !== 0) continue;
      enter(root);
      while (path.length > 0) {
        const state = path.at(-1)!;
        const edge = at[state]!;
        if (edge < starts.get(state + 1)) {
          at[state] = edge + 1;
          const to = ends.get(edge);
          if (order[to] === 0) enter(to);
          else if (isOpen[to] === 1) low[state] = Math.min(low[state]!, order[to]!);
          continue;
        }
        path.pop();
        const back = path.at(-1);
        if (back !== undefined) low[back] = Math.min(low[back]!, low[state]!);
        if (low[state] !== order[state]) continue;
        const component = open.splice(open.lastIndexOf(state));
        for (const it of component) isOpen[it] = 0;
        if (component.length > 1 || this.leadsToItself(state)) for (const it of component) found.push(it);
      }
    }
    return found.sort((a, b) => a - b);
  }

  private leadsToItself(state: number): boolean {
    for (let i = this.starts.get(state); i < this.starts.get(state + 1); i++)
      if (this.ends.get(i) === state) return true;
    return false;
  }
}
