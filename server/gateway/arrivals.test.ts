import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { WireError } from '#lib/protocol/errors.ts';
import { Admission } from '#server/conversation/append-admission.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import {
  askVisitor,
  message,
  Refused,
  type RunningDesk,
  runDesk,
} from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  desk = await runDesk(db.pool);
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

const later = { code: 'overloaded', retryAfterMs: expect.any(Number) };

async function wireOf(work: Promise<unknown>): Promise<WireError | undefined> {
  const error = await work.then(
    () => undefined,
    (refused: unknown) => refused,
  );
  return error instanceof Refused ? error.wire : undefined;
}

test('D7: while messages wait too long no session is made, typed and before anything is looked up; messages go on', async () => {
  const { token } = await desk.session(`pk_${shop.channelId}`);
  const visitor = await desk.visitor(token);
  vi.spyOn(Admission.prototype, 'isBehind').mockReturnValue(true);
  // A channel that there is not would be said otherwise.
  const refused = await desk.post('/api/v1/visitor/session', { v: 2, key: 'pk_none' });
  expect(refused).toMatchObject({ status: 503, body: { ok: false, error: later } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  await askVisitor(visitor, 'message.send', message('goes on'));
  await desk.visitor(token);
  vi.restoreAllMocks();
  await desk.session(`pk_${shop.channelId}`);
});

test('D7: while messages are sent away visitors’ sockets come later, with a time; members’ are let in', async () => {
  const { token } = await desk.session(`pk_${shop.channelId}`);
  const agent = await shop.member('Ann');
  vi.spyOn(Admission.prototype, 'admits').mockReturnValue(false);
  expect(await wireOf(desk.visitor('not-even-a-token'))).toMatchObject(later);
  const times = await Promise.all(
    Array.from({ length: 8 }, async () => (await wireOf(desk.visitor(token)))?.retryAfterMs),
  );
  // Spread, so that they do not come back together.
  expect(new Set(times).size).toBeGreaterThan(1);
  await desk.member(agent.id);
  vi.restoreAllMocks();
  await desk.visitor(token);
});
