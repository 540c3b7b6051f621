import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Job } from './store.ts';

/** The measured process, asked one job at a time. */
export class StoreProcess {
  readonly #child: ChildProcess;
  /** Rejects when it ends; nobody may be waiting then. */
  readonly #ended: Promise<never>;

  constructor() {
    const file = fileURLToPath(new URL('store.ts', import.meta.url));
    this.#child = fork(file, { env: { ...process.env, LOG_LEVEL: 'error' } });
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`the store's process ended (${code ?? signal})`);
    });
    this.#ended.catch(() => undefined);
  }

  async ask(job: Job): Promise<Answer> {
    const answered = once(this.#child, 'message') as Promise<[{ done?: Answer; failed?: string }]>;
    this.#child.send(job);
    const [message] = await Promise.race([answered, this.#ended]);
    if (message.done) return message.done;
    throw new Error(message.failed ?? 'the store answered nothing');
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => undefined);
  }
}
