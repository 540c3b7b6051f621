import { Client } from 'pg';
import { z } from 'zod';
import { demoAllowed } from '#lib/auth/demo.ts';
import type { Env } from '#lib/env.ts';
import { runOrExplain } from './run-command.ts';

const MARK = 'PARLOUR_SEED ';

/**
 * What prisma/seed.ts tells in one line of JSON after `PARLOUR_SEED `: on later starts, that all is
 * ready; while nobody has set the desk up, a fresh code.
 */
export const SeedReport = z.looseObject({
  kind: z.enum(['ready', 'demo', 'setup']),
  /** Sign-ins of the demo workspace; the only time their passwords are shown. */
  accounts: z
    .array(
      z.looseObject({
        email: z.string(),
        password: z.string(),
        role: z.string().optional(),
        name: z.string().optional(),
      }),
    )
    .optional(),
  /** The one-time code of the setup page. */
  code: z.string().optional(),
});
export type SeedReport = z.infer<typeof SeedReport>;

/**
 * Whether prisma/seed.ts would say `ready`. Asking here saves a later start the second that loading
 * it takes.
 */
export async function alreadySeeded(url: string, settings: Env): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'parlour-launcher' });
  await client.connect();
  try {
    const { rows } = await client.query<{ set_up: boolean; demo: boolean }>(
      'SELECT setup_at IS NOT NULL AS set_up, demo FROM installation',
    );
    const [row] = rows;
    return row !== undefined && (row.set_up || (row.demo && demoAllowed(settings)));
  } finally {
    await client.end();
  }
}

/** Runs prisma/seed.ts, which does nothing to a database that has a workspace. */
export async function seed(env: Record<string, string | undefined>): Promise<SeedReport> {
  const output = await runOrExplain(
    'The first content (prisma/seed.ts)',
    'This should not happen; please report it with the lines above.',
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'prisma/seed.ts'],
    { env },
  );
  const line = output.split('\n').find((text) => text.startsWith(MARK));
  if (!line) throw new Error(`prisma/seed.ts printed no line that starts with ${MARK}`);
  return SeedReport.parse(JSON.parse(line.slice(MARK.length)));
}
