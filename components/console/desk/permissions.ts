import type { ConversationRow, MemberView } from '#lib/protocol/member.ts';

/** What a member can do to a conversation now; the server decides again. */
export interface Permitted {
  reply: boolean;
  note: boolean;
  take: 'no' | 'take' | 'override';
  answer: 'no' | 'offer' | 'transfer';
  transfer: boolean;
  cancelTransfer: boolean;
  giveBack: boolean;
  end: boolean;
  finish: boolean;
}

const NOTHING: Permitted = {
  reply: false,
  note: false,
  take: 'no',
  answer: 'no',
  transfer: false,
  cancelTransfer: false,
  giveBack: false,
  end: false,
  finish: false,
};

export function isSupervisor(role: MemberView['role']): boolean {
  return role !== 'agent';
}

/** From the row's phase, owner and target (I1, I3), and the member's role. */
export function permitted(
  row: Pick<ConversationRow, 'phase' | 'ownerId' | 'targetMemberId'>,
  me: Pick<MemberView, 'id' | 'role'>,
): Permitted {
  const mine = row.ownerId === me.id;
  const toMe = row.targetMemberId === me.id;
  const override = isSupervisor(me.role) ? 'override' : 'no';
  switch (row.phase) {
    case 'closed':
      return NOTHING;
    case 'bot':
    case 'queued':
    case 'offline':
      return { ...NOTHING, note: true, take: 'take' };
    case 'offered':
      return toMe
        ? { ...NOTHING, note: true, answer: 'offer' }
        : { ...NOTHING, note: true, take: override };
    case 'serving':
      if (!mine) return { ...NOTHING, note: true, take: override };
      return { ...NOTHING, reply: true, note: true, transfer: true, giveBack: true, end: true };
    case 'transferring':
      if (mine) return { ...NOTHING, reply: true, note: true, cancelTransfer: true, end: true };
      if (toMe) return { ...NOTHING, note: true, answer: 'transfer' };
      return { ...NOTHING, note: true, take: override };
    case 'wrapup':
      if (!mine) return { ...NOTHING, note: true, take: override };
      return { ...NOTHING, reply: true, note: true, finish: true };
  }
}
