import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDesk } from './support/own-desk.ts';

/**
 * Starts the real thing once for all journeys: `npm start` with a data folder and port of its own.
 * Tests find the demo's sign-ins in PARLOUR_E2E_SEED (the JSON of prisma/seed.ts).
 */
export default async function setup(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'parlour-e2e-'));
  const seedFile = join(data, 'seed.json');
  const forget = () => rmSync(data, { recursive: true, force: true });
  const desk = await startDesk({
    HOST: '127.0.0.1',
    PORT: process.env.PARLOUR_E2E_PORT,
    PARLOUR_DATA: data,
    PARLOUR_SEED_OUT: seedFile,
  }).catch((error: unknown) => {
    forget();
    throw error;
  });
  process.env.PARLOUR_E2E_DATA = data;
  process.env.PARLOUR_E2E_SEED = existsSync(seedFile) ? readFileSync(seedFile, 'utf8') : '{}';
  return async () => {
    await desk.stop();
    forget();
  };
}
