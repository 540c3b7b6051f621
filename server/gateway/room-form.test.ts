import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { RoomForm } from './room-form.ts';

const HERE = '0123456789abcdef';
const THERE = 'fedcba9876543210';
const ROOM = 'c:0190aaaa-0000-7000-8000-000000000000:m';
const here = new RoomForm(HERE, '/member');
const there = new RoomForm(THERE, '/member');

const TRICKY = ['plain', '"}}}', '\\', '包裹还没有到 📦', '{"uid":"', ''];

test('what is pushed to a room comes out as it went in, whatever the text', () => {
  for (const text of TRICKY) {
    const json = JSON.stringify(['events', { events: [{ text }] }]);
    expect(there.read(Buffer.from(here.write(ROOM, json)), ROOM)).toEqual({ json });
  }
});

/** What the adapter itself publishes for an emit to a room: channel and message. */
async function adapters(room: string, data: unknown[]): Promise<[channel: string, text: string]> {
  let published: [string, string] | undefined;
  const client = {
    sSubscribe: async () => undefined,
    sPublish: async (channel: string, text: string) => {
      published = [channel, text];
    },
  };
  const nsp = new Server().of('/member');
  const Adapter = createShardedAdapter(client, client);
  const adapter = new (Adapter as unknown as new (of: typeof nsp) => typeof nsp.adapter)(nsp);
  const packet = { type: 2, data, nsp: '/member' };
  const opts = { rooms: new Set([room]), except: new Set<string>(), flags: {} };
  await adapter.broadcast(packet as Parameters<typeof adapter.broadcast>[0], opts);
  if (!published) throw new Error('the adapter said nothing');
  return published;
}

test('a node of another release reads it as its adapter’s own broadcast, and is left to the adapter', async () => {
  const data = ['events', { events: TRICKY.map((text) => ({ text })) }];
  const [channel, text] = await adapters(ROOM, data);
  expect(channel).toBe(`socket.io#/member#${ROOM}#`);
  const { uid, ...said } = JSON.parse(text);
  expect(uid).toHaveLength(HERE.length);
  expect(JSON.parse(here.write(ROOM, JSON.stringify(data)))).toEqual({ ...said, uid: HERE });
  expect(here.read(Buffer.from(text), ROOM)).toBe('other');
});

test('a node does not hear itself', () => {
  expect(here.read(Buffer.from(here.write(ROOM, '["events",{}]')), ROOM)).toBe('own');
});

test('anything else is the adapter’s', () => {
  const visitors = new RoomForm(THERE, '/visitor');
  for (const message of [
    Buffer.from(visitors.write(ROOM, '["events",{}]')),
    Buffer.from('{"uid":"fedcba9876543210","nsp":"/member","type":5}'),
    Buffer.from([0x83, 0xa3]),
    Buffer.alloc(0),
  ]) {
    expect(here.read(message, ROOM)).toBe('other');
  }
});
