import { type ChildProcess, fork } from 'node:child_process';

/** Work of another process by name: what goes over is cloned as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ by method; callers see the interface.
type Methods = Record<string, (...args: any[]) => unknown>;

/** The interface of a process as its parent sees it. */
export type Remote<M> = {
  [K in keyof M]: M[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

export interface Worker<M> {
  call: Remote<M>;
  child: ChildProcess;
  pid: number;
  stop(): Promise<void>;
}

interface Call {
  id: number;
  name: string;
  args: unknown[];
}

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** In the child: answers calls until the parent is gone. */
export function serveWorker(methods: Methods): void {
  process.on('message', async ({ id, name, args }: Call) => {
    const answer: Answer = { id };
    try {
      const method = methods[name];
      if (!method) throw new Error(`there is no ${name}`);
      answer.value = await method(...args);
    } catch (error) {
      answer.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.send?.(answer);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ id: 0 } satisfies Answer);
}

/** In the parent: calls of a process that answers as `serveWorker` does. */
export function callsTo<M>(child: ChildProcess): Remote<M> {
  const waiting = new Map<
    number,
    { resolve(v: unknown): void; reject(e: Error): void; name: string }
  >();
  let last = 0;
  child.on('message', ({ id, value, error }: Answer) => {
    const call = waiting.get(id);
    if (!call) return;
    waiting.delete(id);
    if (error === undefined) call.resolve(value);
    else call.reject(new Error(`${call.name}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject, name } of waiting.values()) {
      reject(new Error(`${name}: the process ended with ${code ?? signal}`));
    }
    waiting.clear();
  });
  return new Proxy({} as Remote<M>, {
    get:
      (_target, name) =>
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++last;
          waiting.set(id, { resolve, reject, name: String(name) });
          child.send({ id, name: String(name), args } satisfies Call);
        }),
  });
}

/** Starts a file that calls `serveWorker` as a process of its own. */
export async function startWorker<M>(
  file: string,
  options: { nodeArgs?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Worker<M>> {
  const child = fork(file, {
    execArgv: [...(options.nodeArgs ?? [])],
    env: { ...process.env, ...options.env },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const call = callsTo<M>(child);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return {
    call,
    child,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
