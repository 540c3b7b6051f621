import { afterAll, expect, test } from 'vitest';
import { createConversations } from '#server/conversation/index.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { checkStored } from './check.ts';
import { InOrder, Problems } from './generator/order-check.ts';
import { makePeople } from './people/index.ts';

const database = await createTestDatabase();
const { pool } = database;
const conversations = createConversations({ pool });

afterAll(async () => {
  await conversations.close();
  await database.drop();
});

const keyOf = (number: number) => `01a1fdf3-63c9-7000-8000-${String(number).padStart(12, '0')}`;

test('D1: the check after a run finds what was lost, doubled, moved or stored against its word', async () => {
  const { workspace, talks } = await makePeople(pool, { agents: 1, talks: 2 });
  const send = conversations.commands.visitor.get('message.send');
  const ledger = { number: 0, talk: new Int32Array(6), seq: new Int32Array(6), problems: [] };
  for (let number = 0; number < 4; number += 1) {
    const talk = talks[number % 2];
    if (!talk || !send) throw new Error('no talk or no command');
    const { visitorId, contactId, conversationId } = talk;
    const actor = {
      kind: 'visitor',
      visitorId,
      contactId,
      channelId: workspace.channelId,
    } as const;
    const ctx = { workspaceId: workspace.id, actor, trace: 't' };
    const input = { conversationId, clientKey: keyOf(number), text: `~${number}~hi` };
    const { seq } = (await send.run(conversations, ctx, input)) as { seq: number };
    ledger.talk[number] = number % 2;
    ledger.seq[number] = seq;
  }
  const check = () =>
    checkStored(pool, workspace.id, [ledger], () => talks.map((talk) => talk.conversationId));
  expect(await check()).toEqual([]);

  // Acknowledged and not there; acknowledged otherwise than stored; refused and there; elsewhere.
  ledger.seq[4] = 9;
  ledger.seq[0] = (ledger.seq[0] ?? 0) + 1;
  ledger.seq[1] = -1;
  ledger.talk[2] = 1;
  const found = (await check()).join('\n');
  expect(found).toMatch(/0\/4 was acknowledged and is not stored/);
  expect(found).toMatch(/0\/0: acknowledged \d+, stored \d+/);
  expect(found).toMatch(/0\/1 was refused and is stored/);
  expect(found).toMatch(/0\/2 is stored in another conversation/);

  await pool.query('DELETE FROM event WHERE conversation_id = $1 AND seq = 2', [
    talks[0]?.conversationId,
  ]);
  expect((await check()).join('\n')).toMatch(/its log has gaps/);
});

test('D2: what an audience is shown twice is dropped, a gap is a problem', () => {
  const problems = new Problems();
  const seen = new InOrder('agent', [5, 0], problems);
  expect([seen.next(0, 6), seen.next(0, 6), seen.next(0, 7), seen.next(1, 1)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(problems.list()).toEqual([]);
  seen.next(0, 9);
  expect(problems.list()).toEqual(['talk 0: the agent saw seq 9 after 7']);
});
