import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from '#scripts/launcher/port.mjs';

export interface ChaosRedis {
  url: string;
  /** Ours, so that it may be killed; one that was given (REDIS_URL) is left alone. */
  mortal: boolean;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const isInstalled = () =>
  spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

/** A Redis of our own, else the one REDIS_URL names, else null: the nodes then share only PostgreSQL. */
export async function startRedis(folder: string): Promise<ChaosRedis | null> {
  if (!isInstalled()) {
    const url = process.env.REDIS_URL;
    const nothing = async () => undefined;
    return url ? { url, mortal: false, kill: nothing, restart: nothing, stop: nothing } : null;
  }
  const port = await freePort();
  let child: ChildProcess;
  let exited: Promise<unknown>;
  const start = async () => {
    child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { cwd: folder, stdio: 'ignore' },
    );
    exited = new Promise((resolve) => child.once('exit', resolve));
    while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    mortal: true,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: () => end('SIGTERM'),
  };
}
