import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemberView } from '#lib/protocol/member.ts';
import { createMembers } from '#server/conversation/members/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { systemCtx } from '#server/test/factories.ts';
import { askMember, type RunningDesk, runDesk } from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  desk = await runDesk(db.pool);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

test('I12: why is told to each of their own tabs, after a reload too, and to nobody else', async () => {
  const other = await desk.member((await shop.member('Mia')).id);
  const { id } = await shop.member('Ned');
  const tabs = [await desk.member(id), await desk.member(id)];
  const [first, second] = tabs;
  if (!first || !second) throw new Error('two tabs');
  const isNow = (availability: string) => (view: MemberView) =>
    view.id === id && view.availability === availability;
  await askMember(first, 'availability.set', { availability: 'available' });
  await other.until<MemberView>('member', isNow('available'));
  other.heard.length = 0;
  // As routing on another node does, which this desk's sockets hear of with the next change.
  const routing = systemCtx(shop.workspaceId, 'routing');
  await createMembers({ pool: db.pool }).setAvailability(routing, id, 'away', 'missed_offer');
  await db.pool.query('UPDATE member SET capacity = 9 WHERE id = $1', [id]);
  await db.pool.query('UPDATE workspace SET config_rev = config_rev + 1 WHERE id = $1', [
    shop.workspaceId,
  ]);
  await desk.gateway?.watch.watchConfig();
  const missed = (view: MemberView) => view.id === id && view.awayReason === 'missed_offer';
  for (const tab of tabs) await tab.until<MemberView>('member', missed);
  const shown = await other.until<MemberView>('member', isNow('away'));
  expect(shown).not.toHaveProperty('awayReason');

  const { me } = await askMember(await desk.member(id), 'desk.open', {});
  expect(me).toMatchObject({ availability: 'away', awayReason: 'missed_offer' });
  const { members } = await askMember(other, 'desk.open', {});
  expect(JSON.stringify(members)).not.toContain('missed_offer');

  second.heard.length = 0;
  await askMember(first, 'availability.set', { availability: 'away' });
  const settled = await second.until<MemberView>('member', isNow('away'));
  expect(settled.awayReason).toBeNull();
});
