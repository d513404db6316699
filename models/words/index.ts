/**
 * The words that the routines are written in: the language of lines, Go's locals, the state and its constants, and what
 * each step of Go's code does. Each changes one thing, and waits where Go spins.
 */
export * from '../cells';
export * from '../status';
export * from './event';
export * from './goroutine';
export * from './language';
export * from './locks';
export * from './section';
export * from './stacks';
export * from './throws';
export * from './transitions';
