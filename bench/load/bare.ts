import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/**
 * The yardstick: a Socket.IO relay as the field's articles measure it, without storage, validation,
 * limits, authority or order beyond one process. It acknowledges and sends the same frames to the same
 * sockets as the desk does. `fork`ed; tells its port when ready.
 */

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 15_000,
  pingTimeout: 10_000,
});

interface Body {
  name: string;
  input: { conversationId: string; clientKey: string; text: string };
}

const seqs = new Map<string, number>();

io.of('/relay').on('connection', (socket) => {
  const { conversationId } = socket.handshake.auth as { conversationId?: string };
  if (conversationId) void socket.join(conversationId);
  const actor = { kind: 'visitor', id: conversationId };
  socket.on('command', ({ name, input }: Body, ack: (reply: unknown) => void) => {
    if (name === 'conversation.open') void socket.join(input.conversationId);
    if (name !== 'message.send') {
      ack({ ok: true, data: {} });
      return;
    }
    const room = input.conversationId;
    const seq = (seqs.get(room) ?? 0) + 1;
    seqs.set(room, seq);
    const at = new Date().toISOString();
    const event = { seq, at, actor, kind: 'message', text: input.text, publicSeq: seq };
    // The visitor's other tabs and the agents who look on are in one room.
    io.of('/relay')
      .to(room)
      .emit('events', { conversationId: room, events: [event] });
    ack({ ok: true, data: { conversationId: room, seq, at } });
  });
});

http.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'ready', port: (http.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
