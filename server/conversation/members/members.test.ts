import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { systemCtx } from '#server/test/factories.ts';
import { createMembers } from './index.ts';

const database = await createTestDatabase();
const { pool } = database;
const desk = await createDesk(pool);
const members = createMembers({ pool });

afterAll(() => database.drop());

async function logOf(memberId: string) {
  const { rows } = await pool.query<{
    kind: string;
    actor_id: string | null;
    data: { from: unknown; to: unknown };
  }>(
    `SELECT kind, actor_id, data FROM member_event WHERE member_id = $1
     ORDER BY (data->>'rev')::int`,
    [memberId],
  );
  return rows.map(({ kind, data, actor_id: by }) => [
    kind.replace('member.', ''),
    data.from,
    data.to,
    by,
  ]);
}

test('availability is logged with who chose it; a repeat is not', async () => {
  const ada = await desk.member('Ada');
  expect(await members.setAvailability(ada.ctx, ada.id, 'available')).toMatchObject({
    id: ada.id,
    name: 'Ada',
    availability: 'available',
  });
  await members.setAvailability(ada.ctx, ada.id, 'available');
  await members.setAvailability(ada.ctx, ada.id, 'busy');
  expect(await logOf(ada.id)).toEqual([
    ['availability_changed', 'away', 'available', ada.id],
    ['availability_changed', 'available', 'busy', ada.id],
  ]);
});

test('whom the desk set away learns why until they choose again; away chosen by themselves is a choice', async () => {
  const ada = await desk.member('Ada');
  const routing = systemCtx(desk.workspaceId, 'routing');
  const own = async () => (await members.ownView(desk.workspaceId, ada.id))?.awayReason;
  const setAway = () => members.setAvailability(routing, ada.id, 'away', 'missed_offer');

  // Away already by their own choice: the desk adds nothing.
  await setAway();
  expect(await own()).toBeNull();
  for (const choice of ['available', 'away'] as const) {
    await members.setAvailability(ada.ctx, ada.id, 'available');
    await setAway();
    await setAway();
    expect(await own()).toBe('missed_offer');
    expect(await members.setAvailability(ada.ctx, ada.id, choice)).toMatchObject({
      availability: choice,
      awayReason: null,
    });
  }
  const { rows } = await pool.query(
    `SELECT data->>'to' AS to, data->>'reason' AS reason, actor_id IS NULL AS desk
     FROM member_event WHERE member_id = $1 ORDER BY (data->>'rev')::int`,
    [ada.id],
  );
  expect(rows.map(({ to, reason, desk: byDesk }) => [to, reason, byDesk])).toEqual([
    ['available', null, false],
    ['away', 'missed_offer', true],
    ['available', null, false],
    ['away', 'missed_offer', true],
    ['away', null, false],
  ]);
});

test('I11: availability of a member cannot be set through another workspace', async () => {
  const other = await createDesk(pool);
  const spy = await other.member('Spy', { role: 'owner' });
  const ada = await desk.member('Ada');
  await expect(members.setAvailability(spy.ctx, ada.id, 'available')).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await logOf(ada.id)).toEqual([]);
});

test('changes of capacity, queues, skills and membership are noticed and logged once, by however many nodes', async () => {
  const bo = await desk.member('Bo', { capacity: 3 });
  const second = await desk.queue('Second');
  const skill = randomUUID();
  await pool.query('INSERT INTO skill (id, workspace_id, name) VALUES ($1, $2, $3)', [
    skill,
    desk.workspaceId,
    'French',
  ]);
  const nodes = Array.from({ length: 4 }, () => createMembers({ pool }));
  const notice = () => Promise.all(nodes.map((node) => node.onConfigChanged(desk.workspaceId)));

  await notice();
  await pool.query('UPDATE member SET capacity = 5 WHERE id = $1', [bo.id]);
  await pool.query(
    'INSERT INTO queue_member (workspace_id, queue_id, member_id, tier) VALUES ($1, $2, $3, 2)',
    [desk.workspaceId, second, bo.id],
  );
  await notice();
  await pool.query(
    'INSERT INTO member_skill (workspace_id, member_id, skill_id, level) VALUES ($1, $2, $3, 4)',
    [desk.workspaceId, bo.id, skill],
  );
  await notice();
  await pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [bo.id]);
  await notice();
  expect(await logOf(bo.id)).toEqual([
    ['capacity_changed', null, 3, null],
    ['queues_changed', null, { [desk.queueId]: 1 }, null],
    ['role_changed', null, 'agent', null],
    ['skills_changed', null, {}, null],
    ['capacity_changed', 3, 5, null],
    ['queues_changed', { [desk.queueId]: 1 }, { [desk.queueId]: 1, [second]: 2 }, null],
    ['skills_changed', {}, { [skill]: 4 }, null],
    ['removed', null, true, null],
  ]);
});

test('the listeners hear of a removed member with no view, so that routing takes back what they hold', async () => {
  const cy = await desk.member('Cy');
  const watching = createMembers({ pool });
  await watching.onConfigChanged(desk.workspaceId);
  const told: unknown[] = [];
  const stop = watching.onMemberChanged(({ memberId, what, view }) =>
    told.push([memberId, what, view]),
  );
  await pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [cy.id]);
  await watching.onConfigChanged(desk.workspaceId);
  stop();
  await watching.onConfigChanged(desk.workspaceId);
  expect(told).toEqual([[cy.id, 'configuration', null]]);
});

test('I11: the roster holds the workspace’s members with queues, skills, load and presence, and nobody else', async () => {
  const [shop, other] = [await createDesk(pool), await createDesk(pool)];
  const ed = await shop.member('Ed', { capacity: 7 });
  const gone = await shop.member('Gone');
  await other.member('Stranger');
  await pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [gone.id]);
  await pool.query('UPDATE member_state SET load = 2, last_assigned_at = $2 WHERE member_id = $1', [
    ed.id,
    new Date(1_700_000_000_123),
  ]);
  await members.setAvailability(ed.ctx, ed.id, 'available');
  expect(await members.staffed(shop.workspaceId, shop.queueId)).toBe(false);
  const node = randomUUID();
  await members.connect(shop, ed.id, node);
  expect(await members.rosterOf(shop.workspaceId)).toEqual([
    {
      memberId: ed.id,
      availability: 'available',
      present: true,
      capacity: 7,
      load: 2,
      queues: { [shop.queueId]: 1 },
      skills: {},
      lastAssignedAt: 1_700_000_000_123,
    },
  ]);
  expect(await members.staffed(shop.workspaceId, shop.queueId)).toBe(true);
  expect(await members.staffed(other.workspaceId, shop.queueId)).toBe(false);
  await members.setAvailability(ed.ctx, ed.id, 'busy');
  expect(await members.staffed(shop.workspaceId, shop.queueId)).toBe(false);
});

test('names are kept until the configuration changes, and name removed members too', async () => {
  const shop = await createDesk(pool);
  const ed = await shop.member('Ed');
  expect((await members.names(shop.workspaceId)).get(ed.id)).toBe('Ed');
  await pool.query(`UPDATE member SET display_name = '', removed_at = now() WHERE id = $1`, [
    ed.id,
  ]);
  await members.onConfigChanged(shop.workspaceId);
  expect((await members.names(shop.workspaceId)).get(ed.id)).toBe('Ed (user)');
  // Who joined since the names were read is found when needed, before the configuration is noticed.
  const late = await shop.member('New');
  expect((await members.names(shop.workspaceId)).get(late.id)).toBeUndefined();
  expect((await members.names(shop.workspaceId, [late.id])).get(late.id)).toBe('New');
});
