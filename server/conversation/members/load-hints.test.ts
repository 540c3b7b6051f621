import { afterAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { makeMember, makeVisitor, makeWorkspace, newKey } from '#server/test/factories.ts';
import type { Ctx } from '../context.ts';
import { createConversations } from '../conversations.ts';
import type { MemberChange } from './index.ts';

const database = await createTestDatabase();
const conversations = createConversations({ pool: database.pool });

afterAll(async () => {
  await conversations.close();
  await database.drop();
});

async function run(ctx: Ctx, name: string, input: object) {
  const audience = ctx.actor.kind === 'visitor' ? 'visitor' : 'member';
  await conversations.commands[audience].get(name)?.run(conversations, ctx, input);
}

test('listeners hear whose load a commit moved, and nothing of a plain message', async () => {
  const home = await makeWorkspace(database.pool);
  const [ada, visitor] = [
    await makeMember(database.pool, home),
    await makeVisitor(database.pool, home),
  ];
  const heard: MemberChange[] = [];
  const until = (count: number) => expect.poll(() => heard.length, { timeout: 10_000 }).toBe(count);
  conversations.members.onMemberChanged((change) => heard.push(change));

  const conversationId = uuidv7();
  const say = { conversationId, text: 'Hi', open: {} };
  await run(visitor.ctx, 'message.send', { ...say, clientKey: newKey() });
  await run(ada.ctx, 'conversation.take', { conversationId, clientKey: newKey() });
  await until(1);
  await run(visitor.ctx, 'message.send', { ...say, clientKey: newKey() });
  await run(ada.ctx, 'conversation.return', { conversationId, clientKey: newKey() });
  await until(2);
  expect(heard.map(({ memberId, what, view }) => [memberId, what, view?.load])).toEqual([
    [ada.id, 'load', 1],
    [ada.id, 'load', 0],
  ]);
});
