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

/** Entries of one range, newest first, that are looked at together. */
const TAKE = 300;
/** Entries looked at in one answer: bounds what is spent for those who may see little. */
const BUDGET = 5 * TAKE;
/** A range with fewer than this is followed by a wider one. */
const FEW = 50;

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
    // Only the GIN index may serve it: `n + 0` and OFFSET 0 hide the primary key, along which a plan for
    // any parameters would walk a million entries for a rare word. Sorting is bounded by the range.
    text: `SELECT e.n::float8 AS n, e.conversation_id, e.seq FROM (
        SELECT s.n, s.conversation_id, s.seq FROM search_entry s
        WHERE s.terms @> $2::int[] AND s.workspace_id = $1 AND s.n + 0 >= $3 AND s.n + 0 < $4 OFFSET 0) e
      ORDER BY e.n DESC LIMIT ${TAKE}`,
    values: [ctx.workspaceId, terms, from, before],
  });
  return rows;
}

/**
 * Entries newest first, in chunks. The smallest range is asked first, then ever wider ones: words that
 * are in many messages fill the page at once, and words that are in few cost little in a wide range.
 */
async function* newestFirst(
  pool: Pool,
  ctx: MemberCtx,
  query: SearchQuery,
  before: number,
): AsyncGenerator<Candidate[]> {
  let level = 0;
  let top = before;
  while (top > 1) {
    const bits = RANGE_BITS[level] ?? RANGE_BITS[0];
    const range = rangeTerm(ctx.workspaceId, bits, top - 1);
    const floor = Math.floor((top - 1) / 2 ** bits) * 2 ** bits;
    const found = await candidates(pool, ctx, [...query.terms, range], floor, top);
    if (found.length > 0) yield found;
    const last = found.at(-1);
    const full = found.length === TAKE && last !== undefined;
    top = full ? last.n : floor;
    if (full) level = 0;
    else if (found.length < FEW) level = Math.min(level + 1, RANGE_BITS.length - 1);
  }
}

/** Those of the conversations that the member may see, by id. */
async function visible(
  pool: Pool,
  ctx: MemberCtx,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'search_visible',
    text: `SELECT c.id FROM conversation c
      WHERE c.workspace_id = $1 AND c.id = ANY ($4::uuid[]) AND ${MAY_SEE('$1', '$2', '$3')}`,
    values: [ctx.workspaceId, ctx.actor.memberId, seesAll(ctx), ids],
  });
  return new Set(rows.map((row) => row.id));
}

interface Text {
  n: number;
  text: string | null;
  name: string | null;
  email: string | null;
}

async function texts(
  pool: Pool,
  ctx: MemberCtx,
  some: readonly Candidate[],
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await pool.query<Text>({
    name: 'search_texts',
    text: `SELECT f.n, e.data->>'text' AS text, ct.name, ct.email
      FROM unnest($2::float8[], $3::uuid[], $4::int[]) AS f(n, conversation_id, seq)
      JOIN conversation c ON c.id = f.conversation_id AND c.workspace_id = $1
      JOIN contact ct ON ct.id = c.contact_id AND ct.workspace_id = c.workspace_id
      LEFT JOIN event e ON e.conversation_id = f.conversation_id AND e.seq = f.seq
        AND e.workspace_id = $1 AND e.kind = 'message.sent'`,
    values: [
      ctx.workspaceId,
      some.map((one) => one.n),
      some.map((one) => one.conversation_id),
      some.map((one) => one.seq),
    ],
  });
  return new Map(
    rows.map(({ n, text, name, email }) => [n, text ?? [name, email].filter(Boolean).join(' ')]),
  );
}

interface Hit {
  n: number;
  conversationId: string;
  seq: number | null;
  excerpt: string;
}

/** Of each conversation the newest candidate whose text holds the words; newest first. */
async function compare(
  pool: Pool,
  ctx: MemberCtx,
  query: SearchQuery,
  some: readonly Candidate[],
): Promise<Hit[]> {
  const left = new Map<string, Candidate[]>();
  for (const one of some)
    left.set(one.conversation_id, [...(left.get(one.conversation_id) ?? []), one]);
  const hits: Hit[] = [];
  // Nearly always the first of each holds them, and one round is all.
  while (left.size > 0) {
    const firsts = [...left.values()].flatMap((list) => list.shift() ?? []);
    const said = await texts(pool, ctx, firsts);
    for (const { n, conversation_id: conversationId, seq } of firsts) {
      const text = said.get(n) ?? '';
      const held = holds(text, query);
      if (held) {
        hits.push({
          n,
          conversationId,
          seq: seq === 0 ? null : seq,
          excerpt: excerptOf(text, query),
        });
      }
      if (held || left.get(conversationId)?.length === 0) left.delete(conversationId);
    }
  }
  return hits.sort((a, b) => b.n - a.n);
}

async function newestOf(pool: Pool, ctx: MemberCtx): Promise<number> {
  const { rows } = await pool.query<{ n: number }>({
    name: 'search_newest',
    text: 'SELECT last_n::float8 AS n FROM search_progress WHERE workspace_id = $1',
    values: [ctx.workspaceId],
  });
  return rows[0]?.n ?? 0;
}

/** The hits of one page, and where the next begins (null: there is none). */
async function pageOf(pool: Pool, ctx: MemberCtx, query: SearchQuery, before: number) {
  const hits = new Map<string, Hit>();
  const seen = new Map<string, boolean>();
  let looked = 0;
  for await (const chunk of newestFirst(pool, ctx, query, before)) {
    looked += chunk.length;
    const ids = new Set(chunk.map((one) => one.conversation_id).filter((id) => !seen.has(id)));
    const shown = await visible(pool, ctx, [...ids]);
    for (const id of ids) seen.set(id, shown.has(id));
    const some = chunk.filter(({ conversation_id: id }) => seen.get(id) === true && !hits.has(id));
    for (const hit of await compare(pool, ctx, query, some)) {
      hits.set(hit.conversationId, hit);
      if (hits.size === LIMITS.searchPage) return { hits: [...hits.values()], next: hit.n };
    }
    const last = chunk.at(-1)?.n ?? 0;
    if (looked >= BUDGET && last > 1) return { hits: [...hits.values()], next: last };
  }
  return { hits: [...hits.values()], next: null };
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
  const { hits, next } = await pageOf(pool, ctx, query, before);
  const rows = await visibleRows(
    pool,
    ctx,
    hits.map((hit) => hit.conversationId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    hits: hits.flatMap(({ conversationId, seq, excerpt }) => {
      const row = byId.get(conversationId);
      return row ? [{ row, seq, excerpt }] : [];
    }),
    next: next === null ? null : String(next),
  };
}
