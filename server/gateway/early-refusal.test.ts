import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import type { WireError } from '#lib/protocol/errors.ts';
import { refuseEarly } from './early-refusal.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work();
});

const REFUSAL: WireError = { code: 'overloaded', message: 'later', retryAfterMs: 700 };

test.each(['visitor', 'member'])(
  'D7: a %s’s message is refused unread while nobody can take it, other commands are read',
  async (audience) => {
    let overloaded = true;
    const read: string[] = [];
    const http = createServer();
    const io = new Server(http, { transports: ['websocket'] });
    refuseEarly(io, { refusalUnread: () => (overloaded ? REFUSAL : null) });
    io.of(`/${audience}`).on('connection', (socket) => {
      socket.on('command', ({ name }: { name: string }, ack: (reply: unknown) => void) => {
        read.push(name);
        ack({ ok: true, data: name });
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    undo.push(() => io.close());
    const { port } = http.address() as AddressInfo;
    const client = connect(`http://127.0.0.1:${port}/${audience}`, { transports: ['websocket'] });
    undo.push(() => client.disconnect());
    const ask = (body: object) => client.timeout(5_000).emitWithAck('command', body);

    expect(await ask({ name: 'message.send', input: { text: '["' } })).toEqual({
      ok: false,
      error: REFUSAL,
    });
    expect(await ask({ name: 'conversation.list', input: {} })).toMatchObject({ ok: true });
    // Written in another order it is read, and refused by who reads it.
    expect(await ask({ input: {}, name: 'message.send' })).toMatchObject({ ok: true });
    expect(read).toEqual(['conversation.list', 'message.send']);
    overloaded = false;
    expect(await ask({ name: 'message.send', input: {} })).toMatchObject({ ok: true });
    expect(read).toHaveLength(3);
  },
);
