import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createLeaseGroup, leaseHolds } from './index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(() => db.pool.query('DELETE FROM lease'));
afterAll(() => db?.drop());

const NAMES = ['a', 'b', 'c', 'd'];
const group = (ttlMs = 60_000) =>
  createLeaseGroup({ pool: db.pool, nodeId: randomUUID(), prefix: 'work:', ttlMs });
const names = (one: ReturnType<typeof group>) => [...one.held().keys()].sort();
/** The time of every lease is over, as if its holder had not renewed it. */
const expireAll = () => db.pool.query(`UPDATE lease SET expires_at = now() - interval '1 s'`);

async function valid(epoch: string | undefined, holder: string): Promise<boolean> {
  const { rows } = await db.pool.query<{ valid: boolean }>(
    `SELECT ${leaseHolds(`'work:a'`, '$1', '$2')} AS valid`,
    [holder, epoch],
  );
  return rows[0]?.valid ?? false;
}

test('alone it takes all; a second node gets its half, and all when the first leaves', async () => {
  const [first, second] = [group(), group()];
  await first.tick(NAMES);
  expect(names(first)).toEqual(NAMES);
  await second.tick(NAMES);
  expect(names(second)).toEqual([]);
  await first.tick(NAMES);
  await second.tick(NAMES);
  expect(names(first).length).toBe(2);
  expect([...names(first), ...names(second)].sort()).toEqual(NAMES);
  await first.release();
  expect(names(first)).toEqual([]);
  await second.tick(NAMES);
  expect(names(second)).toEqual(NAMES);
});

test('many nodes at once never hold a name twice', async () => {
  const nodes = Array.from({ length: 6 }, () => group());
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(nodes.map((node) => node.tick(NAMES)));
  }
  const held = nodes.flatMap(names);
  expect(held.sort()).toEqual(NAMES);
});

test('each change of hands has a new epoch, also after giving back; the old one is worth nothing', async () => {
  const nodeId = randomUUID();
  const first = createLeaseGroup({ pool: db.pool, nodeId, prefix: 'work:', ttlMs: 60_000 });
  await first.tick(['a']);
  const epoch = first.held().get('a');
  expect(await valid(epoch, nodeId)).toBe(true);
  await first.release();
  const second = group();
  await second.tick(['a']);
  await second.release();
  await first.tick(['a']);
  expect(Number(first.held().get('a'))).toBe(Number(epoch) + 2);
  expect(await valid(epoch, nodeId)).toBe(false);
});

test('a lease that ran out and was taken is lost at the next renewal; one nobody took is kept', async () => {
  const [first, second] = [group(), group()];
  await first.tick(['a', 'b']);
  await expireAll();
  await second.tick(['a']);
  await first.tick(['a', 'b']);
  expect(names(second)).toEqual(['a']);
  expect(names(first)).toEqual(['b']);
});

test('without renewal it stops trusting its leases, whatever the database says', async () => {
  const short = group(1);
  await short.tick(NAMES);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(names(short)).toEqual([]);
});

test('names no longer wanted are given back', async () => {
  const [first, second] = [group(), group()];
  await first.tick(NAMES);
  await first.tick(['a']);
  expect(names(first)).toEqual(['a']);
  await second.tick(['b', 'c', 'd']);
  expect(names(second).length).toBe(2);
});
