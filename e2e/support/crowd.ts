import { join } from 'node:path';
import { Client } from 'pg';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { databaseUrlOf, readCredentials } from '#scripts/launcher/postgres/credentials.ts';
import { DESK } from './desk.ts';

async function post(path: string, body: unknown, token?: string): Promise<unknown> {
  const response = await fetch(`${DESK}/api/v1/visitor/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: DESK,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  });
  return response.json();
}

interface Answer {
  ok: boolean;
  data?: { token?: string; conversationId?: string };
  error?: { code: string; retryAfterMs?: number };
}

/** A visitor without a browser: the same commands over HTTPS. */
export class Caller {
  readonly conversationId = uuidv7();
  /** What was sent last. */
  last = '';
  private readonly token: string;

  private constructor(token: string) {
    this.token = token;
  }

  static async arrive(publicKey: string): Promise<Caller> {
    const body = { v: PROTOCOL_VERSION, key: publicKey, locale: 'en' };
    const answer = (await post('session', body)) as Answer;
    if (!answer.data?.token) throw new Error(`no session: ${JSON.stringify(answer)}`);
    return new Caller(answer.data.token);
  }

  /** Repeats with the same key while the desk asks for patience, as the outbox does. */
  async send(text: string): Promise<void> {
    const { conversationId } = this;
    const input = { conversationId, clientKey: uuidv7(), text, open: {} };
    for (;;) {
      const answer = (await post('command', { name: 'message.send', input }, this.token)) as Answer;
      if (answer.ok) break;
      if (answer.error?.retryAfterMs === undefined) throw new Error(JSON.stringify(answer));
      const { retryAfterMs } = answer.error;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
    this.last = text;
  }
}

async function inDatabase<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const folder = join(process.env.PARLOUR_E2E_DATA ?? '', 'postgres');
  const client = new Client({ connectionString: databaseUrlOf(readCredentials(folder)) });
  await client.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

/**
 * Copies a conversation with its contact, visitor, log and timers, under ids of their own that are
 * a second older each: what as many visitors would have left behind.
 * @returns takes the copies out again, whose like no other test expects
 */
export async function multiply(
  conversationId: string,
  copies: number,
): Promise<() => Promise<void>> {
  const ids = await inDatabase(async (client) => {
    await client.query(
      `CREATE TEMP TABLE fresh ON COMMIT DROP AS
       SELECT n, uuidv7(make_interval(secs => -n)) AS id, uuidv7() AS contact_id,
         uuidv7() AS visitor_id FROM generate_series(1, ${copies}) AS n`,
    );
    const whose = 'FROM conversation c CROSS JOIN fresh f';
    const copy = (sql: string) => client.query(sql, [conversationId]);
    await copy(
      `INSERT INTO contact SELECT (jsonb_populate_record(k,
         jsonb_build_object('id', f.contact_id, 'name', 'Caller ' || f.n))).*
       ${whose} JOIN contact k ON k.id = c.contact_id WHERE c.id = $1`,
    );
    await copy(
      `INSERT INTO visitor SELECT (jsonb_populate_record(v,
         jsonb_build_object('id', f.visitor_id, 'contact_id', f.contact_id))).*
       ${whose} JOIN visitor v ON v.id = c.visitor_id WHERE c.id = $1`,
    );
    await copy(
      `INSERT INTO conversation SELECT (jsonb_populate_record(c, jsonb_build_object(
         'id', f.id, 'contact_id', f.contact_id, 'visitor_id', f.visitor_id))).*
       ${whose} WHERE c.id = $1`,
    );
    const renamed = (column: string) =>
      `replace(replace(replace(${column}, c.id::text, f.id::text), c.contact_id::text,
        f.contact_id::text), c.visitor_id::text, f.visitor_id::text)`;
    await copy(
      `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, v,
         actor_kind, actor_id, data, created_at)
       SELECT f.id, e.seq, e.workspace_id, e.public_seq, ${renamed('e.source')}, e.client_id, e.kind,
         e.v, e.actor_kind, CASE WHEN e.actor_id = c.visitor_id THEN f.visitor_id ELSE e.actor_id END,
         ${renamed('e.data::text')}::jsonb, e.created_at
       ${whose} JOIN event e ON e.conversation_id = c.id WHERE c.id = $1`,
    );
    await copy(
      `INSERT INTO timer SELECT (jsonb_populate_record(t, jsonb_build_object('conversation_id', f.id,
         'shard', get_byte(uuid_send(f.id), 15) & 15))).*
       ${whose} JOIN timer t ON t.conversation_id = c.id WHERE c.id = $1`,
    );
    const { rows } = await client.query<{ ids: string[][] }>(
      'SELECT array_agg(ARRAY[id, contact_id, visitor_id]::text[]) AS ids FROM fresh',
    );
    return rows[0]?.ids ?? [];
  });
  const column = (at: number) => ids.map((each) => each[at]);
  return () =>
    inDatabase(async (client) => {
      for (const table of ['timer', 'event', 'member_read']) {
        await client.query(`DELETE FROM ${table} WHERE conversation_id = ANY ($1)`, [column(0)]);
      }
      await client.query('DELETE FROM conversation WHERE id = ANY ($1)', [column(0)]);
      await client.query('DELETE FROM visitor WHERE id = ANY ($1)', [column(2)]);
      await client.query('DELETE FROM contact WHERE id = ANY ($1)', [column(1)]);
    });
}
