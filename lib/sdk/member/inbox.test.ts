import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { ConversationRow, InboxView } from '#lib/protocol/member.ts';
import { failed, LOST } from '../core/wire.ts';
import { createRow, idOf, ME, OTHER } from '../test/rows.ts';
import { createSimulated } from '../test/simulated.ts';
import { createInbox } from './inbox.ts';
import { VIEW_RULES } from './views.ts';

const PAGE = 5;

/** A server that holds rows and a journal of changes; the cursor is the journal's length. */
function setup(rows: ConversationRow[]) {
  const time = createSimulated();
  const held = new Map(rows.map((row) => [row.id, row]));
  const journal: string[] = [];
  const calls: string[] = [];
  let reset = false;
  let online = true;
  /** What the next call is refused with. */
  let refusal: WireError | null = null;
  const ordered = (view: InboxView) =>
    [...held.values()]
      .filter((row) => VIEW_RULES[view].holds(row, ME))
      .sort(VIEW_RULES[view].compare);
  const answer = (name: string, input: { view?: InboxView; after?: string; cursor?: string }) => {
    if (name === 'inbox.list') {
      const all = ordered(input.view ?? 'all');
      const key: ConversationRow | null = input.after ? JSON.parse(input.after) : null;
      const { compare } = VIEW_RULES[input.view ?? 'all'];
      const rest = key ? all.filter((row) => compare(row, key) > 0) : all;
      const page = rest.slice(0, PAGE);
      const next = rest.length > PAGE ? JSON.stringify(page.at(-1)) : null;
      return { rows: page, next, cursor: String(journal.length) };
    }
    const changed = new Set(journal.slice(Number(input.cursor)));
    const cursor = String(journal.length);
    if (reset) {
      reset = false;
      return { rows: [], gone: [], cursor, more: false, reset: true };
    }
    return {
      rows: [...changed].flatMap((id) => held.get(id) ?? []),
      gone: [...changed].filter((id) => !held.has(id)),
      cursor,
      more: false,
      reset: false,
    };
  };
  const inbox = createInbox({
    ports: time.ports,
    async call(name, input): Promise<Reply<unknown>> {
      calls.push(name);
      const error = online ? refusal : LOST;
      refusal = null;
      if (error) return failed(error);
      return { ok: true, data: structuredClone(answer(name, input as object)) };
    },
    online: () => online,
    me: () => ME,
    readSeq: () => 0,
    onRow() {},
    onGone() {},
    onChange() {},
  });
  const change = (id: string, part: Partial<ConversationRow> | null) => {
    const row = held.get(id);
    if (!row) return;
    if (part === null) held.delete(id);
    else held.set(id, { ...row, ...part, head: row.head + 1 });
    journal.push(id);
  };
  return {
    ...time,
    inbox,
    calls,
    change,
    ordered,
    add(row: ConversationRow) {
      held.set(row.id, row);
      journal.push(row.id);
    },
    resetNext() {
      reset = true;
    },
    refuseNext(error: WireError) {
      refusal = error;
    },
    setOnline(on: boolean) {
      online = on;
      if (on) inbox.joined();
    },
  };
}

const many = (count: number, part: Partial<ConversationRow> = {}) =>
  Array.from({ length: count }, (_, index) => createRow(index + 1, part));
const ids = (rows: ConversationRow[]) => rows.map((row) => row.id);

describe('inbox', () => {
  it('S51: shows as far as was paged in, without holes; a row behind the last page stays out', async () => {
    const { inbox, settle, advance, change, ordered, add } = setup(many(12));
    inbox.show('queued');
    await settle();
    expect(inbox.snapshot().queued.ids).toEqual(ids(ordered('queued').slice(0, 5)));
    expect(inbox.snapshot().queued.more).toBe(true);
    change(idOf(11), { preview: 'moved, but still behind the first page' });
    add(createRow(99));
    change(idOf(12), { priority: 5 });
    inbox.hint();
    await advance(250);
    expect(inbox.snapshot().queued.ids).toEqual([idOf(12), ...[1, 2, 3, 4, 5].map(idOf)]);
    await inbox.loadMore('queued');
    await inbox.loadMore('queued');
    expect(inbox.snapshot().queued.ids).toEqual(ids(ordered('queued')));
    expect(inbox.snapshot().queued.more).toBe(false);
    add(createRow(100));
    inbox.hint();
    await advance(250);
    expect(inbox.snapshot().queued.ids.at(-1)).toBe(idOf(100));
  });

  it('S51: a page that is refused stays under way and comes when it may, asked once', async () => {
    const { inbox, settle, advance, calls, refuseNext } = setup(many(12));
    inbox.show('all');
    await settle();
    refuseNext({ code: 'rate_limited', message: 'Later.', retryAfterMs: 3_000 });
    await inbox.loadMore('all');
    calls.length = 0;
    expect(inbox.snapshot().all).toMatchObject({ more: true, loadingMore: true });
    // A list that still wants more, as it does at its end.
    expect(await inbox.loadMore('all')).toMatchObject({ ok: false });
    await advance(2_900);
    expect(calls).toEqual([]);
    await advance(100);
    expect(calls).toEqual(['inbox.list']);
    expect(inbox.snapshot().all).toMatchObject({ more: true, loadingMore: false });
    expect(inbox.snapshot().all.ids).toHaveLength(10);
  });

  it('S51: pages asked for while the line is down come with it', async () => {
    const { inbox, settle, advance, setOnline, ordered } = setup(many(8));
    inbox.show('all');
    await settle();
    setOnline(false);
    await inbox.loadMore('all');
    await advance(60_000);
    expect(inbox.snapshot().all.ids).toHaveLength(5);
    setOnline(true);
    await settle();
    expect(inbox.snapshot().all.ids).toEqual(ids(ordered('all')));
    expect(inbox.snapshot().all).toMatchObject({ more: false, loadingMore: false });
  });

  it('D4, S51: any history of changes ends in what the server would list', async () => {
    const views: InboxView[] = ['mine', 'queued', 'all', 'closed'];
    const step = fc.record({
      number: fc.integer({ min: 1, max: 14 }),
      what: fc.constantFrom('write', 'take', 'other', 'close', 'requeue', 'gone', 'priority'),
      sync: fc.boolean(),
      more: fc.constantFrom(...views, null),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { inbox, settle, change, ordered } = setup(many(14));
        for (const view of views) inbox.show(view);
        await settle();
        let clock = 1_000;
        for (const { number, what, sync, more } of steps) {
          const at = new Date(Date.UTC(2026, 1, 1) + clock++).toISOString();
          const open = { closedAt: null };
          change(
            idOf(number),
            {
              write: { lastAt: at },
              take: { phase: 'serving' as const, ownerId: ME, ...open },
              other: { phase: 'serving' as const, ownerId: OTHER, ...open },
              close: { phase: 'closed' as const, ownerId: null, closedAt: at },
              requeue: { phase: 'queued' as const, ownerId: null, queuedAt: at, ...open },
              gone: null,
              priority: { priority: number % 3 },
            }[what],
          );
          if (sync) await inbox.sync();
          if (more) await inbox.loadMore(more);
        }
        await inbox.sync();
        for (const view of views) {
          const { ids: shown, more } = inbox.snapshot()[view];
          const expected = ids(ordered(view));
          if (more) expect(expected.slice(0, shown.length)).toEqual(shown);
          else expect(shown).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('S52: hints are coalesced to four syncs a second', async () => {
    const { inbox, settle, advance, calls } = setup(many(3));
    inbox.show('all');
    await settle();
    calls.length = 0;
    for (let i = 0; i < 100; i++) {
      inbox.hint();
      await advance(10);
    }
    expect(calls.filter((name) => name === 'inbox.sync').length).toBeLessThanOrEqual(5);
    expect(calls.length).toBeGreaterThanOrEqual(4);
  });

  it('S52: a changed row tells its own listeners only, and costs few comparisons among 10,000', async () => {
    const rows = many(10_000, { phase: 'serving', ownerId: OTHER });
    const { inbox } = setup([]);
    inbox.show('all');
    await inbox.sync();
    for (const row of rows) inbox.apply(row, true);
    expect(inbox.snapshot().all.ids).toHaveLength(10_000);
    const told: string[] = [];
    inbox.subscribeRow(idOf(5_000), () => told.push('5000'));
    const stop = inbox.subscribeRow(idOf(5_001), () => told.push('5001'));
    const before = inbox.snapshot();
    let compared = 0;
    const { compare } = VIEW_RULES.all;
    VIEW_RULES.all.compare = (a, b) => {
      compared += 1;
      return compare(a, b);
    };
    inbox.apply(createRow(5_000, { phase: 'serving', ownerId: OTHER, head: 2 }), true);
    inbox.apply(createRow(5_001, { phase: 'serving', ownerId: ME, head: 2 }), true);
    VIEW_RULES.all.compare = compare;
    expect(told).toEqual(['5000', '5001']);
    expect(compared).toBeLessThan(60);
    // Nothing moved in `all`: the list is the same array, and so are the other views.
    expect(inbox.snapshot().all).toBe(before.all);
    stop();
    inbox.apply(createRow(5_001, { head: 3 }), true);
    expect(told).toHaveLength(2);
  });

  it('S53: reset lists again; gone leaves every view', async () => {
    const { inbox, settle, advance, change, resetNext, ordered } = setup(many(4));
    inbox.show('all');
    inbox.show('queued');
    await settle();
    change(idOf(2), null);
    inbox.hint();
    await advance(250);
    expect(inbox.row(idOf(2))).toBeUndefined();
    expect(inbox.snapshot().all.ids).not.toContain(idOf(2));
    change(idOf(3), { phase: 'serving', ownerId: OTHER });
    resetNext();
    await inbox.sync();
    await settle();
    expect(inbox.snapshot().all.ids).toEqual(ids(ordered('all')));
    expect(inbox.snapshot().queued.ids).toEqual(ids(ordered('queued')));
  });
});
