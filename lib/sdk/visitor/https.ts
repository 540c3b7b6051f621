import type { WireError } from '#lib/protocol/errors.ts';
import type { ClientPorts } from '../api.ts';
import { post } from '../core/http.ts';
import { fields } from '../core/parse.ts';
import type { OpenTransport } from '../core/transport.ts';
import { failed, LOST } from '../core/wire.ts';

const ANSWER_MS = 10_000;
/** The server answers a poll after 25 s at the latest. */
const POLL_MS = 35_000;
/** Between two polls, however fast they are answered. */
const GAP_MS = 200;
/** After a poll that was refused, when the refusal names no time. */
const AGAIN_MS = 3_000;

/**
 * The same commands over plain HTTPS, for networks that block WebSockets. A long poll says which
 * heads moved, and those are fetched; typing is not shown.
 */
export function httpsTransport(
  ports: Pick<ClientPorts, 'fetch' | 'setTimeout' | 'clearTimeout' | 'now'>,
  url: string,
  /** Newest seq known here, by conversation. */
  heads: () => Record<string, number>,
): OpenTransport {
  return (auth, events) => {
    const abort = new AbortController();
    const { signal } = abort;
    let timer: unknown = null;
    const close = () => {
      abort.abort();
      if (timer !== null) ports.clearTimeout(timer);
    };
    const lose = (error: WireError | null) => {
      if (signal.aborted) return;
      close();
      events.onLost(error);
    };
    const ask = async (path: string, body: unknown, timeoutMs: number) => {
      if (signal.aborted) return failed(LOST);
      const token = String(auth.token);
      const { reply } = await post(ports, {
        url: `${url}/api/v1/visitor/${path}`,
        body,
        token,
        timeoutMs,
        signal,
      });
      if (reply.ok) return reply;
      if (reply.error === LOST) lose(null);
      else if (reply.error.code.startsWith('token_')) lose(reply.error);
      return reply;
    };
    const poll = async () => {
      const reply = await ask('poll', { heads: heads() }, POLL_MS);
      if (signal.aborted) return;
      const { changed } = fields(reply.ok ? reply.data : null);
      if (reply.ok && changed === true) events.onPush('heads', reply.data);
      const wait = reply.ok ? GAP_MS : (reply.error.retryAfterMs ?? AGAIN_MS);
      timer = ports.setTimeout(() => void poll(), wait);
    };
    const open = async () => {
      const reply = await ask('command', { name: 'conversation.list', input: {} }, ANSWER_MS);
      if (!reply.ok) return lose(reply.error);
      if (signal.aborted) return;
      events.onOpen();
      events.onPush('heads', reply.data);
      await poll();
    };
    timer = ports.setTimeout(() => void open(), 0);
    return {
      kind: 'https',
      call: (name, input, timeoutMs = ANSWER_MS) => ask('command', { name, input }, timeoutMs),
      close,
    };
  };
}
