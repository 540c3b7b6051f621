import type { FlowEvent, Opening } from '#lib/domain/conversation/index.ts';

/** What happens to a conversation, ms after what happened before. `fire` is whichever timer is live. */
export interface Happening {
  after: number;
  event: Exclude<FlowEvent, { type: 'timer.fired' }> | { type: 'fire'; name: string };
}

export interface Life {
  name: string;
  staffed: boolean;
  happenings: readonly Happening[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const QUEUE = 'queue-1';
const ANN = 'member-ann';
const BOB = 'member-bob';

export const OPENING: Opening = {
  conversationId: 'conversation-1',
  workspaceId: 'workspace-1',
  channelId: 'channel-1',
  contactId: 'contact-1',
  queueId: QUEUE,
  staffed: true,
  weight: 1,
};

const visitor = { after: 20 * SECOND, event: { type: 'visitor.message' } } as const;
const agent = (memberId: string): Happening => ({
  after: 25 * SECOND,
  event: { type: 'agent.message', memberId },
});
/** Both write in turn, as in a chat of `count` messages. */
const talk = (memberId: string, count: number): Happening[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? agent(memberId) : visitor));
const offered = (memberId: string, auto = false): Happening => ({
  after: 2 * SECOND,
  event: { type: 'offer.made', memberId, offerMs: 30 * SECOND, auto },
});
const accepted = (memberId: string): Happening => ({
  after: 5 * SECOND,
  event: { type: 'offer.accepted', memberId },
});
const ended: Happening[] = [
  { after: 10 * SECOND, event: { type: 'conversation.ended', by: 'agent', memberId: ANN } },
  { after: 30 * SECOND, event: { type: 'wrapup.finished', memberId: ANN } },
];
const transfer = (answer: 'transfer.accepted' | 'transfer.declined'): Happening[] => [
  {
    after: 10 * SECOND,
    event: {
      type: 'transfer.requested',
      by: ANN,
      to: { kind: 'member', memberId: BOB },
      offerMs: 45 * SECOND,
      staffed: true,
    },
  },
  { after: 8 * SECOND, event: { type: answer, memberId: BOB } },
];
const fire = (name: string, after: number): Happening => ({ after, event: { type: 'fire', name } });

/**
 * Lives of conversations as a support desk sees them: mostly one agent and a dozen messages; some
 * declined, transferred, left by the visitor, written out of hours. Of 100 events about 80 are messages.
 */
export const LIVES: readonly Life[] = [
  {
    name: 'served',
    staffed: true,
    happenings: [offered(ANN), accepted(ANN), visitor, ...talk(ANN, 14), ...ended],
  },
  {
    name: 'assigned without asking',
    staffed: true,
    happenings: [offered(ANN, true), visitor, ...talk(ANN, 18), ...ended],
  },
  {
    name: 'declined, expired, then accepted',
    staffed: true,
    happenings: [
      offered(BOB),
      { after: 3 * SECOND, event: { type: 'offer.declined', memberId: BOB } },
      visitor,
      fire('stillWaiting', 2 * MINUTE),
      offered(ANN),
      accepted(ANN),
      ...talk(ANN, 12),
      ...ended,
    ],
  },
  {
    name: 'transferred',
    staffed: true,
    happenings: [
      offered(ANN),
      accepted(ANN),
      ...talk(ANN, 6),
      ...transfer('transfer.declined'),
      ...talk(ANN, 4),
      ...transfer('transfer.accepted'),
      ...talk(BOB, 8),
      { after: MINUTE, event: { type: 'conversation.ended', by: 'visitor' } },
      fire('wrapup', 2 * MINUTE),
    ],
  },
  {
    name: 'left by the visitor',
    staffed: true,
    happenings: [
      offered(ANN),
      accepted(ANN),
      ...talk(ANN, 9),
      // Early: the base moved since it was set.
      fire('visitorIdle', 5 * MINUTE),
      fire('visitorIdle', 30 * MINUTE),
      fire('wrapup', 2 * MINUTE),
    ],
  },
  {
    name: 'out of hours',
    staffed: false,
    happenings: [
      visitor,
      visitor,
      { after: 5 * MINUTE, event: { type: 'queue.staffed', queueId: QUEUE } },
      offered(ANN),
      fire('offer', 30 * SECOND),
      { after: MINUTE, event: { type: 'agent.took', memberId: ANN, override: false } },
      ...talk(ANN, 8),
      ...ended,
    ],
  },
];
