import { defineConfig } from 'vitest/config';

/** It counts garbage, and so wants a process to itself. */
const ALONE = 'test/allocation.test.ts';
const SLOW = '**/*.slow.test.ts';
const GO = '**/*.go.test.ts';
const NOWHERE = ['node_modules', 'out'];

/** Limits are for what hangs; no test is judged by the clock. */
const PATIENCE_MS = 600_000;

/**
 * Three tiers: `fast` and `alone` on every change (npm test), `slow` behind them (npm run test:slow), and `go`, which
 * wants Go toolchains and skips where there are none (npm run test:go).
 */
export default defineConfig({
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
      { extends: true, test: { name: 'slow', include: [SLOW], exclude: NOWHERE, isolate: false } },
    ],
  },
});
