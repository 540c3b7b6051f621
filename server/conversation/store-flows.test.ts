import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { makeWorkspace, type TestWorkspace } from '#server/test/factories.ts';
import { Flows } from './store-flows.ts';

let db: TestDatabase;
let shops: TestWorkspace[];
beforeAll(async () => {
  db = await createTestDatabase();
  shops = await Promise.all([1, 2, 3].map(() => makeWorkspace(db.pool)));
});
afterAll(() => db?.drop());

const keyOf = ({ id, flowVersionId }: TestWorkspace) => ({
  workspaceId: id,
  versionId: flowVersionId,
});

test('the bound drops what was asked for longest ago, never what a group has just asked for', async () => {
  const [first, second, third] = shops.map(keyOf);
  if (!first || !second || !third) throw new Error('three shops');
  const flows = new Flows(2);
  const client = await db.pool.connect();
  try {
    await flows.load(client, [first, second]);
    await flows.load(client, [first, third]);
  } finally {
    client.release();
  }
  expect(flows.get(first.versionId)).not.toBeNull();
  expect(flows.get(third.versionId)).not.toBeNull();
  expect(flows.get(second.versionId)).toBeNull();
});
