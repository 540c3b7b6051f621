import type { Pool } from 'pg';
import { together } from '#lib/db/together.ts';
import { logger } from '#lib/observability/logger.ts';
import type { PageView } from '#lib/protocol/primitives.ts';
import type { VisitorIdentity } from '#server/conversation/visitors/index.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';

const log = logger.child({ scope: 'gateway' });

/** A page change closes the old socket before the new one opens: not told as having left. */
const LEFT_AFTER_MS = 4_000;
/** Over plain HTTPS a client asks every few seconds. */
const SILENT_AFTER_MS = 15_000;

type Who = Pick<VisitorIdentity, 'workspaceId' | 'contactId' | 'channelId'>;

interface OpenConversation {
  id: string;
  url: string | null;
  title: string | null;
}

/** The open conversation of each, if any. */
async function openConversations(
  pool: Pool,
  people: readonly Who[],
): Promise<readonly (OpenConversation | undefined)[]> {
  const { rows } = await pool.query<OpenConversation & { n: number }>({
    name: 'gateway.open_conversations',
    text: `SELECT u.n::int AS n, c.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
        AS u(workspace_id, contact_id, channel_id, n)
      CROSS JOIN LATERAL (SELECT c.id, v.page_url AS url, v.page_title AS title
        FROM conversation c JOIN visitor v ON v.id = c.visitor_id AND v.workspace_id = c.workspace_id
        WHERE c.workspace_id = u.workspace_id AND c.contact_id = u.contact_id
          AND c.channel_id = u.channel_id AND c.closed_at IS NULL LIMIT 1) c`,
    values: [
      people.map((who) => who.workspaceId),
      people.map((who) => who.contactId),
      people.map((who) => who.channelId),
    ],
  });
  const found = new Map(rows.map((row) => [row.n, row]));
  return people.map((_, index) => found.get(index + 1));
}

/** Members see who came up to so much later when many come; in a stream each would cost a statement. */
const HINT_GAP_MS = 50;

/**
 * Whether a person is connected, and on which page, for the members who look at their conversation.
 * Never stored (D5): the sockets know.
 */
export function createVisitorPresence(gateway: GatewayContext) {
  const leaving = new Map<string, NodeJS.Timeout>();
  const openConversation = together(
    (people: readonly Who[]) => openConversations(gateway.pool, people),
    { gapMs: HINT_GAP_MS },
  );

  /** Asks every node; used when a conversation is opened and when somebody seems to have left. */
  const isOnline = async (contactId: string, channelId: string): Promise<boolean> => {
    const room = rooms.person(contactId, channelId);
    if (gateway.visitorSockets.adapter.rooms.has(room) || leaving.has(room)) return true;
    if (!gateway.transport().shared) return false;
    try {
      return (await gateway.visitorSockets.in(room).fetchSockets()).length > 0;
    } catch (error) {
      // Some node does not answer; what is not known to be there is shown as away.
      log.warn({ err: error }, 'visitor_presence_unknown');
      return false;
    }
  };

  const tell = async (who: Who, online: boolean, page?: PageView): Promise<void> => {
    const open = await openConversation(who);
    if (!open) return;
    const stored = open.url === null ? null : { url: open.url, title: open.title ?? '' };
    gateway.memberSockets
      .to(rooms.conversation(open.id))
      .emit('visitor', { conversationId: open.id, online, page: page ?? stored });
  };

  const hint = (work: Promise<void>) => {
    work.catch((error: unknown) => log.warn({ err: error }, 'visitor_presence_hint_failed'));
  };

  /** Tells that they have left, unless they are heard of again within `ms`. */
  const leaveLater = (who: Who, room: string, ms: number) => {
    clearTimeout(leaving.get(room));
    const timer = setTimeout(() => {
      leaving.delete(room);
      hint(
        isOnline(who.contactId, who.channelId).then((online) =>
          online ? undefined : tell(who, false),
        ),
      );
    }, ms);
    timer.unref();
    leaving.set(room, timer);
  };

  return {
    isOnline,
    /** Asked something over HTTPS, without a socket. */
    seen(who: Who): void {
      const room = rooms.person(who.contactId, who.channelId);
      if (gateway.visitorSockets.adapter.rooms.has(room)) return;
      if (!leaving.has(room)) hint(tell(who, true));
      leaveLater(who, room, SILENT_AFTER_MS);
    },
    arrived(who: Who): void {
      const room = rooms.person(who.contactId, who.channelId);
      const timer = leaving.get(room);
      clearTimeout(timer);
      leaving.delete(room);
      // Already told by the tab before.
      if (timer || (gateway.visitorSockets.adapter.rooms.get(room)?.size ?? 0) > 1) return;
      hint(tell(who, true));
    },
    left(who: Who): void {
      const room = rooms.person(who.contactId, who.channelId);
      if (gateway.visitorSockets.adapter.rooms.has(room) || leaving.has(room)) return;
      leaveLater(who, room, LEFT_AFTER_MS);
    },
    viewed: (who: Who, page: PageView): Promise<void> => tell(who, true, page),
    close(): void {
      for (const timer of leaving.values()) clearTimeout(timer);
      leaving.clear();
    },
  };
}

export type VisitorPresence = ReturnType<typeof createVisitorPresence>;
