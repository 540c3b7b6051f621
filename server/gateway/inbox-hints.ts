import type { Committed } from '#server/conversation/index.ts';
import { createCoalescer } from './coalesce.ts';
import { rooms } from './rooms.ts';

/**
 * How often inboxes are told that something changed; they then sync what. The first change is told at
 * once. A message in a served conversation moves nothing between views: its owner hears of more at most
 * each second, the others, for whom it is a preview further down, each five (decision 0102).
 */
const EVERY_MS = { moves: 250, own: 1_000, chatter: 5_000 } as const;

type Change = Pick<Committed, 'workspaceId' | 'before' | 'after'>;

/** @param tell pushes the hint to a room of members */
export function createInboxHints(tell: (room: string) => void) {
  const everybody = (workspaceId: string) => tell(rooms.inbox(workspaceId));
  const moves = createCoalescer<string>(EVERY_MS.moves, everybody);
  const chatter = createCoalescer<string>(EVERY_MS.chatter, everybody);
  const own = createCoalescer<string>(EVERY_MS.own, (memberId) => tell(rooms.member(memberId)));
  return {
    committed({ workspaceId, before, after }: Change): void {
      if (before !== after || after.ownerId === null) {
        moves.ask(workspaceId);
        return;
      }
      own.ask(after.ownerId);
      chatter.ask(workspaceId);
    },
    everybody: moves.ask,
    close(): void {
      for (const hints of [moves, chatter, own]) hints.close();
    },
  };
}
