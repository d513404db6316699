import type { Claim } from '../harness/property';
import type { Runtime } from '../models/runtime';
import { goals } from './goals';
import { V1 } from './liveness';
import { S1 } from './s1';
import { S2 } from './s2';
import { S3, S3weak } from './s3';
import { noThrow, S9, S12, S13, S14 } from './status';
import { S10, S11, S15, S19 } from './trace';

/** Everything that is judged. A new property is a file beside this one and a name in this list. */
export const properties: readonly Claim<Runtime>[] = [
  S1,
  S2,
  S3,
  S3weak,
  S9,
  S10,
  S11,
  S12,
  S13,
  S14,
  S15,
  S19,
  noThrow,
  V1,
  ...goals,
];
