import { EnvError } from '#lib/env.ts';
import { LaunchError } from './launch-error.ts';
import { fail } from './progress.mjs';

type Command = (args: string[]) => Promise<number | undefined>;

/** Loaded one by one, so that a backup does not wait for what only tests need. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.ts')).start,
  dev: async () => (await import('./commands/start.ts')).dev,
  test: async () => (await import('./commands/test.ts')).test,
  check: async () => (await import('./commands/check.ts')).check,
  bench: async () => (await import('./commands/bench.ts')).bench,
  chaos: async () => (await import('./commands/bench.ts')).chaos,
  reset: async () => (await import('./commands/reset.ts')).reset,
  backup: async () => (await import('./commands/backup.ts')).backup,
  restore: async () => (await import('./commands/restore.ts')).restore,
};

const [name = 'start', ...args] = process.argv.slice(2);
process.title = `parlour ${name}`;

try {
  const command = await COMMANDS[name]?.();
  if (!command)
    fail(`There is no command "${name}".`, `Use one of: ${Object.keys(COMMANDS).join(', ')}`);
  process.exitCode = (await command(args)) ?? 0;
} catch (error) {
  if (error instanceof LaunchError) fail(error.message, error.advice);
  if (error instanceof EnvError)
    fail(error.message, 'Correct them and run the same command again.');
  if (error instanceof Error && error.name === 'MigrationError') fail(error.message, '');
  console.error(error);
  fail('This should not happen; it is a bug in Parlour.', 'Please report it with the lines above.');
}
// Sockets of a killed helper could keep the process alive after its work is done.
process.exit();
