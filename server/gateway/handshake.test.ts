import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io as connect, Manager } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admit, forgetRequest } from './handshake.ts';

const http = createServer();
const io = new Server(http, { transports: ['websocket'] });
let url = '';
const entered: Socket[] = [];

beforeAll(async () => {
  for (const name of ['/visitor', '/member']) {
    admit(io.of(name), async (socket) => {
      if (name === '/visitor') forgetRequest(socket);
      entered.push(socket);
    });
    io.of(name).on('connection', (socket) => socket.on('ask', (reply) => reply('here')));
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterAll(() => io.close());

test('an idle connection holds nothing of its upgrade request, and lives on', async () => {
  const socket = connect(`${url}/visitor`, {
    transports: ['websocket'],
    auth: { token: 'secret' },
  });
  expect(await socket.emitWithAck('ask')).toBe('here');
  const [held] = entered.splice(0);
  expect(held?.request).toBeNull();
  expect(JSON.stringify(held?.handshake)).not.toContain('secret');
  expect(held?.handshake.headers).toEqual({});
  socket.close();
});

test('a connection that forgot its request joins no second namespace', async () => {
  const manager = new Manager(url, { transports: ['websocket'] });
  const visitor = manager.socket('/visitor');
  expect(await visitor.emitWithAck('ask')).toBe('here');
  const second = manager.socket('/member');
  const refused = await new Promise<Error>((resolve) => second.once('connect_error', resolve));
  expect(refused.message).toBe('not_found');
  expect(await visitor.emitWithAck('ask')).toBe('here');
  visitor.close();
  second.close();
});
