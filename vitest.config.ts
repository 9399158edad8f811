import { defineConfig } from 'vitest/config';

/** Folders whose tests start processes, threads, servers or browsers, or stand in for what a page has. */
const APART = ['browser', 'cli', 'house', 'server', 'study', 'viewer'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    setupFiles: ['test/support/seed.ts'],
    environment: 'node',
    globals: false,
    // As many as CI has cores: vitest would leave one idle.
    maxWorkers: 2,
    // Two cores in CI, and statistical tests beside browser ones: generous, but a hang still ends.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    // A forgotten `.only` would silently skip everything else.
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      // The engine keeps nothing outside a world, so its tests may share a process: loading and compiling it for each file
      // takes as long as half of the tests. A state that one run left to the next would show here, and only here.
      { extends: true, test: { name: 'engine', include: ['test/**/*.test.ts'], exclude: APART, isolate: false } },
    ],
  },
});
