import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MemberClient } from '#lib/sdk/api.ts';
import { createMemoryStorage } from '#lib/sdk/member/index.ts';
import { isOnline, memberShows, visitorShows } from './shows.ts';
import { createStage, type Stage, until } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

async function arrive(client: MemberClient): Promise<MemberClient> {
  client.start();
  await until('the member is there', () => client.getState().desk !== null && isOnline(client));
  return client;
}

async function write(text: string) {
  const visitor = stage.visitor({ direct: true });
  visitor.start();
  visitor.send(text);
  await until('in the log', () => visitorShows(visitor)[0] === text);
  return { visitor, id: visitor.getState().thread.conversationId ?? '' };
}

it('D4: inboxes of two agents and a supervisor converge over take, transfer and end', async () => {
  // Somebody is available, so that visitors wait, but has no room for any of them.
  const full = await stage.desk.member('Full', { capacity: 0 });
  const fullNow = await arrive(stage.member(full, { direct: true }));
  await fullNow.setAvailability('available');
  const [lin, mei, sun] = [
    await stage.desk.member('Lin'),
    await stage.desk.member('Mei'),
    await stage.desk.member('Sun', { role: 'supervisor', queues: [] }),
  ];
  const [linNow, meiNow, sunNow] = await Promise.all(
    [lin, mei, sun].map((member) => arrive(stage.member(member, { direct: true }))),
  );
  if (!linNow || !meiNow || !sunNow) throw new Error('three came');
  for (const client of [linNow, meiNow, sunNow]) {
    for (const view of ['queued', 'all', 'closed'] as const) client.showView(view);
  }
  const written = [await write('one'), await write('two'), await write('three')];
  const ids = written.map(({ id }) => id);
  const newest = [...ids].reverse();
  await until('all are queued everywhere', () =>
    [linNow, meiNow, sunNow].every(
      (client) => client.getState().inbox.queued.ids.join() === ids.join(),
    ),
  );
  await until('newest first', () => sunNow.getState().inbox.all.ids.join() === newest.join());
  const [first = '', second = ''] = ids;
  expect((await linNow.take(first)).ok).toBe(true);
  expect(await meiNow.take(first)).toMatchObject({ ok: false, error: { code: 'already_taken' } });
  expect((await meiNow.take(second)).ok).toBe(true);
  await meiNow.setAvailability('available');
  await until("Mei's availability is seen", () =>
    (linNow.getState().desk?.members ?? []).some(
      (member) => member.id === mei.id && member.availability === 'available',
    ),
  );
  const offered: string[] = [];
  meiNow.onNotice((notice) => offered.push(`${notice.kind} ${notice.row.id}`));
  const asked = await linNow.requestTransfer(
    first,
    { kind: 'member', memberId: mei.id },
    'please take over',
  );
  expect(asked).toMatchObject({ ok: true, data: { row: { phase: 'transferring' } } });
  await until('offered to Mei', () => meiNow.getState().offers.some((row) => row.id === first));
  expect((await meiNow.acceptTransfer(first)).ok).toBe(true);
  await until('it is hers everywhere', () =>
    [linNow, sunNow].every((client) => client.row(first)?.ownerId === mei.id),
  );
  expect(linNow.getState().inbox.mine.ids).toEqual([]);
  expect([...meiNow.getState().inbox.mine.ids].sort()).toContain(first);
  expect(offered.filter((notice) => notice === `offer ${first}`)).toHaveLength(1);
  meiNow.openConversation(first);
  await until('the note is seen', () =>
    (meiNow.getState().threads[first]?.items ?? []).some(
      (item) =>
        item.kind === 'event' &&
        item.event.kind === 'transition' &&
        item.event.note === 'please take over',
    ),
  );
  expect((await meiNow.end(first)).ok).toBe(true);
  expect((await meiNow.finishWrapup(first)).ok).toBe(true);
  await until('closed everywhere', () =>
    [meiNow, sunNow].every((client) => client.getState().inbox.closed.ids[0] === first),
  );
  await until('counted', () => {
    const counts = sunNow.getState().counts;
    return counts?.all === sunNow.getState().inbox.all.ids.length;
  });
  expect(sunNow.getState().inbox.all.ids).not.toContain(first);
  expect(meiNow.send(first, 'too late').ok).toBe(true);
  await until('refused', () => memberShows(meiNow, first).includes('!too late'));
  const failed = meiNow.getState().threads[first]?.items.at(-1);
  expect(failed).toMatchObject({ kind: 'pending', code: 'conversation_closed' });
  if (failed?.kind === 'pending') expect(meiNow.discard(failed.clientKey)).toBe('too late');
  expect(memberShows(meiNow, first)).not.toContain('!too late');
  for (const client of [linNow, meiNow, sunNow, fullNow]) client.destroy();
  for (const { visitor } of written) visitor.destroy();
});

it('S12, S15: a message and a note written offline go out once, in order, after a reload', async () => {
  const ada = await stage.desk.member('Ada');
  const storage = createMemoryStorage();
  const before = await arrive(stage.member(ada, { storage, direct: true }));
  const { id } = await write('hi');
  expect((await before.take(id)).ok).toBe(true);
  before.destroy();
  const offline = stage.member(ada, { storage, direct: true });
  offline.openConversation(id);
  offline.send(id, 'first');
  offline.addNote(id, 'aside');
  offline.send(id, 'second');
  expect(memberShows(offline, id)).toEqual(['…first', '…aside', '…second']);
  offline.destroy();
  const after = stage.member(ada, { storage, direct: true });
  const other = await arrive(stage.member(ada, { direct: true }));
  after.openConversation(id);
  other.openConversation(id);
  await arrive(after);
  await until('in both tabs', () =>
    [after, other].every((client) => memberShows(client, id).join() === 'hi,first,aside,second'),
  );
  expect(await stage.messages(id)).toHaveLength(4);
});
