import type { Pool } from 'pg';
import { RANGE_BITS, rangeTerm } from '#server/conversation/search/terms.ts';
import { IDS, MOST_TIMES, type Mould } from './moulds.ts';
import type { Shop } from './shop.ts';
import { POOL_SIZE, person, textPool } from './texts.ts';

export interface Size {
  conversations: number;
  open: number;
  /** Conversations of 10,000 events. */
  long: number;
  contacts: number;
}

/** Names of the seed's own tables, dropped at its end. */
export const PLAN_TABLES = [
  'bench_text',
  'bench_contact',
  'bench_mould',
  'bench_event',
  'bench_conversation',
  'bench_range',
] as const;

const columns = <T extends object>(rows: readonly T[]) => JSON.stringify(rows);

/** Arguments of format() for a mould's holes; `times` is an SQL expression. */
export const HOLES = (times: string) =>
  [
    'c.id',
    'c.workspace_id',
    'c.channel_id',
    'c.contact_id',
    'c.visitor_id',
    'c.flow_version_id',
    'c.queue_id',
    'c.agent_id',
    ...Array.from({ length: MOST_TIMES }, (_, at) => `c.base + (${times})[${at + 1}]`),
  ].join(', ');
if (IDS.length !== 8) throw new Error('HOLES names eight ids');

/** The text of a message: always the same for the same conversation and seq. */
export const TEXT_ID = (n: string, seq: string) =>
  `c.lang * ${POOL_SIZE} + (${n}::bigint * 7919 + ${seq} * 104729) % ${POOL_SIZE}`;

/** What is copied: texts, contacts, moulds. */
async function loadParts(pool: Pool, moulds: readonly Mould[], contacts: number): Promise<void> {
  await pool.query(`CREATE UNLOGGED TABLE bench_text (id int PRIMARY KEY, text text, data jsonb, terms int[]);
    CREATE UNLOGGED TABLE bench_contact (idx int PRIMARY KEY, name text, email text, terms int[]);
    CREATE UNLOGGED TABLE bench_mould (id int PRIMARY KEY, record jsonb, held text, held_times bigint[],
      messages int, events int, preview_seq int);
    CREATE UNLOGGED TABLE bench_event (mould int, seq int, public_seq int, source text, system_source text,
      client_id text, kind text, actor_kind text, at bigint, data text, times bigint[], message int)`);
  const texts = textPool().map(({ text, terms }, id) => ({ id, text, terms: `{${terms.join()}}` }));
  await pool.query(
    `INSERT INTO bench_text SELECT id, text, jsonb_build_object('text', text), terms::int[]
     FROM jsonb_to_recordset($1::jsonb) AS t(id int, text text, terms text)`,
    [columns(texts)],
  );
  for (let from = 0; from < contacts; from += 20_000) {
    const people = Array.from({ length: Math.min(20_000, contacts - from) }, (_, at) => {
      const { name, email, terms } = person(from + at);
      return { idx: from + at, name, email, terms: `{${terms.join()}}` };
    });
    await pool.query(
      `INSERT INTO bench_contact SELECT idx, name, email, terms::int[]
       FROM jsonb_to_recordset($1::jsonb) AS t(idx int, name text, email text, terms text)`,
      [columns(people)],
    );
  }
  for (const [id, { record, held, heldTimes, messages, events, after }] of moulds.entries()) {
    const at = (time: number | null) => (time === null ? null : after(time));
    const relative = {
      ...record,
      enteredAt: at(record.enteredAt),
      queuedAt: at(record.queuedAt),
      closedAt: at(record.closedAt),
      lastVisitorAt: at(record.lastVisitorAt),
      lastAgentAt: at(record.lastAgentAt),
    };
    const last = Math.max(record.lastVisitorSeq, record.lastAgentSeq);
    await pool.query('INSERT INTO bench_mould VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      id,
      JSON.stringify(relative),
      held,
      heldTimes,
      messages,
      events.length,
      last,
    ]);
    const said = events.filter((event) => event.kind === 'message.sent');
    const numbers = new Map(said.map((event, at) => [event, at + 1]));
    const rows = events.map((event) => ({
      ...event,
      mould: id,
      times: `{${event.times.join()}}`,
      message: numbers.get(event) ?? null,
    }));
    await pool.query(
      `INSERT INTO bench_event SELECT mould, seq, "publicSeq", source, "systemSource", "clientId", kind,
         "actorKind", at, data, times::bigint[], message
       FROM jsonb_to_recordset($1::jsonb) AS t(mould int, seq int, "publicSeq" int, source text,
         "systemSource" text, "clientId" text, kind text, "actorKind" text, at bigint, data text,
         times text, message int)`,
      [columns(rows)],
    );
  }
}

/** A UUIDv7 of a time, the rest from a word: the same at every run. */
const UUID = (ms: string, word: string) =>
  `(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || substr(md5(${word}), 1, 3) || '8' || substr(md5(${word}), 4, 15))::uuid`;

export const CONTACT_ID = (idx: string) => UUID('1700000000000', `'contact' || ${idx}`);
export const VISITOR_ID = (idx: string) => UUID('1700000000000', `'visitor' || ${idx}`);

const DAY = 86_400_000;
/** The log reaches back a year, a partition each month. */
const SPAN = 350 * DAY;

/**
 * Who talked with whom and when: the closed ones over a year in order, those of today last, the long ones (still open) in the middle. Contacts
 * come back: a tenth of them make a third of the conversations. English and Chinese half and half.
 */
async function loadConversations(pool: Pool, shop: Shop, moulds: readonly Mould[], size: Size) {
  const named = (name: string) => moulds.findIndex((mould) => mould.name === name);
  const closed = moulds.flatMap((mould, id) => Array.from({ length: mould.weight }, () => id));
  const today = [named('queued 1'), named('serving 12'), named('serving 12'), named('wrapup 10')];
  await pool.query(
    `CREATE UNLOGGED TABLE bench_conversation AS
     WITH numbers AS (
       SELECT n, n > $1::int - $2::int AS open, n / $3::int = $1::int / 2 / $3::int AS long FROM generate_series(1, $1::int) n),
     drawn AS (
       SELECT n, open, long, abs(hashint8(n + 77)) % 2 AS lang, abs(hashint8(n)) AS h, abs(hashint8(n + 1000000007)) AS h2 FROM numbers),
     placed AS MATERIALIZED (
       SELECT n, open, lang, h, h2,
         CASE WHEN long THEN $4::int WHEN open THEN ($5::int[])[1 + h % 4] ELSE ($6::int[])[1 + h % 100] END AS mould,
         CASE WHEN open THEN $7::bigint - 2 * 3600000 + (n - $1::int + $2::int)::bigint * 3600000 / $2::int
           ELSE $7::bigint - 86400000 - ($1::int - n)::bigint * $8::bigint / $1::int END AS base,
         -- Those open now are of different people: one open conversation for a contact and channel.
         CASE WHEN open THEN $1::int - n WHEN long THEN $2::int + n % $3::int ELSE (power((h2 % 1000000) / 1e6::float8, 1.6) * $9::int)::int % $9::int END AS contact
       FROM drawn)
     SELECT n, mould, lang, contact AS contact_idx, base,
       ${UUID('base', `'conversation' || n`)} AS id, $10::uuid AS workspace_id,
       ${CONTACT_ID('contact')} AS contact_id, ${VISITOR_ID('contact')} AS visitor_id, $11::uuid AS flow_version_id,
       ($12::uuid[])[1 + contact % cardinality($12::uuid[])] AS channel_id,
       ($13::uuid[])[1 + h % cardinality($13::uuid[])] AS queue_id,
       ($14::uuid[])[1 + h2 % cardinality($14::uuid[])] AS agent_id,
       sum(m.messages + 1) OVER (ORDER BY n) - m.messages AS first_entry
     FROM placed JOIN bench_mould m ON m.id = mould`,
    [
      size.conversations,
      size.open,
      size.long,
      named('serving 10000'),
      today,
      closed,
      Date.now(),
      SPAN,
      size.contacts,
      shop.workspaceId,
      shop.flowVersionId,
      shop.channelIds,
      shop.queueIds,
      shop.agents.map(({ actor }) => actor.memberId),
    ],
  );
  await pool.query('CREATE UNIQUE INDEX ON bench_conversation (n)');
}

async function loadRanges(pool: Pool, workspaceId: string): Promise<number> {
  const { rows } = await pool.query<{ last: string }>(
    `SELECT max(c.first_entry + m.messages)::text AS last FROM bench_conversation c JOIN bench_mould m ON m.id = c.mould`,
  );
  const last = Number(rows[0]?.last);
  const ranges = RANGE_BITS.flatMap((bits) =>
    Array.from({ length: Math.floor(last / 2 ** bits) + 1 }, (_, place) => ({
      bits,
      place,
      term: rangeTerm(workspaceId, bits, place * 2 ** bits),
    })),
  );
  await pool.query(
    'CREATE UNLOGGED TABLE bench_range (bits int, place bigint, term int, PRIMARY KEY (bits, place))',
  );
  await pool.query(
    `INSERT INTO bench_range SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(bits int, place bigint, term int)`,
    [columns(ranges)],
  );
  return last;
}

/** Everything the copies are made of, as tables of the database. @returns the last number of the search index */
export async function loadPlan(
  pool: Pool,
  shop: Shop,
  moulds: readonly Mould[],
  size: Size,
  say: (line: string) => void,
): Promise<number> {
  await loadParts(pool, moulds, size.contacts);
  say('parts');
  await loadConversations(pool, shop, moulds, size);
  say('people and times');
  const last = await loadRanges(pool, shop.workspaceId);
  await pool.query(PLAN_TABLES.map((table) => `ANALYZE ${table}`).join('; '));
  return last;
}
