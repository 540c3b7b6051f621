import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { ConversationRow } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeQueue,
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestMember,
  type TestVisitor,
} from '#server/test/factories.ts';
import type { Ctx } from '../context.ts';
import { createConversations } from '../conversations.ts';
import { listInbox } from './inbox-list.ts';
import { syncInbox } from './inbox-sync.ts';

const database = await createTestDatabase();
const { pool } = database;
// Two nodes on one database, so that commits come from both at once.
const nodes = [createConversations({ pool }), createConversations({ pool })];

afterAll(async () => {
  for (const node of nodes) await node.close();
  await database.drop();
});

/** What a console holds of the inbox: listed once, then only synced. */
interface Screen {
  who: TestMember;
  rows: Map<string, ConversationRow>;
  cursor: string;
}

async function everything(who: TestMember): Promise<{ rows: ConversationRow[]; cursor: string }> {
  const rows: ConversationRow[] = [];
  let cursor = '';
  for (const view of ['all', 'closed', 'mine'] as const) {
    let after: string | undefined;
    do {
      const page = await listInbox(pool, who.ctx, view, after);
      rows.push(...page.rows);
      after = page.next ?? undefined;
      // The oldest cursor: what changed while listing is synced.
      cursor ||= page.cursor;
    } while (after !== undefined);
  }
  return { rows, cursor };
}

async function open(who: TestMember): Promise<Screen> {
  const { rows, cursor } = await everything(who);
  return { who, rows: new Map(rows.map((row) => [row.id, row])), cursor };
}

async function sync(screen: Screen): Promise<void> {
  for (let more = true; more; ) {
    const page = await syncInbox(pool, screen.who.ctx, screen.cursor);
    expect(page.reset).toBe(false);
    for (const row of page.rows) screen.rows.set(row.id, row);
    for (const id of page.gone) screen.rows.delete(id);
    screen.cursor = page.cursor;
    more = page.more;
  }
}

const talk = (conversationId: string) => ({ conversationId, clientKey: newKey() });

const ACTIONS = [
  'say',
  'say',
  'note.add',
  'message.send',
  'conversation.take',
  'conversation.take',
  'conversation.return',
  'conversation.end',
  'wrapup.finish',
  'transfer.request',
  'transfer.accept',
  'conversation.read',
  'sync',
] as const;

/** What only the owner (or target) does is done by them, or most steps would be refused. */
const OWNERS: ReadonlySet<string> = new Set([
  'message.send',
  'conversation.return',
  'conversation.end',
  'wrapup.finish',
  'transfer.request',
  'transfer.accept',
]);

const step = fc.record({
  action: fc.constantFrom(...ACTIONS),
  conversation: fc.nat({ max: 5 }),
  member: fc.nat({ max: 3 }),
  node: fc.nat({ max: 1 }),
});

test('D4: whatever happens on whichever node, a console that only syncs shows what a fresh list shows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { maxLength: 6 }), { minLength: 5, maxLength: 25 }),
      async (rounds) => {
        const home = await makeWorkspace(pool);
        const second = await makeQueue(pool, home.id);
        const members = [
          await makeMember(pool, home),
          await makeMember(pool, home),
          await makeMember(pool, home, { queueIds: [second] }),
          await makeMember(pool, home, { role: 'supervisor', queueIds: [] }),
        ];
        const visitors: { by: TestVisitor; conversationId: string }[] = [];
        for (let n = 0; n < 6; n += 1) {
          visitors.push({ by: await makeVisitor(pool, home), conversationId: uuidv7() });
        }

        const run = async (node: number, ctx: Ctx, name: string, input: object) => {
          const audience = ctx.actor.kind === 'visitor' ? 'visitor' : 'member';
          const conversations = nodes[node] ?? nodes[0];
          const spec = conversations?.commands[audience].get(name);
          // Refusals are part of life; bugs are not.
          await spec?.run(conversations as never, ctx, input).catch((error: unknown) => {
            if (!(error instanceof ParlourError) || error.code === 'internal') throw error;
          });
        };
        const act = async ({
          action,
          conversation,
          member,
          node,
        }: typeof step extends fc.Arbitrary<infer S> ? S : never) => {
          const pair = visitors[conversation];
          const who = members[member];
          const screen = screens[member];
          if (!pair || !who || !screen) return;
          const { conversationId } = pair;
          const common = talk(conversationId);

          if (action === 'say')
            return run(node, pair.by.ctx, 'message.send', { ...common, text: 'Hi', open: {} });
          const record = await nodes[node]?.find(who.ctx, conversationId);
          const holder = action === 'transfer.accept' ? record?.targetMemberId : record?.ownerId;
          const by = OWNERS.has(action) ? (members.find((one) => one.id === holder) ?? who) : who;
          const to = { kind: 'queue', queueId: member % 2 === 0 ? second : home.queueId };
          const person = { kind: 'member', memberId: members[(member + 1) % 4]?.id };
          return run(node, by.ctx, action, {
            ...common,
            text: 'Hello',
            seq: record?.lastSeq ?? 0,
            to: conversation % 2 === 0 ? to : person,
          });
        };
        // Everybody has somebody to talk to before the screens open.
        for (const [index, { by, conversationId }] of visitors.entries()) {
          await run(0, by.ctx, 'message.send', { ...talk(conversationId), text: 'Hi', open: {} });
          const owner = members[index % 2];
          if (owner && index < 4)
            await run(0, owner.ctx, 'conversation.take', talk(conversationId));
        }
        const screens = await Promise.all(members.map(open));
        const look = async (member: number) => {
          const screen = screens[member];
          if (screen) await sync(screen);
        };
        // The steps of a round happen at once. One screen must not sync twice at once.
        for (const round of rounds) {
          const once = round.filter(
            (one, index) =>
              one.action !== 'sync' ||
              round.findIndex((other) => other.action === 'sync' && other.member === one.member) ===
                index,
          );
          await Promise.all(
            once.map((one) => (one.action === 'sync' ? look(one.member) : act(one))),
          );
        }

        for (const screen of screens) {
          await sync(screen);
          const fresh = new Map((await everything(screen.who)).rows.map((row) => [row.id, row]));
          expect(new Map([...screen.rows].sort())).toEqual(new Map([...fresh].sort()));
        }
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);
