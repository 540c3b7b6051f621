import { io } from 'socket.io-client';

import type { SocketPort, SocketRequest } from '../api.ts';
import { readWireError } from './wire.ts';

/** One Socket.IO connection, WebSocket only and never reconnected by the library: `connection.ts` decides. */
export function openSocket(request: SocketRequest): SocketPort {
  let closed = false;
  const socket = io(request.url, {
    transports: ['websocket'],
    upgrade: false,
    reconnection: false,
    forceNew: true,
    auth: request.auth,
    withCredentials: request.withCredentials,
  });
  const lost = (error: unknown) => {
    if (closed) return;
    close();
    request.onDisconnect(readWireError(error));
  };
  const close = () => {
    closed = true;
    socket.disconnect();
  };
  socket.on('connect', () => {
    if (!closed) request.onConnect();
  });
  // A refusal by the server's middleware carries its WireError as `data`.
  socket.on('connect_error', (error: Error & { data?: unknown }) => lost(error.data));
  socket.on('disconnect', () => lost(null));
  socket.onAny((name: string, payload: unknown) => {
    if (!closed) request.onPush(name, payload);
  });
  return {
    emit(envelope, ack) {
      socket.emit('command', envelope, (reply: unknown) => {
        if (!closed) ack(reply);
      });
    },
    close,
  };
}
