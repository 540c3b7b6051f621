import { spawn } from 'node:child_process';

const READY_LIMIT_MS = 180_000;

export interface OwnDesk {
  /** What it printed, without colours. */
  output(): string;
  /** As Ctrl-C does; resolves when all it started has ended. */
  stop(): Promise<void>;
}

/**
 * `npm start` with an environment of its own on top of the run's; resolves when it says it is ready.
 * @throws Error with what it printed, when it ends or stays silent instead
 */
export async function startDesk(env: Record<string, string | undefined>): Promise<OwnDesk> {
  let output = '';
  const server = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', PUBLIC_URL: '', DATABASE_URL: '', ...env },
  });
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
  };
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!output.includes('Parlour is ready')) {
    if (server.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`Parlour did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with it
  return { output: () => output.replace(/\u001b\[[0-9;]*m/g, ''), stop };
}
