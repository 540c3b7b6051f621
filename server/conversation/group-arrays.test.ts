import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { intArray, textArray, uuidArray, xidArray } from './group-arrays.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db?.drop());

test('binary arrays arrive as they were', async () => {
  const ids = [uuidv7(), uuidv7().toUpperCase(), '00000000-0000-0000-0000-000000000000'];
  const texts = ['', null, 'plain', '{"a", \\ NULL}', '订单 🎁', 'NULL'];
  const ints = [0, -1, null, 2_147_483_647];
  const xids = [3, 4_294_967_295];
  const { rows } = await db.pool.query(
    'SELECT $1::uuid[]::text[] AS ids, $2::text[] AS texts, $3::int[] AS ints, $4::xid[]::text[] AS xids',
    [uuidArray(ids), textArray(texts), intArray(ints), xidArray(xids)],
  );
  expect(rows[0]).toEqual({
    ids: ids.map((id) => id.toLowerCase()),
    texts,
    ints,
    xids: xids.map(String),
  });
});

test('what is no UUID is refused before it is sent', () => {
  for (const wrong of ['', 'x', `${uuidv7()}0`, uuidv7().slice(1), uuidv7().replace('7', 'g')]) {
    expect(() => uuidArray([wrong])).toThrow(RangeError);
  }
});
