import type { Socket } from 'socket.io';
import type { FanOutTransport } from './adapter.ts';
import type { Connection } from './connection.ts';

/** Conversations one socket may have open; the one longest open is left beyond that. */
const MOST_ROOMS = 100;

const connections = new WeakMap<Socket, Connection>();

/** What was made of a socket; undefined while it is still being let in. */
export const connectionAt = (socket: Socket): Connection | undefined => connections.get(socket);

export function connectionOf(socket: Socket, transport: () => FanOutTransport): Connection {
  const joined = new Set<string>();
  const connection: Connection = {
    running: 0,
    leaving: false,
    async join(room) {
      joined.delete(room);
      joined.add(room);
      for (const oldest of joined) {
        if (joined.size <= MOST_ROOMS) break;
        joined.delete(oldest);
        await socket.leave(oldest);
      }
      await socket.join(room);
      await transport().settled();
    },
    async leave(room) {
      joined.delete(room);
      await socket.leave(room);
    },
    isIn: (room) => socket.rooms.has(room),
  };
  connections.set(socket, connection);
  return connection;
}
