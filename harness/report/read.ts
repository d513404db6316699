import path from 'node:path';
import { UsageError } from '../errors';
import { readSmall, validated } from '../files';
import { type RunSummary, summarySchema } from './summary';

const MAX_BYTES = 64 * 1024 * 1024;

/** What the campaign in a folder came to. Throws a UsageError when there is none that has come to its end. */
export function readSummary(dir: string): RunSummary {
  const file = path.join(dir, 'summary.json');
  let json: unknown;
  try {
    json = JSON.parse(readSmall(file, MAX_BYTES));
  } catch (error) {
    const why = error instanceof UsageError ? error.message : `${file} is no JSON: ${(error as Error).message}`;
    throw new UsageError(why, 'Give the folder of a campaign that has come to its end.');
  }
  return validated(file, summarySchema, json, 'Run that campaign again.');
}
