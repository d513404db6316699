import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** It counts garbage, and so wants a process to itself. */
const ALONE = 'test/allocation.test.ts';
const SLOW = '**/*.slow.test.ts';
const GO = '**/*.go.test.ts';
const NOWHERE = ['node_modules', 'out'];

/** Limits are for what hangs; no test is judged by the clock. */
const PATIENCE_MS = 600_000;

/**
 * `fast` and `alone` on every change (npm test), `slow` behind them (npm run test:slow); `go` wants a Go toolchain, and
 * fetches others (npm run test:go).
 */
export default defineConfig({
  resolve: {
    // The examples in docs/ import the package by its name.
    alias: [
      { find: /^parkranger$/, replacement: path.join(import.meta.dirname, 'harness/language/index.ts') },
      { find: /^parkranger\/cli$/, replacement: path.join(import.meta.dirname, 'harness/cli/start.ts') },
      { find: /^parkranger\/testing$/, replacement: path.join(import.meta.dirname, 'harness/testing/index.ts') },
    ],
  },
  test: {
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        // They share their worker's modules, which take a while to import.
        test: { name: 'fast', include: ['**/*.test.ts'], exclude: [...NOWHERE, ALONE, SLOW, GO], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: [ALONE] } },
      { extends: true, test: { name: 'go', include: [GO], exclude: NOWHERE, fileParallelism: false } },
      { extends: true, test: { name: 'slow', include: [SLOW], exclude: NOWHERE, isolate: false } },
    ],
  },
});
