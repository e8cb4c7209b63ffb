import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** For tools/torture.ts: one file, which `npm test` does not run, on the same server as every test. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../../..', import.meta.url)),
    include: ['server/test/faults/torture/torture.ts'],
    environment: 'node',
    globalSetup: ['server/test/support/global-setup.ts'],
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    disableConsoleIntercept: true, // a line is seen when it is said
  },
});
