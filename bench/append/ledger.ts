import type { Pool } from 'pg';
import type { ConversationRecord } from '#server/conversation/index.ts';
import { eventsAfter, findConversation } from '#server/conversation/store.ts';
import { foldEvent } from '#server/conversation/store-fold.ts';
import type { Desk, Talker } from './people.ts';

/** Of message `number`: its key in the log. */
export const keyOf = (number: number): string => `b-${number}`;

/** The number in a key of ours; null: somebody else's. */
const numberOf = (key: string): number | null =>
  key.startsWith('b-') ? Number(key.slice(2)) : null;

/** Whose turn message `number` is. */
export const talkerOf = (talkers: readonly Talker[], number: number): Talker =>
  talkers[number % talkers.length] as Talker;

/**
 * What was acknowledged: by number, where it was said to stand. In typed arrays: an object for each
 * would be copied by the collector of the process that is measured, 15 ms at a time.
 */
export class Ledger {
  /** Acknowledged public seq by number; 0: not acknowledged. */
  #seqs = new Int32Array(1 << 20);
  acked = 0;
  errors = 0;
  /** Times somebody was told to come again later (D7). */
  sentAway = 0;
  lastError = '';

  acknowledged(number: number, publicSeq: number): void {
    if (number >= this.#seqs.length) {
      const grown = new Int32Array(this.#seqs.length * 2);
      grown.set(this.#seqs);
      this.#seqs = grown;
    }
    this.#seqs[number] = publicSeq;
    this.acked += 1;
  }

  failed(error: unknown): void {
    this.errors += 1;
    this.lastError = error instanceof Error ? error.message : String(error);
  }

  /**
   * Compares with the log: each acknowledged message stored once where its ack said, seqs gapless,
   * and (of `folded` conversations) the row the fold of its events (I5).
   * @param whose whose turn a message was, where not always the same talkers took turns
   * @returns what did not hold, one line each
   */
  async check(
    pool: Pool,
    desk: Desk,
    talkers: readonly Talker[],
    folded: number,
    whose = (number: number): Talker | undefined => talkerOf(talkers, number),
  ): Promise<string[]> {
    const wrong: string[] = [];
    const { rows: gaps } = await pool.query<{ id: string }>(
      `SELECT c.id FROM conversation c LEFT JOIN LATERAL (
         SELECT count(*)::int AS events, max(e.seq) AS seq, count(e.public_seq)::int AS seen,
           max(e.public_seq) AS public_seq FROM event e WHERE e.conversation_id = c.id) l ON true
       WHERE c.workspace_id = $1 AND (l.events <> c.last_seq OR l.seq <> c.last_seq
         OR l.seen <> c.last_public_seq OR l.public_seq <> c.last_public_seq)`,
      [desk.workspaceId],
    );
    for (const { id } of gaps.slice(0, 5)) wrong.push(`conversation ${id} has a gap (I5)`);

    const stored = new Uint8Array(this.#seqs.length);
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      // By conversation, a few hundred at a time: the whole log at once would not fit.
      const { rows } = await pool.query<{ id: string; keys: string[]; seqs: number[] }>(
        `SELECT c.id, l.keys, l.seqs FROM (SELECT id FROM conversation
           WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 200) c
         CROSS JOIN LATERAL (SELECT array_agg(e.client_id) AS keys, array_agg(e.public_seq) AS seqs
           FROM event e WHERE e.conversation_id = c.id AND e.kind = 'message.sent') l ORDER BY c.id`,
        [desk.workspaceId, after],
      );
      for (const { id, keys, seqs } of rows) {
        after = id;
        for (const [index, key] of (keys ?? []).entries()) {
          const number = numberOf(key);
          if (number === null) continue;
          stored[number] = (stored[number] ?? 0) + 1;
          const ack = this.#seqs[number] ?? 0;
          if (ack !== 0 && (whose(number)?.conversationId !== id || ack !== seqs[index])) {
            wrong.push(`message ${key} stands elsewhere than its ack said`);
          }
        }
      }
      if (rows.length < 200) break;
    }
    for (const [number, seq] of this.#seqs.entries()) {
      if (seq === 0 || stored[number] === 1) continue;
      wrong.push(`message ${keyOf(number)} was acknowledged and is stored ${stored[number]} times`);
    }
    for (const { conversationId } of talkers.slice(0, folded)) {
      const difference = await unfolded(pool, desk.workspaceId, conversationId);
      if (difference) wrong.push(difference);
    }
    return wrong.length > 20 ? [...wrong.slice(0, 20), `… and ${wrong.length - 20} more`] : wrong;
  }
}

async function unfolded(pool: Pool, workspaceId: string, id: string): Promise<string | null> {
  const events = await eventsAfter(pool, workspaceId, id, 0, 1_000_000);
  const row = await findConversation(pool, workspaceId, id);
  const fold = events.reduce<ConversationRecord | null>(foldEvent, null);
  if (!row || !fold) return `conversation ${id} is missing`;
  const { visitorReadSeq, agentReadSeq } = row;
  const expected: Record<string, unknown> = { ...fold, visitorReadSeq, agentReadSeq };
  for (const [name, value] of Object.entries(row)) {
    if (JSON.stringify(sorted(value)) !== JSON.stringify(sorted(expected[name]))) {
      return `conversation ${id}: ${name} is not the fold of its events (I5)`;
    }
  }
  return null;
}

/** jsonb keeps no order of keys. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
