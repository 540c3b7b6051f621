import type { ErrorCode } from '#lib/protocol/errors.ts';
import type { ClientPorts, SocketPort, SocketRequest } from '#lib/sdk/api.ts';
import { browserPorts } from '#lib/sdk/core/browser-ports.ts';
import { openSocket } from '#lib/sdk/core/socket.ts';
import type { Journal } from '../recorder.ts';

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

interface Envelope {
  name: string;
  input: unknown;
}

/** Notes one attempt of a command; returns what notes its answer. */
function noteAsked(journal: Journal, { name: command, input }: Envelope) {
  const { conversationId, clientKey, text } = fieldsOf(input);
  const about = { command, conversationId: textOf(conversationId), key: textOf(clientKey) };
  journal.write({ kind: 'asked', ...about, text: textOf(text) });
  return (reply: unknown) => {
    const { ok, data, error } = fieldsOf(reply);
    if (ok === true) {
      const { seq, conversationId: landed } = fieldsOf(data);
      journal.write({
        kind: 'acked',
        ...about,
        conversationId: textOf(landed) ?? about.conversationId,
        seq: typeof seq === 'number' ? seq : null,
      });
    } else if (ok === false) {
      const { code, retryAfterMs } = fieldsOf(error);
      journal.write({
        kind: 'refused',
        ...about,
        code: String(code) as ErrorCode,
        retry: retryAfterMs !== undefined,
      });
    }
  };
}

/** Headers that a browser and the balancer would send. */
export interface Sender {
  origin: string;
  /** Address the client seems to come from, so that limits of addresses count people apart. */
  address: string;
  cookie?: string;
}

/** The ports of a client whose wire is written down: every attempt and every answer. */
export function observedPorts(journal: Journal, sender: Sender, random: () => number): ClientPorts {
  const headers: Record<string, string> = {
    origin: sender.origin,
    'x-forwarded-for': sender.address,
    ...(sender.cookie && { cookie: sender.cookie }),
  };

  function open(request: SocketRequest): SocketPort {
    const socket = openSocket(
      {
        ...request,
        onConnect() {
          journal.write({ kind: 'connected', transport: 'websocket' });
          request.onConnect();
        },
        onDisconnect(error) {
          journal.write({ kind: 'disconnected', code: error?.code ?? null });
          request.onDisconnect(error);
        },
      },
      (url) => {
        // Node's WebSocket takes headers where a browser sends its own.
        const options: unknown = { headers };
        return new WebSocket(url, options as string[]);
      },
    );
    return {
      emit(envelope, ack) {
        const answered = noteAsked(journal, envelope);
        socket.emit(envelope, (reply) => {
          answered(reply);
          ack(reply);
        });
      },
      close: () => socket.close(),
    };
  }

  const ask: typeof fetch = async (input, init) => {
    const url = String(input);
    const answered = url.endsWith('/command')
      ? noteAsked(journal, JSON.parse(String(init?.body)) as Envelope)
      : null;
    const answer = await fetch(input, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), ...headers },
    });
    if (answered) answered(await answer.clone().json());
    return answer;
  };

  return { ...browserPorts(), random, fetch: ask, openSocket: open };
}
