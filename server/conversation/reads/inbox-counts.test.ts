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
