import { installed } from './checkout.ts';
import { fingerprint, isFresh, noteFresh } from './freshness.ts';
import { runOrExplain } from './run-command.ts';

const INPUTS = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'];

/** Writes the Prisma client to lib/db/generated when the schema changed. */
export async function generateClient(): Promise<'fresh' | 'made'> {
  const print = fingerprint(INPUTS);
  if (isFresh('prisma-client', print, 'lib/db/generated/client.ts')) return 'fresh';
  await runOrExplain(
    'prisma generate',
    'Correct prisma/schema.prisma and start again.',
    installed('prisma'),
    ['generate'],
    {
      env: {
        // Generating never runs the schema engine; naming any program stops Prisma downloading one.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  );
  noteFresh('prisma-client', print);
  return 'made';
}
