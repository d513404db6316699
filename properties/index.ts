import type { Claim } from '../harness/language';
import type { Runtime } from '../models/runtime';
import { checkThrows, FN, S5, S6 } from './check';
import { goals } from './goals';
import { V1, V2, V3, V4, V5, V6, V8 } from './liveness';
import { S1 } from './s1';
import { S2 } from './s2';
import { S3, S3weak } from './s3';
import { S4, S19, S21, S23, V7 } from './shrink';
import { noThrow, S9, S12, S13, S14, S18, S20, S22 } from './status';
import { S10, S11, S15, S25 } from './trace';
import { S7, S8, S16, S17, S24 } from './wire';

/** Everything that is judged. A new property is a file beside this one and a name in this list. */
export const properties: readonly Claim<Runtime>[] = [
  ...[
    S1,
    S2,
    S3,
    S3weak,
    S4,
    S5,
    S6,
    S7,
    S8,
    S9,
    S10,
    S11,
    S12,
    S13,
    S14,
    S15,
    S16,
    S17,
    S18,
    S19,
    S20,
    S21,
    S22,
    S23,
    S24,
    S25,
  ],
  noThrow,
  checkThrows,
  ...[V1, V2, V3, V4, V5, V6, V7, V8],
  FN,
  ...goals,
];
