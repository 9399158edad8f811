import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
  },
});
