import type { ConversationRow } from '#lib/protocol/member.ts';
import type { MemberCtx } from '../context.ts';
import { presentConversationRow, type RowCompany } from '../presenters/conversation-row.ts';
import type { ConversationRecord } from '../records.ts';
import {
  CONVERSATION_COLUMNS,
  type ConversationColumns,
  conversationOf,
  type Database,
} from '../store.ts';
import { MAY_SEE, seesAll } from './actors.ts';

interface CompanyColumns {
  contact_name: string | null;
  contact_email: string | null;
  identified: boolean;
  channel_name: string;
  read_seq: number;
  visitor_read_as_seq: number;
}

export type RowColumns = ConversationColumns & CompanyColumns;

/**
 * What a row shows besides `conversation AS c`. The visitor's mark is a public seq; its event lies at
 * that seq or as many above as notes and internal events came before it, so the scan upwards is short.
 * @param memberId SQL expression of the asking member
 */
const COMPANY_COLUMNS = `ct.name AS contact_name, ct.email AS contact_email,
  ct.external_id IS NOT NULL AS identified, ch.name AS channel_name,
  coalesce(mr.seq, 0) AS read_seq, coalesce(vr.seq, 0) AS visitor_read_as_seq`;

const COMPANY = (memberId: string) => `
  JOIN contact ct ON ct.id = c.contact_id AND ct.workspace_id = c.workspace_id
  JOIN channel ch ON ch.id = c.channel_id AND ch.workspace_id = c.workspace_id
  LEFT JOIN member_read mr ON mr.conversation_id = c.id AND mr.member_id = ${memberId}
    AND mr.workspace_id = c.workspace_id
  LEFT JOIN LATERAL (SELECT e.seq FROM event e
    WHERE e.conversation_id = c.id AND e.workspace_id = c.workspace_id AND c.visitor_read_seq > 0
      AND e.seq >= c.visitor_read_seq AND e.public_seq = c.visitor_read_seq
    ORDER BY e.seq LIMIT 1) vr ON true`;

/** `SELECT … FROM (<page of conversation AS c>)`: joins only what the page holds. */
export const ROWS_OF = (page: string, memberId: string) =>
  `SELECT ${CONVERSATION_COLUMNS}, ${COMPANY_COLUMNS} FROM (${page}) c ${COMPANY(memberId)}`;

function companyOf(row: CompanyColumns): RowCompany {
  return {
    contact: { name: row.contact_name, email: row.contact_email },
    identified: row.identified,
    channelName: row.channel_name,
    readSeq: row.read_seq,
    visitorReadSeq: row.visitor_read_as_seq,
  };
}

export function rowOf(row: RowColumns): ConversationRow {
  return presentConversationRow(conversationOf(row), companyOf(row));
}

/** Those of `ids` which this member may see, in order of id. */
export async function visibleRows(
  database: Database,
  ctx: MemberCtx,
  ids: readonly string[],
): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await database.query<RowColumns>({
    name: 'rows_visible',
    text: `${ROWS_OF(
      `SELECT c.* FROM conversation c WHERE c.workspace_id = $1 AND c.id = ANY ($4)
        AND ${MAY_SEE('$1', '$2', '$3')}`,
      '$2',
    )} ORDER BY c.id`,
    values: [ctx.workspaceId, ctx.actor.memberId, seesAll(ctx), ids],
  });
  return rows.map(rowOf);
}

/** A record just committed, and the member who is to be shown it. */
export interface ShownTo {
  ctx: MemberCtx;
  record: ConversationRecord;
}

/**
 * Each record as its member's row, in one statement; null: there is no such conversation. No authority is
 * checked: who moved it is shown it.
 */
export async function presentRows(
  database: Database,
  asked: readonly ShownTo[],
): Promise<(ConversationRow | null)[]> {
  const { rows } = await database.query<CompanyColumns & { n: number }>({
    name: 'rows_company',
    text: `SELECT u.n::int AS n, ${COMPANY_COLUMNS}
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
        AS u(workspace_id, member_id, conversation_id, n)
      JOIN conversation c ON c.workspace_id = u.workspace_id AND c.id = u.conversation_id
      ${COMPANY('u.member_id')}`,
    values: [
      asked.map(({ ctx }) => ctx.workspaceId),
      asked.map(({ ctx }) => ctx.actor.memberId),
      asked.map(({ record }) => record.conversationId),
    ],
  });
  const found = new Map(rows.map((row) => [row.n, row]));
  return asked.map(({ record }, index) => {
    const row = found.get(index + 1);
    return row ? presentConversationRow(record, companyOf(row)) : null;
  });
}
