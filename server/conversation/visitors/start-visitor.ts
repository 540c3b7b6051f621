import type { Pool } from 'pg';
import type { SiteIdentity } from '#lib/auth/site-identity.ts';
import type { Locale } from '#lib/protocol/primitives.ts';
import { inTransaction, upsertContact } from './identify-visitor.ts';
import type { ChannelIdentity, VisitorIdentity } from './identity.ts';

/** What a page says about itself when it starts or resumes a session. */
export interface VisitorPage {
  locale: Locale | undefined;
  userAgent: string | null;
  page: { url: string; title: string } | undefined;
}

/** A new visitor: of the site's person, or anonymous with a contact of its own. */
export async function startVisitor(
  pool: Pool,
  channel: ChannelIdentity,
  person: SiteIdentity | null,
  from: VisitorPage,
): Promise<VisitorIdentity> {
  const locale = from.locale ?? 'en';
  return inTransaction(pool, async (client) => {
    const contactId = person
      ? await upsertContact(client, channel.workspaceId, person)
      : await anonymousContact(client, channel.workspaceId);
    const { rows } = await client.query<{ id: string; token_rev: number }>(
      `INSERT INTO visitor
         (id, workspace_id, channel_id, contact_id, identified, locale, user_agent, page_url, page_title)
       VALUES (uuidv7(), $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id, token_rev`,
      [
        channel.workspaceId,
        channel.channelId,
        contactId,
        person !== null,
        locale,
        from.userAgent,
        from.page?.url ?? null,
        from.page?.title ?? null,
      ],
    );
    const row = rows[0];
    if (!row) throw new Error('insert of a visitor returned no row');
    return {
      ...channel,
      visitorId: row.id,
      contactId,
      tokenRev: row.token_rev,
      identified: person !== null,
      locale,
    };
  });
}

async function anonymousContact(
  client: Parameters<typeof upsertContact>[0],
  workspaceId: string,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO contact (id, workspace_id) VALUES (uuidv7(), $1) RETURNING id',
    [workspaceId],
  );
  const row = rows[0];
  if (!row) throw new Error('insert of a contact returned no row');
  return row.id;
}
