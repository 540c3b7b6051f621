import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_LIMIT_MS = 180_000;

/**
 * Starts the real thing once for all journeys: `npm start` with a data folder and port of its own.
 * Tests find the demo's sign-ins in PARLOUR_E2E_SEED (the JSON of prisma/seed.ts).
 */
export default async function setup(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'parlour-e2e-'));
  const seedFile = join(data, 'seed.json');
  let output = '';
  const server = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: process.env.PARLOUR_E2E_PORT,
      PUBLIC_URL: '',
      DATABASE_URL: '',
      PARLOUR_DATA: data,
      PARLOUR_SEED_OUT: seedFile,
    },
  });
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
  };
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));

  const deadline = performance.now() + READY_LIMIT_MS;
  while (!output.includes('Parlour is ready')) {
    if (server.exitCode !== null || performance.now() > deadline) {
      server.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
      throw new Error(`Parlour did not start for the journeys:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  process.env.PARLOUR_E2E_DATA = data;
  process.env.PARLOUR_E2E_SEED = existsSync(seedFile) ? readFileSync(seedFile, 'utf8') : '{}';
  return async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}
