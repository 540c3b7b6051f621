/**
 * Rooms of the sockets. One emit goes to one room (a fan-out through Redis then reaches only the
 * nodes that have somebody in it). Names are longer than 20 characters: the sharded adapter takes a
 * 20-character room for a socket's own.
 */
export const rooms = {
  /**
   * The person's browsers in one channel: the audience `visitor` of each of their conversations. Not a
   * room per conversation, so that the first message of a new one reaches the other devices too
   * (decision 0050).
   */
  person: (contactId: string, channelId: string) => `p:${contactId}:${channelId}`,
  /** One visitor's own sockets. */
  visitor: (visitorId: string) => `v:${visitorId}`,
  /** Members who have a conversation open. */
  conversation: (conversationId: string) => `c:${conversationId}:m`,
  /** Of those rooms the ones of conversations, by conversation. */
  conversationsAmong: (names: Iterable<string>) =>
    new Map(
      [...names].flatMap((name) => {
        const [kind, conversationId] = name.split(':');
        return kind === 'c' && conversationId ? [[conversationId, name] as const] : [];
      }),
    ),
  inbox: (workspaceId: string) => `w:${workspaceId}:inbox`,
  /** One member's tabs and devices. */
  member: (memberId: string) => `m:${memberId}`,
} as const;
