import path from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../base/errors';
import { parsed, readSmall } from '../base/files';
import { Coverage, coverageSchema } from '../campaign/coverage';
import { type RunSummary, summarySchema } from './summary';

const MAX_BYTES = 64 * 1024 * 1024;
const HINT = 'Give the folder of a campaign that has come to its end.';

/** What the campaign in a folder came to. Throws a UsageError when there is none that has come to its end. */
export const readSummary = (dir: string): RunSummary => read(path.join(dir, 'summary.json'), summarySchema);

/** The abstract states that it saw. */
export const readCoverage = (dir: string): Coverage =>
  Coverage.fromJSON(read(path.join(dir, 'coverage.json'), coverageSchema));

function read<T>(file: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readSmall(file, MAX_BYTES);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, HINT) : error;
  }
  return parsed(file, schema, text, HINT);
}
