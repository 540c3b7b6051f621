import type { Reply } from '#lib/protocol/envelope.ts';
import type { ClientPorts } from '../api.ts';
import { backoffMs } from '../core/backoff.ts';

/** So long an action is repeated under its key before the person is told that it did not work. */
const PATIENCE_MS = 15_000;

/**
 * Runs one action: repeated with the same input, hence the same key, while the error allows it and
 * patience lasts. What the server did in spite of a lost answer is then answered, not done twice.
 */
export async function persist(
  ports: Pick<ClientPorts, 'now' | 'random' | 'setTimeout'>,
  attempt: () => Promise<Reply<unknown>>,
): Promise<Reply<unknown>> {
  const until = ports.now() + PATIENCE_MS;
  for (let tries = 0; ; tries++) {
    const reply = await attempt();
    if (reply.ok || reply.error.retryAfterMs === undefined) return reply;
    const wait = Math.max(reply.error.retryAfterMs, backoffMs(tries, ports.random));
    if (ports.now() + wait > until) return reply;
    await new Promise<void>((resolve) => {
      ports.setTimeout(resolve, wait);
    });
  }
}
