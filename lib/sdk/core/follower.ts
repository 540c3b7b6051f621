import type { Reply } from '#lib/protocol/envelope.ts';
import type { ClientPorts } from '../api.ts';
import type { Log, Sequenced } from './log.ts';

/** How long a gap may wait for a push that was merely overtaken, before it is fetched. */
const GAP_MS = 100;
/** The server named a seq it does not hand out yet; ask again after this. */
const AGAIN_MS = 1000;

export interface Follower<E extends Sequenced> {
  /** Events that were pushed. */
  push(events: readonly E[]): void;
  /** The server says its newest seq. */
  expect(seq: number): void;
  /** Fetch now, whatever is known. Resolves when a fetch that began after this call is through. */
  sync(): Promise<void>;
  stop(): void;
}

/** Keeps one log contiguous: adds pushes, and fetches from the last contiguous seq across gaps. */
export function createFollower<E extends Sequenced>(deps: {
  ports: Pick<ClientPorts, 'setTimeout' | 'clearTimeout'>;
  log: Log<E>;
  /** One page after a seq. */
  fetch(after: number): Promise<Reply<{ events: readonly E[]; more: boolean }>>;
  /** False: a failed fetch is not repeated here; `sync` comes with the next connection. */
  online(): boolean;
  onEvents(events: readonly E[]): void;
  /** A fetch reached the end of what the server has. */
  onSynced(): void;
}): Follower<E> {
  const { ports, log } = deps;
  let timer: unknown = null;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const later = (ms: number, whatever = false) => {
    if (stopped || timer !== null) return;
    timer = ports.setTimeout(() => {
      timer = null;
      if (whatever || log.behind()) void sync();
    }, ms);
  };

  const add = (events: readonly E[]) => {
    const fresh = log.add(events);
    if (fresh.length > 0) deps.onEvents(fresh);
  };

  async function run(): Promise<void> {
    for (;;) {
      again = false;
      const reply = await deps.fetch(log.head());
      if (stopped) return;
      if (!reply.ok) {
        const wait = reply.error.retryAfterMs;
        if (wait !== undefined && deps.online()) later(wait, true);
        return;
      }
      const before = log.head();
      add(reply.data.events);
      const grew = log.head() > before;
      if (again || (reply.data.more && grew)) continue;
      if (log.behind()) later(AGAIN_MS);
      deps.onSynced();
      return;
    }
  }

  function sync(): Promise<void> {
    if (stopped) return Promise.resolve();
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    push(events) {
      if (stopped) return;
      add(events);
      if (log.behind()) later(GAP_MS);
    },
    expect(seq) {
      log.expect(seq);
      if (log.behind()) later(GAP_MS);
    },
    sync,
    stop() {
      stopped = true;
      if (timer !== null) ports.clearTimeout(timer);
    },
  };
}
