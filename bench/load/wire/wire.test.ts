import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { joinWire, jsonIn, key, numberAt, valueAt } from './index.ts';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], pingInterval: 20, pingTimeout: 10_000 });
let port = 0;
let beats = 0;

beforeAll(async () => {
  io.of('/visitor').use((socket, next) => {
    const refused = socket.handshake.auth.token === 'bad';
    next(refused ? Object.assign(new Error('no'), { data: { code: 'token_invalid' } }) : undefined);
  });
  io.of('/visitor').on('connection', (socket) => {
    socket.conn.on('heartbeat', () => {
      beats += 1;
    });
    socket.on('command', (body, ack) => {
      socket.emit('events', { seq: 7, address: socket.handshake.headers['x-forwarded-for'] });
      ack({ ok: true, data: body });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ({ port } = http.address() as AddressInfo);
});

afterAll(() => io.close());

test('the load client speaks with a real Socket.IO server: join, command, ack, push, heartbeat', async () => {
  const pushes: unknown[] = [];
  const seqs: number[] = [];
  const client = await joinWire(
    {
      port,
      namespace: '/visitor',
      auth: { token: 'good' },
      headers: { 'X-Forwarded-For': '10.0.0.1' },
    },
    {
      pushed(_, chunk, from, to) {
        pushes.push(jsonIn(chunk, from, to));
        seqs.push(numberAt(chunk, valueAt(key('seq'), chunk, from, to)));
      },
    },
  );
  // Short, longer than 125 bytes, and longer than one TCP segment, beyond ASCII.
  for (const text of ['x', '订单'.repeat(60), '🙂 '.repeat(9_000)]) {
    const reply = await client.call('message.send', { text });
    expect(reply).toEqual({ ok: true, data: { name: 'message.send', input: { text } } });
  }
  expect(pushes[0]).toEqual(['events', { seq: 7, address: '10.0.0.1' }]);
  expect(seqs).toEqual([7, 7, 7]);
  await vi.waitFor(() => expect(beats).toBeGreaterThan(2), 10_000);
  const gone = new Promise((resolve) => client.socket.once('close', resolve));
  client.close();
  await gone;
  await expect(client.call('message.send', {})).rejects.toThrow();
});

test('a refusal carries the server’s reason', async () => {
  const joining = joinWire({ port, namespace: '/visitor', auth: { token: 'bad' } });
  await expect(joining).rejects.toThrow('token_invalid');
});
