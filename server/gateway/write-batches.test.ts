import { createServer } from 'node:http';
import { type AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterEach, expect, test, vi } from 'vitest';
import { batchWrites } from './write-batches.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work();
});

async function pair() {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });
  batchWrites(io);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  undo.push(() => io.close());
  const { port } = http.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnection: false,
  });
  undo.push(() => client.disconnect());
  const joined = new Promise<void>((resolve) => client.once('connect', resolve));
  const [socket] = await new Promise<Parameters<Parameters<Server['on']>[1]>>((resolve) => {
    io.once('connection', (...args) => resolve(args as never));
  });
  await joined;
  return { io, client, socket: socket as import('socket.io').Socket };
}

test('what one turn sends to a connection arrives in order, from one write', async () => {
  const { io, client, socket } = await pair();
  const got: string[] = [];
  client.on('push', (text: string) => got.push(text));
  const write = vi.spyOn(TcpSocket.prototype, 'write');
  undo.push(() => write.mockRestore());
  void socket.join('room');
  const long = '订单🙂'.repeat(20_000);
  io.to('room').emit('push', 'to the room');
  socket.emit('push', 'to the socket');
  io.to('room').emit('push', long);
  expect(write).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(got).toHaveLength(3));
  expect(got).toEqual(['to the room', 'to the socket', long]);
  expect(write).toHaveBeenCalledTimes(1);
});

test('messages past engine.io are frames of every length, between those that go through it', async () => {
  const { client, socket } = await pair();
  const got: unknown[] = [];
  client.on('push', (text: unknown) => got.push(text));
  // Around 125 and 65,535 bytes of payload the header grows; `42["push",""]` is 13 of them.
  const texts = [0, 112, 113, 114, 65_522, 65_523, 65_524, 70_000].map(
    (n) => 'é'.repeat(n % 2) + 'x'.repeat(n - 2 * (n % 2)),
  );
  for (const text of texts) socket.emit('push', text);
  await vi.waitFor(() => expect(got).toEqual(texts));
  for (const text of texts) {
    socket.emit('push', text);
    socket.emit('push', Buffer.from('binary'));
  }
  const all = texts.flatMap((text) => [text, Buffer.from('binary')]);
  await vi.waitFor(() => expect(got.slice(texts.length)).toEqual(all));
});

test('an ack and the push before it keep their order', async () => {
  const { client, socket } = await pair();
  socket.on('command', (_, ack) => {
    socket.emit('push', 'first');
    ack('second');
  });
  const got: string[] = [];
  client.on('push', (text: string) => got.push(text));
  client.emit('command', {}, (text: string) => got.push(text));
  await vi.waitFor(() => expect(got).toEqual(['first', 'second']));
});

test('what was said before a goodbye is heard', async () => {
  const { client, socket } = await pair();
  const got: unknown[] = [];
  client.on('revoked', (data) => got.push(data));
  const left = new Promise((resolve) => client.once('disconnect', resolve));
  socket.emit('revoked', { n: 1 });
  socket.disconnect(true);
  expect(await left).toBe('io server disconnect');
  expect(got).toEqual([{ n: 1 }]);
});

test('D7: who does not read lets the unsent pile up where it is counted', async () => {
  const { client, socket } = await pair();
  const tcp = (client.io.engine.transport as unknown as { ws: { _socket: TcpSocket } }).ws._socket;
  tcp.pause();
  const { writeBuffer } = socket.conn as unknown as { writeBuffer: unknown[] };
  expect(writeBuffer).toHaveLength(0);
  const piece = 'x'.repeat(60_000);
  const unsent = () => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
  // A socket takes a few megabytes into the kernel's buffers; the rest must stay with us.
  for (let n = 0; n < 2_000 && unsent() < 100; n += 1) {
    socket.emit('push', piece);
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(unsent()).toBeGreaterThanOrEqual(100);
  let got = 0;
  client.on('push', () => {
    got += 1;
  });
  tcp.resume();
  await vi.waitFor(() => expect(unsent()).toBe(0), 20_000);
  await vi.waitFor(() => expect(got).toBeGreaterThan(100), 20_000);
});
