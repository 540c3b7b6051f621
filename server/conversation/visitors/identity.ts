import type { Pool, PoolClient } from 'pg';
import { together } from '#lib/db/together.ts';

/** Where the visitors' use cases read and write; a transaction's client or the pool. */
export type Db = Pick<PoolClient, 'query'> | Pool;

export interface ChannelIdentity {
  channelId: string;
  workspaceId: string;
  publicKey: string;
  /** Exact origins that may embed the panel. */
  allowedOrigins: readonly string[];
}

/** An authenticated visitor: whose conversations it may see, and from which pages it may speak. */
export interface VisitorIdentity extends ChannelIdentity {
  visitorId: string;
  contactId: string;
  tokenRev: number;
  identified: boolean;
  locale: string;
}

type ChannelRow = {
  channel_id: string;
  workspace_id: string;
  public_key: string;
  allowed_origins: string[];
};

const CHANNEL_COLUMNS = 'ch.id AS channel_id, ch.workspace_id, ch.public_key, ch.allowed_origins';

function toChannel(row: ChannelRow): ChannelIdentity {
  return {
    channelId: row.channel_id,
    workspaceId: row.workspace_id,
    publicKey: row.public_key,
    allowedOrigins: row.allowed_origins,
  };
}

/** The live channel of a public key, or null. */
export async function findChannel(db: Db, publicKey: string): Promise<ChannelIdentity | null> {
  const { rows } = await db.query<ChannelRow>({
    name: 'visitors.find_channel',
    text: `SELECT ${CHANNEL_COLUMNS} FROM channel ch WHERE ch.public_key = $1 AND ch.disabled_at IS NULL`,
    values: [publicKey],
  });
  return rows[0] ? toChannel(rows[0]) : null;
}

type VisitorRow = ChannelRow & {
  visitor_id: string;
  contact_id: string;
  token_rev: number;
  identified: boolean;
  locale: string;
};

const VISITOR_COLUMNS = `v.id AS visitor_id, v.contact_id, v.token_rev, v.identified, v.locale, ${CHANNEL_COLUMNS}`;

const LIVE_VISITOR = `visitor v
      JOIN channel ch ON ch.id = v.channel_id AND ch.workspace_id = v.workspace_id
      WHERE v.id = ANY ($1::uuid[]) AND ch.disabled_at IS NULL`;

function toVisitor(row: VisitorRow): VisitorIdentity {
  return {
    ...toChannel(row),
    visitorId: row.visitor_id,
    contactId: row.contact_id,
    tokenRev: row.token_rev,
    identified: row.identified,
    locale: row.locale,
  };
}

/** A visitor of a live channel, or null. */
export async function findVisitor(db: Db, visitorId: string): Promise<VisitorIdentity | null> {
  const { rows } = await db.query<VisitorRow>({
    name: 'visitors.find_visitor',
    text: `SELECT ${VISITOR_COLUMNS} FROM ${LIVE_VISITOR}`,
    values: [[visitorId]],
  });
  return rows[0] ? toVisitor(rows[0]) : null;
}

export interface Arrival {
  visitor: VisitorIdentity;
  /** The person's rooms this visitor hears: its contact, and contacts of conversations it opened. */
  contactIds: string[];
}

/** The same of many with whom they reach, in one statement: thousands connect at once after an outage. */
async function findAllArriving(
  db: Db,
  visitorIds: readonly string[],
): Promise<readonly (Arrival | null)[]> {
  const { rows } = await db.query<VisitorRow & { reached: string[] }>({
    name: 'visitors.find_arriving',
    text: `SELECT ${VISITOR_COLUMNS}, ARRAY(SELECT DISTINCT c.contact_id::text FROM conversation c
        WHERE c.workspace_id = v.workspace_id AND c.visitor_id = v.id AND c.channel_id = v.channel_id
          AND c.closed_at IS NULL) AS reached
      FROM ${LIVE_VISITOR}`,
    values: [visitorIds],
  });
  const found = new Map(
    rows.map((row) => [
      row.visitor_id,
      { visitor: toVisitor(row), contactIds: [...new Set([row.contact_id, ...row.reached])] },
    ]),
  );
  return visitorIds.map((id) => found.get(id) ?? null);
}

/** Some 600 a second come after an outage: one by one they would share no statement. */
const ARRIVAL_GAP_MS = 10;

const arrivals = new WeakMap<Db, (visitorId: string) => Promise<Arrival | null>>();

/** A visitor of a live channel with whom it reaches, or null. */
export function findArriving(db: Db, visitorId: string): Promise<Arrival | null> {
  let find = arrivals.get(db);
  if (!find) {
    const ask = (visitorIds: readonly string[]) => findAllArriving(db, visitorIds);
    find = together(ask, { gapMs: ARRIVAL_GAP_MS });
    arrivals.set(db, find);
  }
  return find(visitorId);
}
