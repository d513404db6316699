/** For the tests of models: what any model should hold. */
export { reach } from './reach';
export { type Watched, type Watching, watchTouches } from './touches';
