import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, Socket as ServerSocket } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterEach, expect, test, vi } from 'vitest';
import type { WireError } from '#lib/protocol/errors.ts';
import { readCommands } from './command-frames.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work();
  vi.restoreAllMocks();
});

const REFUSAL: WireError = { code: 'overloaded', message: 'later', retryAfterMs: 700 };

interface Envelope {
  name: string;
  input: unknown;
}

/** A desk that answers with what it was asked, and writes it down. */
async function openDesk(audience: string, refusal: () => WireError | null = () => null) {
  const read: unknown[] = [];
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] });
  const frames = readCommands(io, { refusalUnread: refusal });
  io.of(`/${audience}`).on('connection', (socket) => {
    frames.serve(socket, (body, answer) => {
      read.push(body);
      answer({ ok: true, data: body });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  undo.push(() => io.close());
  const { port } = http.address() as AddressInfo;
  return { port, read };
}

/** Socket.IO itself was asked to run an event. */
const watchGeneralWay = () => vi.spyOn(ServerSocket.prototype as never, '_onpacket' as never);

async function client(port: number, audience: string) {
  const socket = connect(`http://127.0.0.1:${port}/${audience}`, {
    transports: ['websocket'],
    reconnection: false,
  });
  undo.push(() => socket.disconnect());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const ask = (body: object, ...more: unknown[]) =>
    socket.timeout(5_000).emitWithAck('command', body, ...more);
  return { socket, ask };
}

/** Frames written by hand. */
async function open(port: number, audience: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  undo.push(() => socket.close());
  const got: string[] = [];
  socket.onmessage = ({ data }) => got.push(String(data));
  const closed = new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
  });
  await vi.waitFor(() => expect(got).toHaveLength(1));
  socket.send(`40/${audience},`);
  await vi.waitFor(() => expect(got).toHaveLength(2));
  got.splice(0);
  return { socket, got, closed };
}

test.each(['visitor', 'member'])('a %s’s commands are read where they arrive', async (audience) => {
  const { port, read } = await openDesk(audience);
  const { ask } = await client(port, audience);
  const generalWay = watchGeneralWay();
  const bodies = ['', 'short', '订单🙂"\\\n', 'x'.repeat(60_000), 'y'.repeat(70_000)].map(
    (text) => ({
      name: 'message.send',
      input: { text },
    }),
  );
  const replies = await Promise.all(bodies.map((body) => ask(body)));
  expect(replies).toEqual(bodies.map((data) => ({ ok: true, data })));
  expect(read).toEqual(bodies);
  // 70,000 bytes have their length in eight: the general way, with the same answer.
  expect(generalWay).toHaveBeenCalledTimes(1);
});

test('what comes in pieces, and what is not a command alone, goes the general way', async () => {
  const { port, read } = await openDesk('visitor');
  const { socket, ask } = await client(port, 'visitor');
  const generalWay = watchGeneralWay();
  expect(await ask({ name: 'one' })).toEqual({ ok: true, data: { name: 'one' } });
  expect(generalWay).not.toHaveBeenCalled();
  socket.emit('other', { name: 'two' });
  socket.emit('command', { name: 'without an ack' });
  await vi.waitFor(() => expect(generalWay).toHaveBeenCalledTimes(2));
  expect(await ask({ name: 'three' })).toMatchObject({ ok: true });
  expect(read).toEqual([{ name: 'one' }, { name: 'three' }]);
});

test('commands of a namespace that was left are nobody’s', async () => {
  const { port, read } = await openDesk('visitor');
  const { socket, got } = await open(port, 'visitor');
  socket.send('42/visitor,1["command",{"name":"before"}]');
  socket.send('41/visitor,');
  socket.send('42/visitor,2["command",{"name":"after"}]');
  socket.send('42/member,3["command",{"name":"elsewhere"}]');
  await vi.waitFor(() => expect(got).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(got).toEqual(['43/visitor,1[{"ok":true,"data":{"name":"before"}}]']);
  expect(read).toEqual([{ name: 'before' }]);
});

test.each([
  '42/visitor,1["command",{"name":]',
  '42/visitor,1["command",{}',
  '42/visitor,1["command",{}]]',
])('%s ends the connection, as without this', async (frame) => {
  const { port, read } = await openDesk('visitor');
  const { socket, closed } = await open(port, 'visitor');
  socket.send(frame);
  await closed;
  expect(read).toEqual([]);
});

test.each(['visitor', 'member'])(
  'D7: a %s’s message is refused unread while nobody can take it, other commands are read',
  async (audience) => {
    let overloaded = true;
    const { port, read } = await openDesk(audience, () => (overloaded ? REFUSAL : null));
    const { ask } = await client(port, audience);
    expect(await ask({ name: 'message.send', input: { text: '["' } })).toEqual({
      ok: false,
      error: REFUSAL,
    });
    expect(await ask({ name: 'conversation.list', input: {} })).toMatchObject({ ok: true });
    // Written in another order it is read, and refused by who reads it.
    expect(await ask({ input: {}, name: 'message.send' })).toMatchObject({ ok: true });
    expect(read.map((body) => (body as Envelope).name)).toEqual([
      'conversation.list',
      'message.send',
    ]);
    overloaded = false;
    expect(await ask({ name: 'message.send', input: {} })).toMatchObject({ ok: true });
    expect(read).toHaveLength(3);
  },
);
