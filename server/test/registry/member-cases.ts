import { newKey } from '../factories.ts';
import type { Agent, World } from './world.ts';

/** Who may do a command where, and what others who see the conversation are told. */
export interface MemberCase {
  prepare(world: World): Promise<{ actor: Agent; input: Record<string, unknown> }>;
  /**
   * `own`: everybody asks about themselves: others are answered, with nothing of ours.
   * `seen`: whoever sees the conversation may, a colleague of the queue included.
   * A code: whoever sees it but holds no part in it is refused so.
   */
  others: 'own' | 'seen' | 'not_owner' | 'offer_gone';
}

const own = (input: Record<string, unknown> = {}): MemberCase => ({
  prepare: async (world) => ({ actor: world.ada, input }),
  others: 'own',
});

const on = (
  make: (world: World) => Promise<string>,
  others: MemberCase['others'],
  more: (world: World) => Record<string, unknown> = () => ({ clientKey: newKey() }),
  actor: (world: World) => Agent = (world) => world.ada,
): MemberCase => ({
  prepare: async (world) => ({
    actor: actor(world),
    input: { conversationId: await make(world), ...more(world) },
  }),
  others,
});

const served = (world: World) => world.served(world.ada);
const transferring = (world: World) => world.transferring(world.ada, world.bo);
const bo = (world: World) => world.bo;
const key = () => ({ clientKey: newKey() });

/** One for each member command; the test fails for a command without one. */
export const MEMBER_CASES: Readonly<Record<string, MemberCase>> = {
  'desk.open': own(),
  'inbox.list': own({ view: 'all' }),
  'inbox.sync': {
    async prepare(world) {
      const listed = await world.asMember(world.ada, 'inbox.list', { view: 'all' });
      if (!listed.ok) throw new Error('could not list');
      const { cursor } = listed.data as { cursor: string };
      await world.served(world.ada);
      return { actor: world.ada, input: { cursor } };
    },
    others: 'own',
  },
  'inbox.counts': own(),
  'conversation.search': own({ query: 'hello' }),
  'availability.set': own({ availability: 'available' }),
  'conversation.open': on(served, 'seen', () => ({ after: 0 })),
  // Leaves a room of one's own socket: there is nothing to see and nothing to refuse.
  'conversation.leave': on(served, 'own', () => ({})),
  'conversation.sync': on(served, 'seen', () => ({ after: 0 })),
  'conversation.read': on(served, 'seen', () => ({ seq: 1 })),
  'note.add': on(served, 'seen', () => ({ clientKey: newKey(), text: 'A note' })),
  'conversation.take': on((world) => world.queued(), 'seen'),
  'message.send': on(served, 'not_owner', () => ({ clientKey: newKey(), text: 'Hello' })),
  typing: on(served, 'not_owner', () => ({ on: true })),
  'offer.accept': on((world) => world.offered(world.ada), 'offer_gone'),
  'offer.decline': on((world) => world.offered(world.ada), 'offer_gone'),
  'transfer.request': on(served, 'not_owner', (world) => ({
    clientKey: newKey(),
    to: { kind: 'member', memberId: world.bo.id },
  })),
  'transfer.accept': on(transferring, 'offer_gone', key, bo),
  'transfer.decline': on(transferring, 'offer_gone', key, bo),
  'transfer.cancel': on(transferring, 'not_owner'),
  'conversation.return': on(served, 'not_owner'),
  'conversation.end': on(served, 'not_owner'),
  'wrapup.finish': on((world) => world.wrapup(world.ada), 'not_owner'),
};
