import type { Socket } from 'socket.io';
import type { FanOutTransport } from './adapter.ts';
import type { Connection } from './connection.ts';

/** Conversations one socket may have open; the one longest open is left beyond that. */
const MOST_ROOMS = 100;

export function connectionOf(socket: Socket, transport: () => FanOutTransport): Connection {
  const joined = new Set<string>();
  return {
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
}
