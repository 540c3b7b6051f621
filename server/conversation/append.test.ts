import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Conversations, createConversations } from './index.ts';

let db: TestDatabase;
let conversations: Conversations;
let workspace: TestWorkspace;

beforeAll(async () => {
  db = await createTestDatabase();
  workspace = await makeWorkspace(db.pool);
  conversations = createConversations({ pool: db.pool });
});
afterAll(async () => {
  await conversations?.close();
  await db?.drop();
});

test('a first message opens, says so, and is answered after the commit', async () => {
  const visitor = await makeVisitor(db.pool, workspace);
  await makeMember(db.pool, workspace);
  const id = uuidv7();
  const told: string[] = [];
  conversations.onCommitted((c) => told.push(...c.events.map((e) => e.kind)));
  const send = conversations.commands.visitor.get('message.send');
  const result = await send?.run(conversations, visitor.ctx, {
    conversationId: id,
    clientKey: newKey(),
    text: 'hello',
    open: {},
  });
  expect(result).toMatchObject({ conversationId: id, seq: 2 });
  expect(told).toEqual(['conversation.opened', 'message.sent', 'line.said']);
});
