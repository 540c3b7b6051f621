import type { Reply } from '#lib/protocol/envelope.ts';

/**
 * Read marks move forward only (D6). One call per conversation at a time; the newest wish is sent
 * after it, and what a lost connection swallowed goes out with the next one.
 */
export function createReadMarks(
  send: (conversationId: string, seq: number) => Promise<Reply<unknown>>,
) {
  const wanted = new Map<string, number>();
  const settled = new Map<string, number>();
  const busy = new Set<string>();

  async function flush(conversationId: string) {
    if (busy.has(conversationId)) return;
    busy.add(conversationId);
    let wish = wanted.get(conversationId) ?? 0;
    while (wish > (settled.get(conversationId) ?? 0)) {
      const reply = await send(conversationId, wish);
      // Repeated with the next connection or the next wish; refusals are final.
      if (!reply.ok && reply.error.retryAfterMs !== undefined) break;
      settled.set(conversationId, wish);
      wish = wanted.get(conversationId) ?? 0;
    }
    busy.delete(conversationId);
  }

  return {
    /** How far this device has read. */
    get: (conversationId: string) => wanted.get(conversationId) ?? 0,
    /** False when it was read so far already. */
    mark(conversationId: string, seq: number): boolean {
      if (seq <= (wanted.get(conversationId) ?? 0)) return false;
      wanted.set(conversationId, seq);
      void flush(conversationId);
      return true;
    },
    flushAll() {
      for (const conversationId of wanted.keys()) void flush(conversationId);
    },
    clear() {
      wanted.clear();
      settled.clear();
    },
  };
}
