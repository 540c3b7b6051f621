/** Bounds both ends know (D9). */
export const LIMITS = {
  /** Bytes of UTF-8 in a message or note. */
  textBytes: 8 * 1024,
  /** Events in one page of a sync answer. */
  syncPage: 500,
  /** Conversations in one page of a list. */
  listPage: 50,
  /** Conversations in one page of a search. */
  searchPage: 20,
  searchLength: 120,
  nameLength: 120,
  emailLength: 254,
  urlLength: 2048,
  /** Bytes of one socket frame or HTTP body. */
  frameBytes: 64 * 1024,
  /** How far a client-made UUIDv7's time may lie from the server's. */
  idSkewMs: 24 * 3600 * 1000,
  heartbeatPingMs: 15_000,
  heartbeatTimeoutMs: 10_000,
  /** Heads are compared this long after joining and then at this interval. */
  headsFirstMs: 1_000,
  headsEveryMs: 15_000,
  /** At most one typing signal per this many ms (D5). */
  typingEveryMs: 500,
  typingShownMs: 6_000,
} as const;
