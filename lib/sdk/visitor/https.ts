import type { ClientPorts } from '../api.ts';
import { post } from '../core/http.ts';
import type { OpenTransport } from '../core/transport.ts';
import { failed, LOST } from '../core/wire.ts';

const ANSWER_MS = 10_000;
/** Between two looks; a look is one small request. */
const LOOK_MS = 3_000;

/**
 * The same commands over plain HTTPS, for networks that block WebSockets. News is looked for by
 * asking for the outlines, whose heads say what to fetch; typing is not shown.
 */
export function httpsTransport(
  ports: Pick<ClientPorts, 'fetch' | 'setTimeout' | 'clearTimeout' | 'now'>,
  url: string,
): OpenTransport {
  return (auth, events) => {
    const abort = new AbortController();
    const { signal } = abort;
    let timer: unknown = null;
    const close = () => {
      abort.abort();
      if (timer !== null) ports.clearTimeout(timer);
    };
    const call = async (name: string, input: unknown, timeoutMs = ANSWER_MS) => {
      if (signal.aborted) return failed(LOST);
      const { reply } = await post(ports, {
        url: `${url}/api/v1/visitor/command`,
        body: { name, input },
        token: String(auth.token),
        timeoutMs,
        signal,
      });
      if (!reply.ok && !signal.aborted) {
        const { code } = reply.error;
        const refused = code === 'token_invalid' || code === 'token_expired';
        if (reply.error === LOST || refused) {
          close();
          events.onLost(refused ? reply.error : null);
        }
      }
      return reply;
    };
    const look = async (first: boolean) => {
      const reply = await call('conversation.list', {});
      if (signal.aborted) return;
      if (first && !reply.ok) {
        close();
        events.onLost(reply.error);
        return;
      }
      if (first) events.onOpen();
      if (reply.ok) events.onPush('heads', reply.data);
      timer = ports.setTimeout(() => void look(false), LOOK_MS);
    };
    timer = ports.setTimeout(() => void look(true), 0);
    return { kind: 'https', call, close };
  };
}
