import type { Pool } from 'pg';
import type { Ledger } from './fleet.ts';

/** Conversations read at once. */
const CHUNK = 250;

interface Message {
  conversationId: string;
  publicSeq: number;
}

/** The twelve digits at the end of a message's key and the process that made it. */
function numberOf(clientId: string): { process: number; message: number } {
  return {
    process: Number.parseInt(clientId.slice(19, 23), 16) - 0x8000,
    message: Number(clientId.slice(24)),
  };
}

/**
 * Compares what generators were told with what is stored: each acknowledged message is there once,
 * under the seq it was acknowledged with, in its conversation; none that was refused is there; the logs
 * are gapless and each row ends where its log ends (D1, I5).
 * @param conversationsOf of a generator, in the order of its own indexes
 */
export async function checkStored(
  pool: Pool,
  workspaceId: string,
  ledgers: readonly Ledger[],
  conversationsOf: (process: number) => readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  let more = 0;
  const add = (line: string) => {
    if (problems.length < 20) problems.push(line);
    else more += 1;
  };
  for (const ledger of ledgers) problems.push(...ledger.problems);
  const byProcess = new Map(ledgers.map((ledger) => [ledger.number, ledger]));
  const conversations = ledgers.map((ledger) => conversationsOf(ledger.number));
  const seen = ledgers.map((ledger) => new Uint8Array(ledger.talk.length));
  const all = conversations.flat();

  for (let from = 0; from < all.length; from += CHUNK) {
    const ids = all.slice(from, from + CHUNK);
    for (const { client_id, ...message } of await messagesOf(pool, workspaceId, ids)) {
      const { process, message: number } = numberOf(client_id);
      const ledger = byProcess.get(process);
      const at = ledgers.findIndex((one) => one.number === process);
      const marks = seen[at];
      if (!ledger || !marks || !(number < marks.length)) {
        add(`a stored message was never sent: ${client_id}`);
        continue;
      }
      if (marks[number] === 1) add(`message ${process}/${number} is stored twice`);
      marks[number] = 1;
      const wanted: Message = {
        conversationId: conversations[at]?.[ledger.talk[number] ?? -1] ?? '',
        publicSeq: ledger.seq[number] ?? 0,
      };
      if (wanted.publicSeq === -1) add(`message ${process}/${number} was refused and is stored`);
      if (wanted.publicSeq > 0 && wanted.publicSeq !== message.publicSeq) {
        add(
          `message ${process}/${number}: acknowledged ${wanted.publicSeq}, stored ${message.publicSeq}`,
        );
      }
      if (wanted.conversationId !== message.conversationId) {
        add(`message ${process}/${number} is stored in another conversation`);
      }
    }
    for (const broken of await brokenLogs(pool, workspaceId, ids)) add(broken);
  }
  for (const [at, ledger] of ledgers.entries()) {
    for (let number = 0; number < ledger.seq.length; number += 1) {
      if ((ledger.seq[number] as number) > 0 && seen[at]?.[number] !== 1) {
        add(`message ${ledger.number}/${number} was acknowledged and is not stored`);
      }
    }
  }
  if (more > 0) problems.push(`… and ${more} more problems`);
  return problems;
}

async function messagesOf(pool: Pool, workspaceId: string, ids: readonly string[]) {
  const { rows } = await pool.query<Message & { client_id: string }>({
    text: `SELECT conversation_id AS "conversationId", client_id, public_seq AS "publicSeq" FROM event
      WHERE workspace_id = $1 AND conversation_id = ANY ($2::uuid[]) AND kind = 'message.sent'
        AND client_id LIKE '________-____-7000-8___-____________'`,
    values: [workspaceId, ids],
  });
  return rows;
}

/** I5, counted by the database. */
async function brokenLogs(pool: Pool, workspaceId: string, ids: readonly string[]) {
  const { rows } = await pool.query<{ id: string }>({
    text: `SELECT c.id FROM conversation c JOIN LATERAL (
        SELECT count(*)::int AS n, max(seq) AS last, count(public_seq)::int AS public_n,
          max(public_seq) AS public_last FROM event e WHERE e.conversation_id = c.id) e ON true
      WHERE c.workspace_id = $1 AND c.id = ANY ($2::uuid[]) AND (e.n <> e.last OR e.last <> c.last_seq
        OR e.public_n <> e.public_last OR e.public_last <> c.last_public_seq)`,
    values: [workspaceId, ids],
  });
  return rows.map((row) => `conversation ${row.id}: its log has gaps or is not what its row says`);
}
