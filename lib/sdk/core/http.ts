import type { Reply } from '#lib/protocol/envelope.ts';
import type { ClientPorts } from '../api.ts';
import { failed, LOST, readReply } from './wire.ts';

export interface Post {
  url: string;
  body: unknown;
  token?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal;
}

export type PostAnswer = {
  /** LOST: no answer, or one that is not the desk's (a proxy's error page). */
  reply: Reply<unknown>;
  /** Server's clock minus this device's in ms; null when it did not say. */
  skewMs: number | null;
};

/** One POST of JSON that answers a Reply. Never rejects; a desk that hangs is left after `timeoutMs`. */
export async function post(
  ports: Pick<ClientPorts, 'fetch' | 'setTimeout' | 'clearTimeout' | 'now'>,
  { url, body, token, timeoutMs, signal }: Post,
): Promise<PostAnswer> {
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  signal?.addEventListener('abort', giveUp);
  const timer = ports.setTimeout(giveUp, timeoutMs);
  try {
    const answer = await ports.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      signal: abort.signal,
    });
    const date = Date.parse(answer.headers.get('date') ?? '');
    const reply = readReply(await answer.json());
    return { reply: reply ?? failed(LOST), skewMs: Number.isNaN(date) ? null : date - ports.now() };
  } catch {
    // fetch and json reject for one reason here: there is no readable answer.
    return { reply: failed(LOST), skewMs: null };
  } finally {
    ports.clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
