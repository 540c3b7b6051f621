import { afterAll, expect, test, vi } from 'vitest';
import { createTestDatabase } from '#server/test/database.ts';
import { expectHolds, expectSound } from '#server/test/talk.ts';
import { makePeople } from './index.ts';

const database = await createTestDatabase();

afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});

test('I4, I5: people built in bulk are what the product itself would have written', async () => {
  const { workspace, talks } = await makePeople(database.pool, { agents: 3, talks: 10 });
  expect(talks).toHaveLength(10);
  for (const talk of talks) {
    const events = await expectSound(database.pool, workspace, talk.conversationId);
    expect(events.at(-1)).toMatchObject({ seq: talk.head, publicSeq: talk.publicHead });
  }
  await expectHolds(database.pool, workspace.id);
});

test('an agent’s cookie signs them in, a visitor’s token names the visitor', async () => {
  const { secret, agents, talks, workspace } = await makePeople(database.pool, {
    agents: 1,
    talks: 1,
  });
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('PARLOUR_SECRET', secret);
  const { memberOf } = await import('#lib/auth/session.ts');
  const { endPrisma } = await import('#lib/db/client.ts');
  const { deriveKey } = await import('#lib/env.ts');
  const { authenticateVisitor } = await import('#server/conversation/visitors/index.ts');
  const [agent, talk] = [agents[0], talks[0]];
  expect(await memberOf(new Headers({ cookie: agent?.cookie ?? '' }))).toMatchObject({
    memberId: agent?.id,
    workspaceId: workspace.id,
    role: 'agent',
  });
  const key = deriveKey('visitor-tokens');
  const visitor = await authenticateVisitor(database.pool, key, talk?.token ?? '', Date.now());
  expect(visitor).toMatchObject({ visitorId: talk?.visitorId, contactId: talk?.contactId });
  await endPrisma();
});
