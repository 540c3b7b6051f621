import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,bench,components,deploy,lib,prisma,scripts,server}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/.next/**'],
    globalSetup: ['server/test/global-setup.ts'],
    // Processes, not threads: tests stop, kill and signal real servers.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    env: { NODE_ENV: 'test' },
  },
});
