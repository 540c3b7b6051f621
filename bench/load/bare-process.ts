import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type Usage, usageOf } from './proc.ts';

export interface BareProcess {
  port: number;
  pid: number;
  usage(): Usage;
  stop(): Promise<void>;
}

/** The bare relay in a process of its own. */
export async function startBareProcess(): Promise<BareProcess> {
  const child = fork(join(import.meta.dirname, 'bare.ts'), [], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`the bare relay ended with ${code}`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the bare relay has no process id');
  return {
    port,
    pid,
    usage() {
      const usage = usageOf(pid);
      if (!usage) throw new Error('the relay’s CPU and memory cannot be read from /proc');
      return usage;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
