import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { checkout } from './checkout.ts';
import { LaunchError } from './launch-error.ts';
import type { LogSink } from './log-sink.ts';
import { endProcess, forget, remember, startTimeOf } from './processes.mjs';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long had started well: its next pause is short again. */
const HEALTHY_AFTER_MS = 60_000;
const READY_LIMIT_MS = 90_000;
/** Failures in a row, before it was ever ready, after which trying again is pointless. */
const HOPELESS_AFTER = 3;

export type ChildSpec = {
  name: 'desk' | 'web' | 'widget';
  args: string[];
  env: Record<string, string | undefined>;
  /** Whether it does its work yet; undefined for a child nobody waits for. */
  isReady?: () => Promise<boolean>;
  log: LogSink;
  say: (text: string) => void;
};

export type Supervised = {
  ready: Promise<void>;
  /** Asks it to end, and forces it after 15 s. */
  stop: () => Promise<void>;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether somebody accepts connections on 127.0.0.1:`port`. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/** Whether `url` answers with a success. */
export async function answersWell(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet, or too busy: asked again.
    return false;
  }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    // The whole group: `next dev` and `node --watch` work in children of their own.
    if (child.pid) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Keeps one child process running: starts it, starts it again when it ends, and says so. */
export function supervise(dataDir: string, spec: ChildSpec): Supervised {
  let stopping = false;
  let child: ChildProcess | undefined;
  let wasReady = false;
  let failures = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const start = () => {
    const startedAt = performance.now();
    const running = spawn(process.execPath, spec.args, {
      cwd: checkout,
      // Its own group, so that Ctrl-C reaches it only through us and in order.
      detached: true,
      // The ipc channel closes when this launcher is killed; the desk ends itself then.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...spec.env },
    });
    child = running;
    if (running.pid) remember(dataDir, `child-${spec.name}`, running.pid);
    running.stdout?.on('data', (chunk) => spec.log.write(chunk));
    running.stderr?.on('data', (chunk) => spec.log.write(chunk));
    running.once('error', (error) => settle?.reject(error));
    running.once('exit', (code, signal) => {
      forget(dataDir, `child-${spec.name}`);
      if (stopping) return;
      endGroup(running, 'SIGKILL');
      failures = performance.now() - startedAt > HEALTHY_AFTER_MS ? 0 : failures + 1;
      if (failures === 0) pauseMs = FIRST_PAUSE_MS;
      if (!wasReady && failures >= HOPELESS_AFTER) {
        settle?.reject(
          new LaunchError(
            `${spec.name} ends as soon as it starts. Its last lines:\n${spec.log.tail(25)}`,
            `The whole log is in ${spec.log.file}.`,
          ),
        );
        return;
      }
      const why = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      spec.say(
        `${spec.name} ${why}; starting it again in ${pauseMs / 1000} s (log: ${spec.log.file})`,
      );
      setTimeout(() => {
        if (!stopping) start();
      }, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
    if (wasReady) void untilReady(running).then((well) => well && spec.say(`${spec.name} is back`));
    else void untilReady(running).then((well) => well && becomeReady());
  };

  const becomeReady = () => {
    wasReady = true;
    settle?.resolve();
  };

  const untilReady = async (running: ChildProcess): Promise<boolean> => {
    if (!spec.isReady) return true;
    const deadline = performance.now() + READY_LIMIT_MS;
    while (!stopping && running.exitCode === null && running.signalCode === null) {
      if (await spec.isReady()) return true;
      if (!wasReady && performance.now() > deadline) {
        settle?.reject(
          new LaunchError(
            `${spec.name} did not become ready in ${READY_LIMIT_MS / 1000} s. Its last lines:\n${spec.log.tail(25)}`,
            `The whole log is in ${spec.log.file}.`,
          ),
        );
        return false;
      }
      await pause(50);
    }
    return false;
  };

  start();
  return {
    ready,
    stop: async () => {
      stopping = true;
      const running = child;
      if (!running?.pid || running.exitCode !== null || running.signalCode !== null) return;
      const startedAt = startTimeOf(running.pid);
      if (startedAt) {
        await endProcess(
          { name: spec.name, pid: running.pid, startedAt, info: {} },
          { graceMs: 15_000 },
        );
      }
      endGroup(running, 'SIGKILL');
      forget(dataDir, `child-${spec.name}`);
    },
  };
}
