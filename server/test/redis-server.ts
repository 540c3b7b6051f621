import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from 'redis';
import { freePort } from '#scripts/launcher/port.mjs';

/** A Redis for tests; without it, and without a redis-server on PATH, tests that need one are left out. */
const given = process.env.TEST_REDIS_URL || null;
const installed = () => spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** Why tests that need Redis do not run here; null: they do. */
export const NO_REDIS =
  given || installed() ? null : 'left out: no redis-server on PATH, and TEST_REDIS_URL is not set';

/** Starts it when none is given: in memory, on a free port of this machine. */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> }> {
  if (given) return { url: given, stop: async () => undefined };
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const url = `redis://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on('error', () => undefined);
  try {
    await Promise.race([
      client.connect(),
      exited.then(([code]) => {
        throw new Error(`redis-server ended with ${code}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    client.destroy();
  }
  return { url, stop };
}
