import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WireError } from '#lib/protocol/errors.ts';
import type { SocketPort } from '../api.ts';
import { openSocket } from './socket.ts';

interface EngineSocket {
  on(name: 'close', listener: () => void): void;
  sendPacket(...packet: unknown[]): void;
  onClose(): void;
}

/** The hand-written client against the real Socket.IO server. */
let http: HttpServer;
let io: Server;
let url: string;
const open = new Set<SocketPort>();

beforeEach(async () => {
  http = createServer();
  io = new Server(http, { transports: ['websocket'], pingInterval: 100, pingTimeout: 1_500 });
  io.of('/visitor');
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/visitor`;
});
afterEach(async () => {
  for (const socket of open) socket.close();
  open.clear();
  await io.close();
});

function connect(auth: Record<string, unknown> = {}) {
  const pushes: [string, unknown][] = [];
  let connected: () => void = () => {};
  let ended: (error: WireError | null) => void = () => {};
  const onConnect = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const onEnd = new Promise<WireError | null>((resolve) => {
    ended = resolve;
  });
  const socket = openSocket({
    url,
    auth,
    onConnect: () => connected(),
    onDisconnect: (error) => ended(error),
    onPush: (name, payload) => pushes.push([name, payload]),
  });
  open.add(socket);
  return { socket, pushes, onConnect, onEnd };
}

const TEXT = 'a,b [1] {"x":"\\n"}, /visitor, 你好 👋 \u2028';

it('connects with its auth, sends commands, gets acks and pushes, whatever the text', async () => {
  io.of('/visitor').on('connection', (socket) => {
    socket.emit('hello', { auth: socket.handshake.auth, text: TEXT });
    socket.on('command', (body: unknown, ack: (reply: unknown) => void) => ack({ ok: true, body }));
  });
  const { socket, pushes, onConnect } = connect({ v: 2, token: 'a,b' });
  await onConnect;
  const replies = await Promise.all(
    [TEXT, '', '2'].map(
      (text) =>
        new Promise((resolve) => {
          socket.emit({ name: 'message.send', input: { text } }, resolve);
        }),
    ),
  );
  expect(replies).toEqual(
    [TEXT, '', '2'].map((text) => ({
      ok: true,
      body: { name: 'message.send', input: { text } },
    })),
  );
  expect(pushes).toEqual([['hello', { auth: { v: 2, token: 'a,b' }, text: TEXT }]]);
});

it("S32: the middleware's refusal comes with its code", async () => {
  io.of('/visitor').use((_socket, next) => {
    next(Object.assign(new Error('no'), { data: { code: 'origin_refused', message: 'no' } }));
  });
  expect(await connect().onEnd).toEqual({ code: 'origin_refused', message: 'no' });
});

it('a namespace the server does not have is a loss without a code', async () => {
  url = url.replace('/visitor', '/nothing');
  expect(await connect().onEnd).toBeNull();
});

it('answers pings, and is told when the server ends it', async () => {
  let pongs = 0;
  io.of('/visitor').on('connection', (socket) => {
    socket.conn.on('packet', ({ type }: { type: string }) => {
      if (type === 'pong' && ++pongs === 3) socket.disconnect(true);
    });
  });
  expect(await connect().onEnd).toBeNull();
  expect(pongs).toBe(3);
});

it('S31: silence longer than the ping allows is a loss', async () => {
  let serverEnded = false;
  io.engine.on('connection', (engine: EngineSocket) => {
    engine.on('close', () => {
      serverEnded = true;
    });
    const send = engine.sendPacket.bind(engine);
    engine.sendPacket = (...packet) => {
      if (packet[0] !== 'ping') send(...packet);
    };
    // The server shall not be the one that gives up.
    engine.onClose = () => {};
  });
  const { onConnect, onEnd } = connect();
  await onConnect;
  expect(await onEnd).toBeNull();
  expect(serverEnded).toBe(false);
});

it('nothing is told after close', async () => {
  const { socket, onConnect, onEnd, pushes } = connect();
  let serverEnd: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    serverEnd = resolve;
  });
  io.of('/visitor').on('connection', (server) => server.on('disconnect', () => serverEnd()));
  await onConnect;
  socket.close();
  await ended;
  expect(pushes).toEqual([]);
  expect(await Promise.race([onEnd, Promise.resolve('still')])).toBe('still');
});
