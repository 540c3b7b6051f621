import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A real desk process, as the launcher starts it. */
export interface DeskProcess {
  child: ChildProcess;
  /** All it printed so far. */
  output: () => string;
  /** Its log lines so far. */
  lines: () => Record<string, unknown>[];
  /** Resolves with the port once it says so; rejects when it ends before. */
  ready: Promise<number>;
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** Starts `server/main.ts`; the caller kills what is left. */
export function startProcess(
  env: Record<string, string>,
  args: readonly string[] = [],
): DeskProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
  });
  let text = '';
  const read = (chunk: Buffer) => {
    text += chunk;
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<number>((resolve, reject) => {
    child.on('message', (said: { type?: string; port?: number }) => {
      if (said.type === 'ready' && said.port) resolve(said.port);
    });
    child.once('close', () => reject(new Error(text)));
  });
  ready.catch(() => undefined);
  const lines = () =>
    text
      .split('\n')
      // The last one may not be whole yet.
      .slice(0, -1)
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  return { child, output: () => text, lines, ready, ended };
}

/** A port nobody has right now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
