import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type DeskOptions, startDeskProcess } from '#bench/load/desk.ts';
import { type Usage, usageOf } from '#bench/load/proc.ts';
import type { Probe } from './probe.ts';
import { callsTo, type Remote } from './worker.ts';

/** A server under observation: in a process of its own, with the probe inside. */
export interface Watched {
  port: number;
  pid: number;
  probe: Remote<Probe>;
  usage(): Usage;
  stop(): Promise<unknown>;
  complaints(): string[];
}

const PROBE = ['--expose-gc', '--import', join(import.meta.dirname, 'probe.ts')];

export async function startWatchedDesk(options: DeskOptions): Promise<Watched> {
  const desk = await startDeskProcess({ ...options, nodeArgs: PROBE });
  return {
    port: desk.port,
    pid: desk.pid,
    probe: callsTo<Probe>(desk.child),
    usage: () => desk.usage(),
    stop: () => desk.stop(),
    complaints: () => desk.complaints(),
  };
}

/** A Socket.IO server with the desk's transport settings that does nothing. */
export async function startBareServer(): Promise<Watched> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), { execArgv: PROBE });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
  });
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    probe: callsTo<Probe>(child),
    usage() {
      const usage = usageOf(pid);
      if (!usage) throw new Error('CPU and memory of the bare server cannot be read from /proc');
      return usage;
    },
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
    complaints: () => [],
  };
}
