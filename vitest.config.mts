import { defineConfig } from 'vitest/config';

/** It counts garbage, and so wants a process to itself. */
const ALONE = 'allocation.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        // The others share their worker's modules, which take a while to import.
        test: { name: 'shared', include: ['**/*.test.ts'], exclude: ['node_modules', 'out', ALONE], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: [ALONE] } },
    ],
  },
});
