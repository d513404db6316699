import { Journal } from '../language/journal';
import type { Code } from '../language/link';
import type { Always, Property } from '../language/property';
import type { World } from '../language/world';

/** A line that a bug is made of, such as `B copystack: memmove(new, old, used)`; A is who breaks the property. */
export type RacingLine = string;

/**
 * Names the race in a run: what the property looked at when it broke, and which lines of other movers wrote that last,
 * in their order, then the line that broke it. The others are B, C, … in the order of their first lines. Two findings
 * with the same race are the same bug, whatever led there; it is meant for shrunk runs, where nothing else is left.
 *
 * The world must be traced.
 */
export class RaceWatch<W extends World> {
  private readonly journal: Journal;
  /** By cell: who wrote it last, at which line and step (from 1; 0: nobody has). */
  private readonly moverOf: Int32Array;
  private readonly pcOf: Int32Array;
  private readonly stepOf: Int32Array;
  private step = 0;
  private pc = 0;

  constructor(
    private readonly world: W,
    private readonly code: Code<W>,
  ) {
    const { length } = world.s;
    this.journal = new Journal(length);
    this.moverOf = new Int32Array(length);
    this.pcOf = new Int32Array(length);
    this.stepOf = new Int32Array(length);
    this.journal.begin();
    world.journal = this.journal;
  }

  /** The property, and what it looked at is remembered until it is asked again. */
  watch(property: Property<W>): Property<W> {
    if (property.kind !== 'always') return property;
    const { journal } = this;
    const check: Always<W>['check'] = (w) => {
      journal.forget();
      return property.check(w);
    };
    return { ...property, check };
  }

  /** A line was executed. */
  heard(mover: number, pc: number): void {
    const { journal } = this;
    this.step++;
    this.pc = pc;
    for (let i = 0; i < journal.length; i++) {
      const cell = journal.cells[i]!;
      this.moverOf[cell] = mover;
      this.pcOf[cell] = pc;
      this.stepOf[cell] = this.step;
    }
    journal.begin();
  }

  /** The race, if the property that was asked last has broken with the line that was heard last. */
  race(): readonly RacingLine[] {
    const { journal, world, code } = this;
    const cells = [...journal.touched].flatMap((word, at) =>
      Array.from({ length: 32 }, (_, bit) => 32 * at + bit).filter((cell) => (word >>> (cell & 31)) & 1),
    );
    const others = cells.filter((cell) => this.stepOf[cell]! > 0 && this.moverOf[cell] !== world.mover);
    const steps = new Map(others.map((cell) => [this.stepOf[cell]!, cell]));
    const names = new Map([[world.mover, 'A']]);
    const told = [...steps]
      .sort(([a], [b]) => a - b)
      .map(([, cell]) => {
        const mover = this.moverOf[cell]!;
        const name = names.get(mover) ?? String.fromCharCode('A'.charCodeAt(0) + names.size);
        names.set(mover, name);
        return lineText(name, code, this.pcOf[cell]!);
      });
    return [...told, lineText('A', code, this.pc)];
  }
}

function lineText(name: string, code: Code<never>, pc: number): RacingLine {
  const { routine, line } = code.describe(pc);
  return `${name} ${routine}: ${line}`;
}
