import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestMember,
  type TestWorkspace,
} from './factories.ts';
import { expectHolds, run } from './talk.ts';

/** What a member's action answers, as far as tests look. */
export interface Moved {
  seq: number;
  row: { phase: string; ownerId: string | null; targetMemberId: string | null; queuedAt: string };
}

/** One node and the people of one workspace; after each test I1–I4 hold. */
export interface TestTeam {
  db: TestDatabase;
  node: Conversations;
  workspace: TestWorkspace;
  agent: TestMember;
  colleague: TestMember;
  /** Of no queue; may hold one conversation. */
  supervisor: TestMember;
  /** An agent of no queue. */
  outsider: TestMember;
  anyVisitor(): ReturnType<typeof makeVisitor>;
  /** A member's command on a conversation, under a new key. */
  act(member: TestMember, name: string, id: string, more?: object): Promise<Moved>;
  loadOf(member: TestMember): Promise<{ load: number; at: Date | null } | undefined>;
}

/** The input of a command on a conversation, under a new key. */
export const on = (conversationId: string, more: Record<string, unknown> = {}) => ({
  conversationId,
  clientKey: newKey(),
  ...more,
});
export const refusedAs = (code: string) => ({ code });

/** The part of `transfer.request` that says where to. */
export const toMember = (member: TestMember, note?: string) => ({
  to: { kind: 'member', memberId: member.id },
  ...(note && { note }),
});

/** I4 knows one exception: what a supervisor took over capacity. */
async function expectHoldsButOverrides({ db, workspace, supervisor }: TestTeam): Promise<void> {
  await db.pool.query('UPDATE member SET capacity = 50 WHERE id = $1', [supervisor.id]);
  await expectHolds(db.pool, workspace.id);
  await db.pool.query('UPDATE member SET capacity = 1 WHERE id = $1', [supervisor.id]);
}

/** Call it at the top of a test file; its members are there from `beforeAll` on. */
export function teamForFile(): TestTeam {
  const team = {
    anyVisitor: () => makeVisitor(team.db.pool, team.workspace),
    act: (member, name, id, more = {}) =>
      run<Moved>(team.node, member.ctx, name, on(id, { ...more })),
    async loadOf(member) {
      const { rows } = await team.db.pool.query<{ load: number; at: Date | null }>(
        'SELECT load, last_assigned_at AS at FROM member_state WHERE member_id = $1',
        [member.id],
      );
      return rows[0];
    },
  } as TestTeam;

  beforeAll(async () => {
    team.db = await createTestDatabase();
    const { pool } = team.db;
    team.node = createConversations({ pool });
    team.workspace = await makeWorkspace(pool);
    team.agent = await makeMember(pool, team.workspace, { capacity: 50 });
    team.colleague = await makeMember(pool, team.workspace, { capacity: 50 });
    const apart = { capacity: 1, queueIds: [] };
    team.supervisor = await makeMember(pool, team.workspace, { role: 'supervisor', ...apart });
    team.outsider = await makeMember(pool, team.workspace, { queueIds: [] });
  });
  afterEach(() => expectHoldsButOverrides(team));
  afterAll(async () => {
    await team.node?.close();
    await team.db?.drop();
  });
  return team;
}
