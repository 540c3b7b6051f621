import { spawn } from 'node:child_process';
import { createClient } from 'redis';
import { freePort } from '../load/desk.ts';
import { usageOf } from '../load/proc.ts';

export interface BenchRedis {
  url: string;
  /** CPU so far, ms; null: it runs elsewhere. */
  cpu(): number | null;
  stop(): Promise<void>;
}

/** @returns null when no redis-server is on PATH */
async function startOwn(): Promise<BenchRedis | null> {
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const spawned = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
  const { pid } = child;
  if (!spawned || pid === undefined) return null;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const url = `redis://127.0.0.1:${port}`;
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  // Refused until it listens; the client tries again by itself.
  client.on('error', () => undefined);
  await client.connect();
  client.destroy();
  return {
    url,
    cpu: () => usageOf(pid)?.cpuMs ?? null,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The Redis of REDIS_URL, or one of the bench's own, or null where there is none. */
export async function findRedis(): Promise<BenchRedis | null> {
  const given = process.env.REDIS_URL;
  if (given) return { url: given, cpu: () => null, stop: async () => undefined };
  return startOwn();
}
