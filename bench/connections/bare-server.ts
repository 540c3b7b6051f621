import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { LIMITS } from '#lib/protocol/limits.ts';

/** The yardstick: Socket.IO as it comes, with the desk's transport settings and nothing else. */
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: LIMITS.heartbeatPingMs,
  pingTimeout: LIMITS.heartbeatTimeoutMs,
});
io.on('connection', () => undefined);
http.listen(0, '127.0.0.1', 4_096, () => {
  process.send?.({ type: 'ready', port: (http.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit());
