import * as z from 'zod';
import { defineQuery } from '../command.ts';

const PAGE = 50;

/** Configuration changes, newest first, a page at a time. */
export const listAudit = defineQuery({
  name: 'audit.list',
  role: 'admin',
  input: z.object({ before: z.uuid().optional() }),
  async run(db, { workspaceId }, { before }) {
    // Ids are UUIDv7: their order is the order of time.
    const entries = await db.auditEntry.findMany({
      where: { workspaceId, ...(before ? { id: { lt: before } } : {}) },
      orderBy: { id: 'desc' },
      take: PAGE + 1,
    });
    const actors = await db.member.findMany({
      where: { workspaceId, id: { in: entries.flatMap((e) => e.actorMemberId ?? []) } },
      include: { user: true },
    });
    const names = new Map(actors.map((m) => [m.id, m.displayName ?? m.user.name]));
    return {
      entries: entries.slice(0, PAGE).map((e) => ({
        id: e.id,
        at: e.at.toISOString(),
        actor: e.actorMemberId ? (names.get(e.actorMemberId) ?? null) : null,
        action: e.action,
        targetKind: e.targetKind,
        targetId: e.targetId,
        before: e.before,
        after: e.after,
      })),
      more: entries.length > PAGE,
    };
  },
});
