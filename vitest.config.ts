import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const TESTS = '{app,bench,components,deploy,lib,prisma,scripts,server}/**/*.test.{ts,tsx}';
/** Worlds of processes under faults, judged by how soon they are in step: nothing else runs beside them. */
const WORLDS = 'bench/chaos/**/*.test.ts';
const NEVER = ['**/node_modules/**', '**/.next/**'];

export default defineConfig({
  test: {
    globalSetup: ['server/test/global-setup.ts'],
    // Processes, not threads: tests stop, kill and signal real servers.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    env: { NODE_ENV: 'test' },
    projects: [
      {
        extends: true,
        test: {
          name: 'worlds',
          include: [WORLDS],
          exclude: NEVER,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'tests',
          include: [TESTS],
          exclude: [...NEVER, WORLDS],
          // Mostly they wait for PostgreSQL and for processes: on two cores two at a time take a third less.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
