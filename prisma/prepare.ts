/**
 * What `npm start` does before its servers, for places where something else starts them: brings the
 * database to this release's level and prints the setup code while nobody has set the desk up. Run
 * by one container before the others; any number at once, or again, is harmless.
 */
import { join } from 'node:path';
import { endPrisma } from '#lib/db/client.ts';
import { MigrationError, migrate } from '#lib/db/migrate.ts';
import { databaseUrl, EnvError, env } from '#lib/env.ts';
import { withoutPasswords } from '#lib/observability/logger.ts';
import { addFirstContent } from './first-content.ts';

async function prepare(): Promise<void> {
  const { publicUrl } = env();
  const { applied, total } = await migrate(databaseUrl(), join(import.meta.dirname, 'migrations'), {
    onBusy: (name, holders) =>
      console.log(`Migration ${name} waits for ${holders.join(', ') || 'a lock'}.`),
  });
  console.log(`Tables: ${applied.length} of ${total} migrations applied now.`);
  const content = await addFirstContent();
  if (content.kind === 'setup') {
    console.log(`Set up: ${publicUrl}/setup\nCode:   ${content.code}`);
    console.log('It works once; whoever enters it first becomes the owner.');
  }
  if (content.kind === 'demo') {
    for (const { email, password } of content.accounts) console.log(`Demo: ${email}  ${password}`);
  }
}

try {
  await prepare();
} catch (error) {
  const expected = error instanceof EnvError || error instanceof MigrationError;
  const text = error instanceof Error ? ((expected ? null : error.stack) ?? error.message) : error;
  console.error(withoutPasswords(String(text)));
  process.exitCode = 1;
} finally {
  await endPrisma();
}
