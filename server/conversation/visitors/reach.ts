import type { Db, VisitorIdentity } from './identity.ts';

/** Rooms of the person this visitor hears: its contact, and contacts of conversations it opened. */
export async function reachableContacts(
  db: Db,
  visitor: Pick<VisitorIdentity, 'workspaceId' | 'contactId' | 'visitorId' | 'channelId'>,
): Promise<string[]> {
  const { rows } = await db.query<{ contact_id: string }>({
    name: 'visitors.reachable_contacts',
    text: `SELECT DISTINCT contact_id FROM conversation
      WHERE workspace_id = $1 AND visitor_id = $2 AND channel_id = $3 AND closed_at IS NULL`,
    values: [visitor.workspaceId, visitor.visitorId, visitor.channelId],
  });
  return [...new Set([visitor.contactId, ...rows.map((row) => row.contact_id)])];
}
