import knownBugs from './corpus/known.json';
import { goRuntime } from './models/model';
import { properties } from './properties';

/** The one place where harness, model, properties and corpus meet. */
export const project = { model: goRuntime, claims: properties, known: knownBugs };
