import { afterAll, expect, test } from 'vitest';
import type { ConversationRow, InboxView } from '#lib/protocol/member.ts';
import { ConversationRow as RowSchema } from '#lib/protocol/member.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk, type TestMember } from '#server/test/desk.ts';
import { type ConversationRowInput, insertConversation, insertEvent } from '#server/test/log.ts';
import { maySee } from '../policies.ts';
import { createInboxCounts } from './inbox-counts.ts';
import { listInbox } from './inbox-list.ts';
import { visibleRows } from './rows.ts';

const database = await createTestDatabase();
const { pool } = database;
const counts = createInboxCounts(pool);

afterAll(() => database.drop());

/** Every page of a view; the pages must not repeat a row. */
async function all(who: TestMember, view: InboxView): Promise<ConversationRow[]> {
  const rows: ConversationRow[] = [];
  let after: string | undefined;
  do {
    const page = await listInbox(pool, who.ctx, view, after);
    rows.push(...page.rows);
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  for (const row of rows) expect(RowSchema.parse(row)).toEqual(row);
  return rows;
}

/** A desk with a second queue and conversations of every sort in both. */
async function busyDesk() {
  const desk = await createDesk(pool);
  const second = await desk.queue('Second');
  const [ada, bo] = [await desk.member('Ada'), await desk.member('Bo', { queues: [second] })];
  const boss = await desk.member('Boss', { role: 'supervisor', queues: [] });
  const records: Required<Pick<ConversationRowInput, 'id' | 'phase'>>[] = [];
  const rows: ConversationRowInput[] = [];
  for (const queueId of [desk.queueId, second, null]) {
    for (const other of [ada, bo]) {
      rows.push(
        { queueId, phase: 'serving', ownerId: other.id },
        { queueId, phase: 'offered', targetMemberId: other.id },
        { queueId, phase: 'transferring', ownerId: ada.id, targetMemberId: other.id },
        { queueId, phase: 'wrapup', ownerId: other.id },
        { queueId, phase: 'offline' },
        { queueId, phase: 'closed' },
      );
      if (queueId) rows.push({ queueId, phase: 'queued' });
    }
  }
  for (const row of rows) {
    const id = await insertConversation(pool, desk, await desk.visitor(), row);
    records.push({ id, phase: row.phase ?? 'queued' });
  }
  return { desk, second, ada, bo, boss, records };
}

test('I11: what a member lists is what the policies let them see, in every view', async () => {
  const { desk, second, ada, bo, boss, records } = await busyDesk();
  const stranger = await (await createDesk(pool)).member('Stranger', { role: 'owner' });
  const ids = records.map((record) => record.id);
  const everything = await visibleRows(pool, boss.ctx, ids);
  expect(everything.length).toBe(ids.length);
  const queues = new Map([
    [ada.id, [desk.queueId]],
    [bo.id, [second]],
    [boss.id, []],
  ]);
  for (const who of [ada, bo, boss]) {
    const access = {
      memberId: who.id,
      role: who.ctx.actor.role,
      queueIds: new Set(queues.get(who.id)),
    };
    const may = everything.filter((row) => maySee(access, row));
    const idsOf = (rows: ConversationRow[]) => rows.map((row) => row.id).sort();
    const open = may.filter((row) => row.closedAt === null);
    expect(idsOf(await visibleRows(pool, who.ctx, ids))).toEqual(idsOf(may));
    expect(idsOf(await all(who, 'all'))).toEqual(idsOf(open));
    expect(idsOf(await all(who, 'queued'))).toEqual(
      idsOf(may.filter((row) => row.phase === 'queued')),
    );
    expect(idsOf(await all(who, 'closed'))).toEqual(
      idsOf(may.filter((row) => row.closedAt !== null && (who === boss || row.queueId !== null))),
    );
    const mine = open.filter((row) => row.ownerId === who.id || row.targetMemberId === who.id);
    expect(idsOf(await all(who, 'mine'))).toEqual(idsOf(mine));
    expect(await counts(who.ctx)).toEqual({
      mine: mine.length,
      queued: may.filter((row) => row.phase === 'queued').length,
      all: open.length,
      unread: 0,
      oldestQueuedAt:
        may
          .filter((row) => row.phase === 'queued')
          .map((row) => row.queuedAt)
          .sort()[0] ?? null,
    });
  }
  for (const view of ['mine', 'queued', 'all', 'closed'] as const)
    expect(await all(stranger, view)).toEqual([]);
  expect(await visibleRows(pool, stranger.ctx, ids)).toEqual([]);
  expect(await counts(stranger.ctx)).toMatchObject({
    mine: 0,
    queued: 0,
    all: 0,
    oldestQueuedAt: null,
  });
});

test('queued pages through several queues by priority, then age; ties by id', async () => {
  const desk = await createDesk(pool);
  const second = await desk.queue('Second');
  const ada = await desk.member('Ada', { queues: [desk.queueId, second] });
  const expected: { id: string; priority: number; queuedAt: number }[] = [];
  const now = Date.now();
  for (let n = 0; n < 130; n += 1) {
    const row = { priority: [0, 0, 5, -3][n % 4] ?? 0, queuedAt: now - (n % 7) * 1_000 };
    const id = await insertConversation(pool, desk, await desk.visitor(), {
      ...row,
      queueId: n % 3 === 0 ? second : desk.queueId,
    });
    expected.push({ id, ...row });
  }
  expected.sort(
    (a, b) => b.priority - a.priority || a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1),
  );
  expect((await all(ada, 'queued')).map((row) => row.id)).toEqual(expected.map((row) => row.id));
});

test('closed pages from the last closed; all from the newest', async () => {
  const desk = await createDesk(pool);
  const [ada, boss] = [
    await desk.member('Ada'),
    await desk.member('Boss', { role: 'admin', queues: [] }),
  ];
  const now = Date.now();
  const closed: { id: string; closedAt: number }[] = [];
  const open: string[] = [];
  for (let n = 0; n < 120; n += 1) {
    const closedAt = now - (n % 5) * 1_000;
    closed.push({
      id: await insertConversation(pool, desk, await desk.visitor(), { phase: 'closed', closedAt }),
      closedAt,
    });
    open.push(await insertConversation(pool, desk, await desk.visitor(), { phase: 'offline' }));
  }
  closed.sort((a, b) => b.closedAt - a.closedAt || (a.id < b.id ? -1 : 1));
  for (const who of [ada, boss]) {
    expect((await all(who, 'closed')).map((row) => row.id)).toEqual(closed.map((row) => row.id));
    expect((await all(who, 'all')).map((row) => row.id)).toEqual(open.sort().reverse());
  }
});

test('a row that stays is neither repeated nor hidden by what comes and goes between pages', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  const ids: string[] = [];
  for (let n = 0; n < 60; n += 1)
    ids.push(await insertConversation(pool, desk, await desk.visitor(), { queuedAt: 1_000 + n }));
  const first = await listInbox(pool, ada.ctx, 'queued', undefined);
  await pool.query(`UPDATE conversation SET phase = 'closed', closed_at = now() WHERE id = $1`, [
    ids[3],
  ]);
  await insertConversation(pool, desk, await desk.visitor(), { queuedAt: 1 });
  const next = await listInbox(pool, ada.ctx, 'queued', first.next ?? '');
  expect([...first.rows, ...next.rows].map((row) => row.id)).toEqual(ids);
});

test('bad page keys are refused', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  for (const after of ['', 'x', `0_0_${'0'.repeat(36)}`, `1_2_${ada.id}; DROP TABLE event`]) {
    await expect(listInbox(pool, ada.ctx, 'queued', after)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  }
});

test('a row shows contact, channel, unread, the visitor’s mark as a member’s seq, and when the offer lapses', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  const visitor = await desk.visitor('Vera');
  const id = await insertConversation(pool, desk, visitor, {
    phase: 'offered',
    targetMemberId: ada.id,
  });
  await insertEvent(pool, desk.workspaceId, id);
  await insertEvent(pool, desk.workspaceId, id, {
    kind: 'note.added',
    by: { kind: 'member', id: ada.id },
  });
  await insertEvent(pool, desk.workspaceId, id, {
    kind: 'note.added',
    by: { kind: 'member', id: ada.id },
  });
  await insertEvent(pool, desk.workspaceId, id, {
    by: { kind: 'member', id: ada.id },
    data: { text: 'Yes?' },
  });
  await pool.query(`UPDATE conversation SET visitor_read_seq = 2, timers = $2 WHERE id = $1`, [
    id,
    { offer: { gen: 1, base: 'entered', delayMs: 30_000, startedAt: 1_000, hold: true } },
  ]);
  const read = () => visibleRows(pool, ada.ctx, [id]).then(([row]) => row);
  expect(await read()).toMatchObject({
    contact: { id: visitor.contactId, name: 'Vera', identified: false },
    channelName: 'Web',
    head: 4,
    lastVisitorSeq: 1,
    lastAgentSeq: 4,
    readSeq: 0,
    unread: true,
    visitorReadSeq: 4,
    preview: 'Yes?',
    offerExpiresAt: '1970-01-01T00:00:31.000Z',
  });
  await pool.query(
    'INSERT INTO member_read (conversation_id, member_id, workspace_id, seq) VALUES ($1, $2, $3, 1)',
    [id, ada.id, desk.workspaceId],
  );
  expect(await read()).toMatchObject({ readSeq: 1, unread: false });
  expect((await counts(ada.ctx)).unread).toBe(0);
});
