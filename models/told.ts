import { type G, GENERATIONS, type P } from './cells';

/**
 * What a parser remembers of a goroutine or P in one generation, in one number: what it does, what it did first, and
 * whether a status says so.
 */
const FIRST = 8;
const STATED = 64;
type Told = Pick<G | P, 'wire'>;
export const slotOf = (gen: number): number => gen % 3;
export const toldOf = (it: Told, gen: number): number => it.wire.get(slotOf(gen)) % FIRST;
export const firstOf = (it: Told, gen: number): number => Math.floor((it.wire.get(slotOf(gen)) % STATED) / FIRST);
export const isStated = (it: Told, gen: number): boolean => it.wire.get(slotOf(gen)) >= STATED;

export const remember = (it: Told, gen: number, told: number, first: number, stated: boolean): void => {
  it.wire.set(slotOf(gen), told + FIRST * first + (stated ? STATED : 0));
};

/** The generation before; they go around. */
export const previousGen = (gen: number): number => (gen === 1 ? GENERATIONS : gen - 1);

/** The generation behind. */
export const nextGen = (gen: number): number => (gen % GENERATIONS) + 1;

/** What a parser that goes on from the generation before knows. */
export const lastTold = (it: Told, gen: number): number => toldOf(it, gen) || toldOf(it, previousGen(gen));
