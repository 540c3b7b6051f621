import type { Pool, PoolClient } from 'pg';
import type { SiteIdentity } from '#lib/auth/site-identity.ts';
import { ParlourError } from '#lib/protocol/errors.ts';

/** Runs `work` in one transaction of its own. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot roll back is closed, so that nobody inherits its transaction.
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The contact of a site's person, made or brought up to date; claims the site leaves out stay. */
export async function upsertContact(
  client: PoolClient,
  workspaceId: string,
  person: SiteIdentity,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO contact AS c (id, workspace_id, external_id, name, email)
     VALUES (uuidv7(), $1, $2, $3, $4)
     ON CONFLICT (workspace_id, external_id) DO UPDATE
       SET name = coalesce(excluded.name, c.name), email = coalesce(excluded.email, c.email)
     RETURNING id`,
    [workspaceId, person.externalId, person.name, person.email],
  );
  const row = rows[0];
  if (!row) throw new Error('upsert of a contact returned no row');
  return row.id;
}

/** The person opened a conversation on another device in that moment, or a deadlock: seen at the next try. */
const RACED = new Set(['23505', '40P01', '40001']);

export interface Anonymous {
  visitorId: string;
  workspaceId: string;
  contactId: string;
  tokenRev: number;
}

/**
 * Merges an anonymous visitor into the site's person: once, only when never identified before.
 * The token is rotated, so that whoever copied the anonymous one does not come along.
 *
 * Earlier conversations follow to the person's contact. Where the person already has an open one in
 * the channel, an open anonymous one stays with its own contact (one open conversation per contact
 * and channel); the visitor still reaches it as the browser that opened it (decision 0051).
 * @throws ParlourError conflict when another request identified this visitor first
 */
export async function identifyVisitor(
  pool: Pool,
  visitor: Anonymous,
  person: SiteIdentity,
): Promise<{ contactId: string; tokenRev: number }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await merge(pool, visitor, person);
    } catch (error) {
      const { code } = error as { code?: string };
      if (attempt === 3 || !code || !RACED.has(code)) throw error;
    }
  }
}

async function merge(
  pool: Pool,
  visitor: Anonymous,
  person: SiteIdentity,
): Promise<{ contactId: string; tokenRev: number }> {
  return inTransaction(pool, async (client) => {
    // Conversations first: the lock order of every transaction.
    await client.query(
      `SELECT 1 FROM conversation WHERE workspace_id = $1 AND contact_id = $2 ORDER BY id FOR UPDATE`,
      [visitor.workspaceId, visitor.contactId],
    );
    const claimed = await client.query<{ token_rev: number }>(
      `UPDATE visitor SET identified = true, token_rev = token_rev + 1
       WHERE id = $1 AND workspace_id = $2 AND token_rev = $3 AND NOT identified
       RETURNING token_rev`,
      [visitor.visitorId, visitor.workspaceId, visitor.tokenRev],
    );
    const tokenRev = claimed.rows[0]?.token_rev;
    if (tokenRev === undefined) throw new ParlourError('conflict');
    const contactId = await upsertContact(client, visitor.workspaceId, person);
    await client.query('UPDATE visitor SET contact_id = $1 WHERE id = $2 AND workspace_id = $3', [
      contactId,
      visitor.visitorId,
      visitor.workspaceId,
    ]);
    // Told to the log in the same statement: the row stays the fold of its events (I5). The key holds
    // a space, as no client's can.
    await client.query(
      `WITH moved AS (
         UPDATE conversation AS c SET contact_id = $1, last_seq = last_seq + 1
         WHERE c.workspace_id = $2 AND c.contact_id = $3 AND (c.closed_at IS NOT NULL OR NOT EXISTS (
           SELECT 1 FROM conversation o
           WHERE o.contact_id = $1 AND o.channel_id = c.channel_id AND o.closed_at IS NULL))
         RETURNING c.id, c.workspace_id, c.last_seq)
       INSERT INTO event (conversation_id, seq, workspace_id, source, client_id, kind, actor_kind, actor_id,
         data, created_at)
       SELECT id, last_seq, workspace_id, 'v:' || $4::uuid, 'contact identified', 'contact.identified',
         'visitor', $4::uuid, $5::jsonb, clock_timestamp()
       FROM moved`,
      [
        contactId,
        visitor.workspaceId,
        visitor.contactId,
        visitor.visitorId,
        JSON.stringify({ contactId, name: person.name, email: person.email }),
      ],
    );
    // What the person typed into the offline form is worth keeping where the site says nothing.
    await client.query(
      `UPDATE contact AS c SET name = coalesce(c.name, a.name), email = coalesce(c.email, a.email)
       FROM contact a WHERE c.id = $1 AND a.id = $2 AND c.workspace_id = $3 AND a.workspace_id = $3`,
      [contactId, visitor.contactId, visitor.workspaceId],
    );
    await client.query(
      `DELETE FROM contact a WHERE a.id = $1 AND a.workspace_id = $2 AND a.external_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.contact_id = a.id)
         AND NOT EXISTS (SELECT 1 FROM visitor v WHERE v.contact_id = a.id)`,
      [visitor.contactId, visitor.workspaceId],
    );
    return { contactId, tokenRev };
  });
}
