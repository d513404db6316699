import type { Anchors } from '../anchor';
import { collector } from './collector';
import { helpers } from './rules';
import { scheduler } from './scheduler';
import { stacks } from './stacks';
import { system } from './system';
import { tracer } from './tracer';

/** Where each routine comes from; what is not here tells the function of its name, line by line. */
export const anchors: Readonly<Record<string, Anchors>> = {
  ...helpers,
  ...scheduler,
  ...stacks,
  ...collector,
  ...system,
  ...tracer,
};
