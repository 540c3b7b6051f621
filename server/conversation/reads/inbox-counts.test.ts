import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { insertConversation } from '#server/test/log.ts';
import { createInboxCounts } from './inbox-counts.ts';

const database = await createTestDatabase();
const { pool } = database;

afterAll(() => database.drop());

test('however many ask, an answer knows all that was committed before the question', async () => {
  const desk = await createDesk(pool);
  const members = await Promise.all(['Ada', 'Bo', 'Cy'].map((name) => desk.member(name)));
  const counts = createInboxCounts(pool);
  for (let made = 1; made <= 4; made += 1) {
    await insertConversation(pool, desk, await desk.visitor());
    const asked = members.flatMap((member) => [counts(member.ctx), counts(member.ctx)]);
    for (const answer of await Promise.all(asked)) {
      expect(answer.queued).toBeGreaterThanOrEqual(made);
    }
  }
});

test('an offer is no unread message as well; what one holds is', async () => {
  const desk = await createDesk(pool);
  const [ada, bo] = await Promise.all(['Ada', 'Bo'].map((name) => desk.member(name)));
  if (!ada || !bo) throw new Error('two members were made');
  const rows = [
    { phase: 'offered', targetMemberId: ada.id },
    { phase: 'serving', ownerId: ada.id },
    { phase: 'transferring', ownerId: ada.id, targetMemberId: bo.id },
  ] as const;
  for (const row of rows) {
    const id = await insertConversation(pool, desk, await desk.visitor(), row);
    await pool.query('UPDATE conversation SET last_visitor_seq = 1 WHERE id = $1', [id]);
  }
  const counts = createInboxCounts(pool);
  expect(await counts(ada.ctx)).toMatchObject({ mine: 3, unread: 2 });
  expect(await counts(bo.ctx)).toMatchObject({ mine: 1, unread: 0 });
});

test('all who ask meanwhile share one count of the workspace', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  let counted = 0;
  const counting = new Proxy(pool, {
    get: (target, key) =>
      key === 'query'
        ? (query: { name: string }) => {
            if (query.name === 'inbox_counts') counted += 1;
            return target.query(query as never);
          }
        : Reflect.get(target, key),
  });
  const counts = createInboxCounts(counting);
  await Promise.all(Array.from({ length: 50 }, () => counts(ada.ctx)));
  // The first starts at once, the others wait for the next.
  expect(counted).toBe(2);
});

test('a failed count is nobody’s but theirs who asked for it', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  let broken = true;
  const failing = new Proxy(pool, {
    get: (target, key) =>
      key === 'query'
        ? (query: { name: string }) =>
            broken && query.name === 'inbox_counts'
              ? Promise.reject(new Error('lost'))
              : target.query(query as never)
        : Reflect.get(target, key),
  });
  const counts = createInboxCounts(failing);
  await expect(counts(ada.ctx)).rejects.toThrow('lost');
  broken = false;
  await expect(counts(ada.ctx)).resolves.toMatchObject({ mine: 0 });
});
