import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '#scripts/launcher/checkout.ts';

const RESTART_MS = 250;
const READY_MS = 60_000;
/** Of a process that is about to end. */
const NEVER = new Promise<void>(() => undefined);

/** A desk process and its little supervisor: what dies is started again on the same port. */
export interface DeskNode {
  name: string;
  port: number;
  /** Where it writes its log. */
  log: string;
  /** Resolves when the process that runs now listens. Rejects when it does not within a minute. */
  ready(): Promise<void>;
  /** kill -9 */
  kill(): void;
  /** SIGSTOP; nothing of it runs until `proceed`. */
  freeze(): void;
  proceed(): void;
  /** Its wall clock is wrong by so many ms and drifts; holds over restarts. */
  skew(ms: number, driftPerSecond: number): void;
  /**
   * SIGTERM, and started again, from then on with the code that lies at `root` when one is given.
   * Resolves with the exit code once the new one is ready.
   */
  restart(root?: string): Promise<number | null>;
  /** SIGTERM for good. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Exits that nobody asked for, and drains that did not end with 0. */
  crashes(): string[];
}

export interface DeskNodeOptions {
  name: string;
  port: number;
  folder: string;
  env: Record<string, string>;
  /** Where its code lies; another build stands elsewhere. */
  root?: string;
}

export function startNode({ name, port, folder, env, ...options }: DeskNodeOptions): DeskNode {
  const log = join(folder, `${name}.log`);
  const crashes: string[] = [];
  let root = options.root ?? checkout;
  let child: ChildProcess;
  let exited: Promise<number | null>;
  let listening: Promise<void>;
  /** This exit was asked for … */
  let expected = false;
  /** … by SIGTERM, and nothing worse since. */
  let draining = false;
  let ending = false;
  let timer: NodeJS.Timeout | undefined;
  let clock = { ms: 0, drift: 0 };

  function start() {
    expected = false;
    const out = openSync(log, 'a');
    child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--import',
        join(import.meta.dirname, 'skew.ts'),
        join(root, 'server', 'main.ts'),
      ],
      {
        cwd: root,
        // With a channel the desk ends by itself when the runner is gone, however that came about.
        stdio: ['ignore', out, out, 'ipc'],
        env: {
          ...process.env,
          ...env,
          PORT: String(port),
          CHAOS_SKEW_MS: String(clock.ms),
          CHAOS_DRIFT: String(clock.drift),
        },
      },
    );
    closeSync(out);
    const mine = child;
    listening = new Promise((resolve) => {
      mine.on('message', (message: { type?: unknown }) => {
        if (message.type === 'ready') resolve();
      });
    });
    exited = new Promise((resolve) => {
      mine.once('exit', (code, signal) => {
        const how = signal ?? `exit ${code}`;
        if (!expected) crashes.push(`${name} ended by itself: ${how}`);
        else if (draining && code !== 0) crashes.push(`${name} ended with ${how} after SIGTERM`);
        draining = false;
        if (!ending) timer = setTimeout(start, RESTART_MS);
        resolve(code);
      });
    });
  }

  const signal = (what: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(what);
  };
  const terminate = () => {
    expected = true;
    draining = true;
    listening = NEVER;
    const done = exited;
    // A frozen process hears nothing but SIGCONT and SIGKILL.
    signal('SIGCONT');
    signal('SIGTERM');
    return done;
  };

  async function ready() {
    const until = performance.now() + READY_MS;
    for (;;) {
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), 200).unref());
      const mine = listening;
      const answer = await Promise.race([mine.then(() => 'ready' as const), late]);
      if (answer === 'ready' && mine === listening && child.exitCode === null) return;
      if (performance.now() > until) throw new Error(`${name} was not ready within a minute`);
    }
  }

  start();
  return {
    name,
    port,
    log,
    ready,
    kill() {
      expected = true;
      draining = false;
      listening = NEVER;
      signal('SIGKILL');
    },
    freeze: () => signal('SIGSTOP'),
    proceed: () => signal('SIGCONT'),
    skew(ms, driftPerSecond) {
      clock = { ms, drift: driftPerSecond };
      if (child.connected) child.send({ type: 'skew', ms, drift: driftPerSecond });
    },
    async restart(next) {
      root = next ?? root;
      const code = await terminate();
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS + 50));
      await ready();
      return code;
    },
    stop() {
      ending = true;
      clearTimeout(timer);
      return terminate();
    },
    crashes: () => crashes,
  };
}
