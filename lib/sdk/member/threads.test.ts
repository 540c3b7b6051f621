import { expect, test, vi } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { failed } from '../core/wire.ts';
import { createSimulated } from '../test/simulated.ts';
import { createThreads } from './threads.ts';

const unused = () => {
  throw new Error('not used here');
};

test('what goes out of sight is asked for at once, and says why nothing more comes', async () => {
  const calls: string[] = [];
  let seen = true;
  const threads = createThreads({
    ports: { ...createSimulated().ports, fetch: unused, openSocket: unused },
    async call(name): Promise<Reply<unknown>> {
      calls.push(name);
      if (!seen) return failed({ code: 'not_found', message: '' });
      return { ok: true, data: { events: [], more: false } };
    },
    online: () => true,
    row: () => undefined,
    pending: () => [],
    onRow: () => undefined,
    onEvents: () => undefined,
    onChange: () => undefined,
  });
  const conversationId = uuidv7();
  const thread = () => threads.snapshot()[conversationId];
  threads.open(conversationId);
  await vi.waitFor(() => expect(thread()?.loading).toBe(false));
  seen = false;
  threads.hidden({ conversationId });
  await vi.waitFor(() => expect(thread()?.error?.code).toBe('not_found'));
  // Joined anew when it is back: the server took us out of the room.
  seen = true;
  await threads.get(conversationId)?.sync();
  expect(thread()?.error).toBe(null);
  expect(calls).toEqual(['conversation.open', 'conversation.open', 'conversation.open']);
  threads.hidden({ conversationId: 'nonsense' });
  threads.stop();
});
