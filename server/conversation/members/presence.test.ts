import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { createMembers, type MemberChange } from './index.ts';

const database = await createTestDatabase();
const { pool } = database;
const desk = await createDesk(pool);

afterAll(() => database.drop());

async function stateOf(memberId: string) {
  const { rows } = await pool.query(
    `SELECT s.present, s.absent_since IS NULL AS never_left, s.rev,
       (SELECT count(*)::int FROM member_connection c WHERE c.member_id = s.member_id) AS leases,
       (SELECT coalesce(json_agg(e.data->'to' ORDER BY (e.data->>'rev')::int), '[]') FROM member_event e
         WHERE e.member_id = s.member_id AND e.kind = 'member.presence_changed') AS log
     FROM member_state s WHERE s.member_id = $1`,
    [memberId],
  );
  return rows[0];
}

/** As if the node had been stopped for longer than its lease. */
const expire = (nodeId: string) =>
  pool.query(
    `UPDATE member_connection SET expires_at = now() - interval '1 second' WHERE node_id = $1`,
    [nodeId],
  );

test('presence is merged over tabs, devices and nodes; only its changes are logged', async () => {
  const [north, south] = [randomUUID(), randomUUID()];
  // Two processes: each counts its own sockets only.
  const [one, two] = [createMembers({ pool }), createMembers({ pool })];
  const told: MemberChange[] = [];
  one.onMemberChanged((change) => told.push(change));
  const ada = await desk.member('Ada');

  await one.connect(desk, ada.id, north);
  await one.connect(desk, ada.id, north);
  await two.connect(desk, ada.id, south);
  await one.disconnect(desk, ada.id, north);
  await one.disconnect(desk, ada.id, north);
  expect(await stateOf(ada.id)).toEqual({
    present: true,
    never_left: true,
    rev: 1,
    leases: 1,
    log: [true],
  });
  await two.disconnect(desk, ada.id, south);
  expect(await stateOf(ada.id)).toEqual({
    present: false,
    never_left: false,
    rev: 2,
    leases: 0,
    log: [true, false],
  });
  expect(told.map(({ what, view }) => [what, view?.present])).toEqual([['presence', true]]);
});

test('connections that come and go at once on many nodes end in the right presence', async () => {
  const nodes = Array.from({ length: 5 }, () => ({
    id: randomUUID(),
    members: createMembers({ pool }),
  }));
  const bo = await desk.member('Bo');
  await Promise.all(
    nodes.flatMap(({ id, members }) => [
      members.connect(desk, bo.id, id).then(() => members.disconnect(desk, bo.id, id)),
      members.connect(desk, bo.id, id),
    ]),
  );
  expect(await stateOf(bo.id)).toMatchObject({ present: true, leases: 5 });
  await Promise.all(nodes.map(({ id, members }) => members.disconnect(desk, bo.id, id)));
  const { log, rev, ...rest } = await stateOf(bo.id);
  expect(rest).toMatchObject({ present: false, leases: 0 });
  expect(log.length).toBe(rev);
  // true, false, true … : no change is logged twice and none is lost.
  expect(log).toEqual(log.map((_: boolean, index: number) => index % 2 === 0));
});

test('a dead node is swept by another; one that was only stopped brings its members back', async () => {
  const stopped = randomUUID();
  const members = createMembers({ pool });
  const cy = await desk.member('Cy');
  await members.connect(desk, cy.id, stopped);
  await expire(stopped);
  await createMembers({ pool }).sweep();
  expect(await stateOf(cy.id)).toMatchObject({ present: false, leases: 0 });
  await members.renew(stopped);
  expect(await stateOf(cy.id)).toMatchObject({
    present: true,
    leases: 1,
    log: [true, false, true],
  });
});

test('a lease renewed in time outlives the sweep', async () => {
  const node = randomUUID();
  const members = createMembers({ pool });
  const di = await desk.member('Di');
  await members.connect(desk, di.id, node);
  await expire(node);
  await members.renew(node);
  await members.sweep();
  expect(await stateOf(di.id)).toMatchObject({ present: true, leases: 1, log: [true] });
  await members.release(node);
  expect(await stateOf(di.id)).toMatchObject({ present: false, leases: 0 });
});

test('I11: presence of a member cannot be set through another workspace', async () => {
  const other = await createDesk(pool);
  const members = createMembers({ pool });
  const ed = await desk.member('Ed');
  await expect(members.connect(other, ed.id, randomUUID())).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await stateOf(ed.id)).toMatchObject({ present: false, leases: 0, log: [] });
});

test('one member whose row is held stops neither the renewal nor the sweep of the others', async () => {
  const node = randomUUID();
  // Both go by member id or in the order of connecting: the held one comes first.
  const [held, free] = [await desk.member('Held'), await desk.member('Free')];
  const impatient = createPool(database.url, { max: 2, lock_timeout: 50 });
  const members = createMembers({ pool: impatient });
  for (const { id } of [held, free]) await members.connect(desk, id, node);
  const holder = await pool.connect();
  const whileHeld = async (work: () => Promise<void>) => {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM member_state WHERE member_id = $1 FOR UPDATE', [held.id]);
    await work();
    await holder.query('ROLLBACK');
  };

  await expire(node);
  await whileHeld(() => members.sweep());
  expect(await stateOf(held.id)).toMatchObject({ present: true, leases: 1 });
  expect(await stateOf(free.id)).toMatchObject({ present: false, leases: 0 });

  await members.sweep();
  expect(await stateOf(held.id)).toMatchObject({ present: false, leases: 0 });
  await whileHeld(() => members.renew(node));
  expect(await stateOf(free.id)).toMatchObject({ present: true, leases: 1 });
  expect(await stateOf(held.id)).toMatchObject({ present: false, leases: 0 });
  await members.renew(node);
  expect(await stateOf(held.id)).toMatchObject({ present: true, leases: 1 });
  holder.release();
  await impatient.end();
});
