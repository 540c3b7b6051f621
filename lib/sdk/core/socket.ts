import type { SocketPort, SocketRequest } from '../api.ts';
import { readWireError } from './wire.ts';

/** Until the server has said how often it pings. */
const FIRST_SILENCE_MS = 25_000;

/**
 * One connection by the Socket.IO protocol (revision 5 over Engine.IO 4, text frames, WebSocket only).
 * Written out because the library brings long polling, binary packets and a reconnection of its own,
 * none of which is used here: 12 KB gzipped against 1 (decision 0060).
 * Spec: https://socket.io/docs/v4/socket-io-protocol/ and …/engine-io-protocol/
 */
export function openSocket(
  request: SocketRequest,
  connect = (url: string) => new WebSocket(url),
): SocketPort {
  const { origin, pathname: namespace } = new URL(request.url);
  const socket = connect(`${origin.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const acks = new Map<number, (reply: unknown) => void>();
  let nextAck = 0;
  let silenceMs = FIRST_SILENCE_MS;
  let silence = setTimeout(lose, silenceMs);
  let closed = false;

  function close() {
    closed = true;
    clearTimeout(silence);
    acks.clear();
    socket.close();
  }
  function lose(error: unknown = null) {
    if (closed) return;
    close();
    request.onDisconnect(readWireError(error));
  }
  const write = (packet: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(packet);
  };

  function onPacket(type: string | undefined, id: string, data: unknown) {
    switch (type) {
      case '0':
        return request.onConnect();
      case '1':
        return lose();
      case '2': {
        const [name, payload] = Array.isArray(data) ? data : [];
        return request.onPush(String(name), payload);
      }
      case '3': {
        const ack = acks.get(Number(id));
        acks.delete(Number(id));
        return ack?.(Array.isArray(data) ? data[0] : undefined);
      }
      case '4':
        // The middleware's refusal carries its WireError as `data`.
        return lose((data as { data?: unknown } | undefined)?.data);
    }
  }

  function onFrame(frame: string) {
    clearTimeout(silence);
    silence = setTimeout(lose, silenceMs);
    switch (frame[0]) {
      case '0': {
        const { pingInterval, pingTimeout } = JSON.parse(frame.slice(1));
        silenceMs = pingInterval + pingTimeout;
        return write(`40${namespace},${JSON.stringify(request.auth)}`);
      }
      case '1':
        return lose();
      case '2':
        return write('3');
      case '4': {
        const [, type, name = '/', id = '', json] =
          /^4(\d)(?:(\/[^,]*),?)?(\d*)([\s\S]*)$/.exec(frame) ?? [];
        if (name === namespace) onPacket(type, id, json ? JSON.parse(json) : undefined);
      }
    }
  }

  socket.onmessage = ({ data }) => {
    if (closed) return;
    try {
      onFrame(String(data));
    } catch (error) {
      // Not the protocol: some proxy answered. A fault of ours must not hide behind it.
      if (!(error instanceof SyntaxError)) throw error;
      lose();
    }
  };
  socket.onclose = () => lose();
  socket.onerror = () => lose();

  return {
    emit(envelope, ack) {
      acks.set(nextAck, ack);
      write(`42${namespace},${nextAck++}${JSON.stringify(['command', envelope])}`);
    },
    close,
  };
}
