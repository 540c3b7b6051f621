import { logger } from '#lib/observability/logger.ts';
import type { ReadMoved } from '#server/conversation/index.ts';
import type { Reads } from '#server/conversation/reads/index.ts';
import { createCoalescer } from './coalesce.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';

const log = logger.child({ scope: 'fanout' });

/** Places in a queue are told at most this often, and to the first so many; the rest compare heads. */
const QUEUE_EVERY_MS = 1_000;
const PLACES_TOLD = 50;
const READS_EVERY_MS = 300;

/** Pushes of changes that are no events: read marks and places in the queue. */
export function createRowPushes(gateway: GatewayContext, reads: Reads) {
  const { pool, conversations, visitorSockets, memberSockets } = gateway;

  /** The outlines of these conversations, each to the person's room. */
  const tellVisitors = async (workspaceId: string, ids: readonly string[]): Promise<void> => {
    const { rows } = await pool.query<{ id: string; channel_id: string; contact_id: string }>({
      name: 'gateway.persons',
      text: 'SELECT id, channel_id, contact_id FROM conversation WHERE workspace_id = $1 AND id = ANY ($2)',
      values: [workspaceId, ids],
    });
    const listening = rows
      .map((row) => ({ id: row.id, room: rooms.person(row.contact_id, row.channel_id) }))
      .filter(({ room }) => gateway.transport().shared || visitorSockets.adapter.rooms.has(room));
    const outlines = await reads.outlinesOf(
      workspaceId,
      listening.map(({ id }) => id),
    );
    for (const outline of outlines) {
      const room = listening.find(({ id }) => id === outline.id)?.room;
      if (room) visitorSockets.to(room).emit('conversation', outline);
    }
  };

  const tellQueue = async (key: string): Promise<void> => {
    const [workspaceId = '', queueId = ''] = key.split(' ');
    const places = await reads.queuePlaces(workspaceId, queueId, PLACES_TOLD);
    await tellVisitors(
      workspaceId,
      places.map((place) => place.conversationId),
    );
  };

  /** The visitor's mark is a public seq; members count all events. */
  const tellMembers = async ({ workspaceId, conversationId, visitorReadSeq }: ReadMoved) => {
    const { rows } = await pool.query<{ seq: number }>({
      name: 'gateway.seq_of_public',
      text: `SELECT seq FROM event WHERE conversation_id = $1 AND workspace_id = $2
        AND seq >= $3 AND public_seq = $3 ORDER BY seq LIMIT 1`,
      values: [conversationId, workspaceId, visitorReadSeq],
    });
    memberSockets
      .to(rooms.conversation(conversationId))
      .emit('read', { conversationId, visitorReadSeq: rows[0]?.seq ?? 0 });
  };

  const tellRead = async (moved: ReadMoved): Promise<void> => {
    if (moved.memberId === null) await tellMembers(moved);
    // The reader's other tabs: their inbox rows carry the mark.
    else memberSockets.to(rooms.member(moved.memberId)).emit('inbox', {});
    await tellVisitors(moved.workspaceId, [moved.conversationId]);
  };

  const hint = (work: Promise<void>) => {
    work.catch((error: unknown) => log.warn({ err: error }, 'row_push_failed'));
  };
  const newestRead = new Map<string, ReadMoved>();
  const queues = createCoalescer<string>(QUEUE_EVERY_MS, (key) => hint(tellQueue(key)));
  const marks = createCoalescer<string>(READS_EVERY_MS, (key) => {
    const moved = newestRead.get(key);
    newestRead.delete(key);
    if (moved) hint(tellRead(moved));
  });
  const stop = conversations.onReadMoved((moved) => {
    const key = `${moved.conversationId} ${moved.memberId ?? 'v'}`;
    newestRead.set(key, moved);
    marks.ask(key);
  });

  return {
    queueMoved: (queueId: string, workspaceId: string) => queues.ask(`${workspaceId} ${queueId}`),
    close(): void {
      stop();
      queues.close();
      marks.close();
    },
  };
}

export type RowPushes = ReturnType<typeof createRowPushes>;
