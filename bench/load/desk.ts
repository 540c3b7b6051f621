import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { checkout } from '#scripts/launcher/checkout.ts';
import { type Usage, usageOf } from './proc.ts';

export interface DeskOptions {
  databaseUrl: string;
  /** PARLOUR_SECRET: of the people who are to be known. */
  secret: string;
  /** Where its log and data go: `context.folder`. */
  folder: string;
  /** Default: both. */
  roles?: readonly ('realtime' | 'worker')[];
  redisUrl?: string;
  /** Default 100: a handful of addresses and visitors stand for a city of them. */
  rateLimitScale?: number;
  poolSize?: number;
  /** Further environment. */
  env?: Readonly<Record<string, string>>;
  /** Flags for node itself: `--cpu-prof`. */
  nodeArgs?: readonly string[];
}

export interface DeskProcess {
  port: number;
  pid: number;
  child: ChildProcess;
  /** Origin under which it takes agents' pages for its own. */
  origin: string;
  logFile: string;
  /** @throws Error when it is gone or there is no /proc */
  usage(): Usage;
  /** SIGTERM, then SIGKILL after 15 s. @returns the exit code */
  stop(): Promise<number | null>;
  /** Lines of the log at level error or worse, and warnings of lost work. */
  complaints(): string[];
  /** The end of its log, whatever the level: why it ended as it did. */
  lastWords(): string;
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

let started = 0;

/** A real desk in a process of its own, as `npm start` runs it, without the web process behind it. */
export async function startDeskProcess(options: DeskOptions): Promise<DeskProcess> {
  const port = await freePort();
  started += 1;
  const logFile = join(options.folder, `desk-${started}.log`);
  const log = openSync(logFile, 'a');
  const roles = options.roles ?? ['realtime', 'worker'];
  // Where the time goes: `BENCH_PROFILES=DIR npm run bench -- relay`, and open the file in a browser's tools.
  const profiles = process.env.BENCH_PROFILES;
  const args = [
    ...(profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : []),
    ...(options.nodeArgs ?? []),
    join(checkout, 'server', 'main.ts'),
    '--roles',
    roles.join(','),
  ];
  const child = spawn(process.execPath, args, {
    cwd: options.folder,
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: options.databaseUrl,
      DATABASE_POOL_SIZE: String(options.poolSize ?? 20),
      ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
      PARLOUR_DATA: options.folder,
      PARLOUR_SECRET: options.secret,
      PARLOUR_PROCESS: 'desk',
      RATE_LIMIT_SCALE: String(options.rateLimitScale ?? 100),
      TRUST_PROXY: '1',
      ...options.env,
    },
  });
  closeSync(log);
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      if ((message as { type?: string }).type === 'ready') resolve();
    });
  });
  const failed = gone.then((code) => {
    throw new Error(`the desk ended with ${code}:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error('the desk has no process id');
  return {
    port,
    pid,
    child,
    origin: `http://localhost:${port}`,
    logFile,
    usage() {
      const usage = usageOf(pid);
      if (!usage) throw new Error('the desk’s CPU and memory cannot be read from /proc');
      return usage;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await gone;
      clearTimeout(timer);
      return code;
    },
    complaints: () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => /"level":"(warn|error|fatal)"/.test(line)),
    lastWords: () => readFileSync(logFile, 'utf8').slice(-600).trim(),
  };
}
