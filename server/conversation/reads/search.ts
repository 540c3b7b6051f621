import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { MemberCtx } from '../context.ts';
import {
  excerptOf,
  holds,
  parseQuery,
  RANGE_BITS,
  rangeTerm,
  type SearchQuery,
} from '../search/terms.ts';
import { MAY_SEE, seesAll } from './actors.ts';
import { visibleRows } from './rows.ts';

/** Entries looked at in one answer: bounds what is spent for those who may see little. */
const BUDGET = 600;
/** Of one range of the index, newest first. */
const TAKE = 200;
/** Read and compared at a time; a page of hits and some to spare for what may not be seen. */
const COMPARE = 40;

interface Candidate {
  n: number;
  conversation_id: string;
  seq: number;
}

/** The newest entries below `before` in one range. */
async function candidates(
  pool: Pool,
  ctx: MemberCtx,
  terms: readonly number[],
  from: number,
  before: number,
): Promise<Candidate[]> {
  const { rows } = await pool.query<Candidate>({
    name: 'search_candidates',
    // The bitmap is of one range, so that sorting it is bounded; OFFSET 0 keeps the planner from
    // walking the primary key backwards instead, which is endless for rare words.
    text: `SELECT e.n::float8 AS n, e.conversation_id, e.seq FROM (
        SELECT s.n, s.conversation_id, s.seq FROM search_entry s
        WHERE s.terms @> $2::int[] AND s.workspace_id = $1 AND s.n >= $3 AND s.n < $4 OFFSET 0) e
      ORDER BY e.n DESC LIMIT ${TAKE}`,
    values: [ctx.workspaceId, terms, from, before],
  });
  return rows;
}

/**
 * Entries newest first. The smallest range is asked first, then ever wider ones: words that are in
 * many messages fill the page at once, and words that are in few cost little in a wide range.
 */
async function* newestFirst(
  pool: Pool,
  ctx: MemberCtx,
  query: SearchQuery,
  before: number,
): AsyncGenerator<Candidate> {
  let level = 0;
  let top = before;
  while (top > 1) {
    const bits = RANGE_BITS[level] ?? RANGE_BITS[0];
    const range = rangeTerm(ctx.workspaceId, bits, top - 1);
    const floor = Math.floor((top - 1) / 2 ** bits) * 2 ** bits;
    const found = await candidates(pool, ctx, [...query.terms, range], floor, top);
    yield* found;
    const last = found.at(-1);
    const full = found.length === TAKE && last !== undefined;
    top = full ? last.n : floor;
    if (full) level = 0;
    else if (found.length < TAKE / 4) level = Math.min(level + 1, RANGE_BITS.length - 1);
  }
}

interface Text {
  n: number;
  text: string | null;
  name: string | null;
  email: string | null;
}

/** The texts of those that the member may see. */
async function texts(
  pool: Pool,
  ctx: MemberCtx,
  some: readonly Candidate[],
): Promise<Map<number, Text>> {
  const { rows } = await pool.query<Text>({
    name: 'search_texts',
    text: `SELECT f.n, e.data->>'text' AS text, ct.name, ct.email
      FROM unnest($4::float8[], $5::uuid[], $6::int[]) AS f(n, conversation_id, seq)
      JOIN conversation c ON c.id = f.conversation_id AND c.workspace_id = $1
      JOIN contact ct ON ct.id = c.contact_id AND ct.workspace_id = c.workspace_id
      LEFT JOIN LATERAL (SELECT e.data FROM event e WHERE e.conversation_id = f.conversation_id
        AND e.seq = f.seq AND e.workspace_id = $1 AND e.kind = 'message.sent') e ON true
      WHERE ${MAY_SEE('$1', '$2', '$3')}`,
    values: [
      ctx.workspaceId,
      ctx.actor.memberId,
      seesAll(ctx),
      some.map((one) => one.n),
      some.map((one) => one.conversation_id),
      some.map((one) => one.seq),
    ],
  });
  return new Map(rows.map((row) => [row.n, row]));
}

interface Hit {
  conversationId: string;
  seq: number | null;
  excerpt: string;
}

/** Those of a few candidates that hold the words, in their order. */
async function compare(
  pool: Pool,
  ctx: MemberCtx,
  query: SearchQuery,
  some: readonly Candidate[],
): Promise<(Hit & { n: number })[]> {
  const seen = await texts(pool, ctx, some);
  return some.flatMap(({ n, conversation_id: conversationId, seq }) => {
    const row = seen.get(n);
    if (!row) return [];
    const text = seq === 0 ? [row.name, row.email].filter(Boolean).join(' ') : (row.text ?? '');
    if (!holds(text, query)) return [];
    return [{ n, conversationId, seq: seq === 0 ? null : seq, excerpt: excerptOf(text, query) }];
  });
}

async function newestOf(pool: Pool, ctx: MemberCtx): Promise<number> {
  const { rows } = await pool.query<{ n: number }>({
    name: 'search_newest',
    text: 'SELECT last_n::float8 AS n FROM search_progress WHERE workspace_id = $1',
    values: [ctx.workspaceId],
  });
  return rows[0]?.n ?? 0;
}

/**
 * Conversations the member may see of which a message, or the contact's name and e-mail, holds every
 * word of the query; newest match first, each once in a page. What is said comes in a second or two
 * later (the worker indexes it).
 * @param after `next` of the page before
 */
export async function searchConversations(
  pool: Pool,
  ctx: MemberCtx,
  text: string,
  after: string | undefined,
): Promise<MemberOutput<'conversation.search'>> {
  const query = parseQuery(text);
  if (!query) return { hits: [], next: null };
  const before = after === undefined ? (await newestOf(pool, ctx)) + 1 : Number(after);
  const hits = new Map<string, Hit>();
  let next: number | null = null;
  let looked = 0;
  let waiting: Candidate[] = [];

  // False: the page is full, and `next` is where it ended.
  const settle = async () => {
    const some = waiting.filter((one) => !hits.has(one.conversation_id));
    const last = waiting.at(-1);
    waiting = [];
    for (const { n, ...hit } of await compare(pool, ctx, query, some)) {
      if (!hits.has(hit.conversationId)) hits.set(hit.conversationId, hit);
      if (hits.size === LIMITS.searchPage) {
        next = n;
        return false;
      }
    }
    next = last?.n ?? next;
    return looked < BUDGET;
  };

  let more = false;
  for await (const one of newestFirst(pool, ctx, query, before)) {
    waiting.push(one);
    looked += 1;
    if (waiting.length === COMPARE && !(await settle())) {
      more = true;
      break;
    }
  }
  if (!more && waiting.length > 0) more = !(await settle());

  const rows = await visibleRows(pool, ctx, [...hits.keys()]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    hits: [...hits.values()].flatMap(({ conversationId, seq, excerpt }) => {
      const row = byId.get(conversationId);
      return row ? [{ row, seq, excerpt }] : [];
    }),
    next: more && next !== null && next > 1 ? String(next) : null,
  };
}
