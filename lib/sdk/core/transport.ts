import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { ClientPorts } from '../api.ts';
import { failed, GARBLED, LOST, readReply } from './wire.ts';

/** A way to the server: the WebSocket, or plain HTTPS where a network blocks that. */
export interface Transport {
  kind: 'websocket' | 'https';
  /** Always resolves; LOST when this transport ended first. */
  call(name: string, input: unknown, timeoutMs?: number): Promise<Reply<unknown>>;
  close(): void;
}

export interface TransportEvents {
  onOpen(): void;
  /** At most once, and not after `close`. null: the network; otherwise the server's refusal. */
  onLost(error: WireError | null): void;
  onPush(name: string, payload: unknown): void;
}

export type OpenTransport = (auth: Record<string, unknown>, events: TransportEvents) => Transport;

/** No connect, or no answer to a call, within this: the line is taken for dead (half open). */
const ANSWER_MS = 10_000;

export function socketTransport(
  ports: Pick<ClientPorts, 'openSocket' | 'setTimeout' | 'clearTimeout'>,
  url: string,
): OpenTransport {
  return (auth, events) => {
    let over = false;
    const waiting = new Set<() => void>();
    const end = () => {
      if (over) return false;
      over = true;
      ports.clearTimeout(connecting);
      socket.close();
      return true;
    };
    const release = () => {
      for (const give of [...waiting]) give();
    };
    const lose = (error: WireError | null) => {
      if (!end()) return;
      // The state changes first, so that whoever gets LOST already sees the connection gone.
      events.onLost(error);
      release();
    };
    const connecting = ports.setTimeout(() => lose(null), ANSWER_MS);
    const socket = ports.openSocket({
      url,
      auth,
      onConnect() {
        ports.clearTimeout(connecting);
        if (!over) events.onOpen();
      },
      onDisconnect: lose,
      onPush(name, payload) {
        if (!over) events.onPush(name, payload);
      },
    });
    return {
      kind: 'websocket',
      call: (name, input, timeoutMs = ANSWER_MS) =>
        new Promise((resolve) => {
          if (over) return resolve(failed(LOST));
          const settle = (reply: Reply<unknown>) => {
            ports.clearTimeout(timer);
            waiting.delete(give);
            resolve(reply);
          };
          const give = () => settle(failed(LOST));
          const timer = ports.setTimeout(() => lose(null), timeoutMs);
          waiting.add(give);
          socket.emit({ name, input }, (reply) => settle(readReply(reply) ?? failed(GARBLED)));
        }),
      close() {
        if (end()) release();
      },
    };
  };
}
