/** Wire protocol generation N. The server speaks N and N−1; bump when a message's meaning changes. */
export const PROTOCOL_VERSION = 2;
export const OLDEST_PROTOCOL_VERSION = PROTOCOL_VERSION - 1;
