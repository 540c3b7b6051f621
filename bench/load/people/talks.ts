import type { Pool, PoolClient } from 'pg';
import { signVisitorToken } from '#lib/auth/visitor-token.ts';
import { deriveKey } from '#lib/env.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createConversations } from '#server/conversation/index.ts';
import { makeVisitor, newKey, type TestWorkspace } from '#server/test/factories.ts';
import type { Agent } from './agents.ts';

/** A visitor in conversation with an agent. */
export interface Talk {
  visitorId: string;
  contactId: string;
  conversationId: string;
  /** What the visitor's page holds. */
  token: string;
  /** Index of the serving agent. */
  agent: number;
  /** Newest seq and public seq of the log as it was built. */
  head: number;
  publicHead: number;
}

interface Ids {
  conversationId: string;
  contactId: string;
  visitorId: string;
  agent: number;
}

const TOKEN_LIVES_MS = 7 * 24 * 3600 * 1000;

/** One conversation that the product itself opens and an agent takes; all others are its like. */
async function holdTemplate(pool: Pool, workspace: TestWorkspace, agent: Agent): Promise<Ids> {
  const conversations = createConversations({ pool });
  const visitor = await makeVisitor(pool, workspace);
  const conversationId = uuidv7();
  const send = conversations.commands.visitor.get('message.send');
  const take = conversations.commands.member.get('conversation.take');
  if (!send || !take) throw new Error('the product lacks message.send or conversation.take');
  const text = 'Hello! My parcel should have come on Tuesday, could you have a look?';
  await send.run(conversations, visitor.ctx, {
    conversationId,
    clientKey: newKey(),
    text,
    open: {},
  });
  await take.run(conversations, agent.ctx, { conversationId, clientKey: newKey() });
  await conversations.close();
  return { conversationId, contactId: visitor.contactId, visitorId: visitor.visitorId, agent: 0 };
}

/** Copies the template's rows under ids of their own: what as many visitors would have left behind. */
async function copy(client: PoolClient, template: Ids, fresh: readonly Ids[], agents: Agent[]) {
  await client.query(
    `CREATE TEMP TABLE fresh ON COMMIT DROP AS
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       AS f(id, contact_id, visitor_id, owner_id)`,
    [
      fresh.map((one) => one.conversationId),
      fresh.map((one) => one.contactId),
      fresh.map((one) => one.visitorId),
      fresh.map((one) => agents[one.agent]?.id),
    ],
  );
  const whose = 'FROM conversation c CROSS JOIN fresh f';
  const insert = (sql: string) => client.query(sql, [template.conversationId]);
  await insert(
    `INSERT INTO contact SELECT (jsonb_populate_record(k, jsonb_build_object('id', f.contact_id))).*
     ${whose} JOIN contact k ON k.id = c.contact_id WHERE c.id = $1`,
  );
  await insert(
    `INSERT INTO visitor SELECT (jsonb_populate_record(v,
       jsonb_build_object('id', f.visitor_id, 'contact_id', f.contact_id))).*
     ${whose} JOIN visitor v ON v.id = c.visitor_id WHERE c.id = $1`,
  );
  await insert(
    `INSERT INTO conversation SELECT (jsonb_populate_record(c, jsonb_build_object('id', f.id,
       'contact_id', f.contact_id, 'visitor_id', f.visitor_id, 'owner_id', f.owner_id))).*
     ${whose} WHERE c.id = $1`,
  );
  const renamed = (column: string) =>
    `replace(replace(replace(replace(${column}, c.id::text, f.id::text), c.contact_id::text,
      f.contact_id::text), c.visitor_id::text, f.visitor_id::text), c.owner_id::text, f.owner_id::text)`;
  await insert(
    `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, v,
       actor_kind, actor_id, data, created_at)
     SELECT f.id, e.seq, e.workspace_id, e.public_seq, ${renamed('e.source')}, e.client_id, e.kind,
       e.v, e.actor_kind, (${renamed('e.actor_id::text')})::uuid, ${renamed('e.data::text')}::jsonb,
       e.created_at
     ${whose} JOIN event e ON e.conversation_id = c.id WHERE c.id = $1`,
  );
  await insert(
    `INSERT INTO timer SELECT (jsonb_populate_record(t, jsonb_build_object('conversation_id', f.id,
       'shard', get_byte(uuid_send(f.id), 15) & 15))).*
     ${whose} JOIN timer t ON t.conversation_id = c.id WHERE c.id = $1`,
  );
}

/**
 * `count` conversations being served, dealt to the agents in turn, with the visitors' tokens.
 * Capacities must allow them.
 * @param secret PARLOUR_SECRET of the desks
 */
export async function makeTalks(
  pool: Pool,
  workspace: TestWorkspace,
  agents: Agent[],
  { count, secret }: { count: number; secret: string },
): Promise<Talk[]> {
  const [first] = agents;
  if (!first) throw new Error('talks need an agent');
  const template = await holdTemplate(pool, workspace, first);
  const fresh: Ids[] = Array.from({ length: count - 1 }, (_, n) => ({
    conversationId: uuidv7(),
    contactId: uuidv7(),
    visitorId: uuidv7(),
    agent: (n + 1) % agents.length,
  }));
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await copy(client, template, fresh, agents);
    await client.query(
      `UPDATE member_state ms SET load = held.load, last_assigned_at = now()
       FROM (SELECT owner_id, sum(weight)::int AS load FROM conversation WHERE workspace_id = $1
         AND owner_id IS NOT NULL GROUP BY owner_id) AS held WHERE ms.member_id = held.owner_id`,
      [workspace.id],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  await pool.query('VACUUM ANALYZE conversation, event, contact, visitor, timer, member_state');
  const { rows } = await pool.query<{ last_seq: number; last_public_seq: number }>(
    'SELECT last_seq, last_public_seq FROM conversation WHERE id = $1',
    [template.conversationId],
  );
  const key = deriveKey('visitor-tokens', { secret, dataDir: '' });
  const expiresAt = Date.now() + TOKEN_LIVES_MS;
  return [template, ...fresh].map((ids) => ({
    ...ids,
    token: signVisitorToken(key, { visitorId: ids.visitorId, rev: 1, expiresAt }),
    head: rows[0]?.last_seq ?? 0,
    publicHead: rows[0]?.last_public_seq ?? 0,
  }));
}
