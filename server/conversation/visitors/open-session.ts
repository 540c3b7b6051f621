import type { Pool } from 'pg';
import { type SiteIdentity, type SiteKey, verifySiteIdentity } from '#lib/auth/site-identity.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { VisitorSessionRequest } from '#lib/protocol/visitor.ts';
import { identifyVisitor, inTransaction, upsertContact } from './identify-visitor.ts';
import { type ChannelIdentity, findChannel, type VisitorIdentity } from './identity.ts';
import { startVisitor, type VisitorPage } from './start-visitor.ts';
import { authenticateVisitor, issueToken } from './tokens.ts';

export interface VisitorDeps {
  pool: Pool;
  /** 32 bytes: `deriveKey('visitor-tokens')` */
  tokenKey: Buffer;
  /** Milliseconds since the epoch, for the expiry of tokens only. */
  now: () => number;
}

export interface OpenedSession {
  visitor: VisitorIdentity;
  token: string;
  /** The anonymous token was rotated away: whoever still holds it must be turned out. */
  rotated: boolean;
}

/** The site's person of a JWT, checked against the channel's keys. */
export function identityOf(
  deps: VisitorDeps,
  channel: ChannelIdentity,
  jwt: string,
): Promise<SiteIdentity> {
  const findKey = async (kid: string): Promise<SiteKey | null> => {
    const { rows } = await deps.pool.query<SiteKey>(
      `SELECT algorithm, material FROM channel_key
       WHERE id = $1 AND channel_id = $2 AND workspace_id = $3 AND revoked_at IS NULL`,
      [kid, channel.channelId, channel.workspaceId],
    );
    return rows[0] ?? null;
  };
  return verifySiteIdentity(jwt, channel.publicKey, findKey, deps.now());
}

/** Whether an identified visitor is this person. */
async function isSame(
  deps: VisitorDeps,
  visitor: VisitorIdentity,
  person: SiteIdentity,
): Promise<boolean> {
  const { rows } = await deps.pool.query<{ external_id: string | null }>(
    'SELECT external_id FROM contact WHERE id = $1 AND workspace_id = $2',
    [visitor.contactId, visitor.workspaceId],
  );
  return rows[0]?.external_id === person.externalId;
}

/** A token that no longer opens anything costs nobody the chat: a new visitor starts instead. */
async function earlierVisitor(
  deps: VisitorDeps,
  channel: ChannelIdentity,
  token: string | undefined,
): Promise<VisitorIdentity | null> {
  if (!token) return null;
  try {
    const visitor = await authenticateVisitor(deps.pool, deps.tokenKey, token, deps.now());
    return visitor.channelId === channel.channelId ? visitor : null;
  } catch (error) {
    if (error instanceof ParlourError && error.code.startsWith('token_')) return null;
    throw error;
  }
}

async function resume(
  deps: VisitorDeps,
  visitor: VisitorIdentity,
  from: VisitorPage,
): Promise<VisitorIdentity> {
  const { rows } = await deps.pool.query<{ locale: string }>(
    `UPDATE visitor SET last_seen_at = now(), locale = coalesce($3, locale),
       user_agent = coalesce($4, user_agent),
       page_url = coalesce($5, page_url), page_title = coalesce($6, page_title)
     WHERE id = $1 AND workspace_id = $2 RETURNING locale`,
    [
      visitor.visitorId,
      visitor.workspaceId,
      from.locale ?? null,
      from.userAgent,
      from.page?.url ?? null,
      from.page?.title ?? null,
    ],
  );
  return { ...visitor, locale: rows[0]?.locale ?? visitor.locale };
}

/**
 * Who sits at this browser now (Identity of the design):
 * - an anonymous token resumes its visitor; an identified one does so only with the JWT of the same
 *   person, otherwise somebody new starts, so that nobody inherits anybody's chat;
 * - a person's JWT merges a visitor that was never identified, once, and rotates its token.
 * @throws ParlourError identity_invalid
 */
export async function openSession(
  deps: VisitorDeps,
  channel: ChannelIdentity,
  request: Pick<VisitorSessionRequest, 'token' | 'identity'>,
  from: VisitorPage,
): Promise<OpenedSession> {
  const person = request.identity ? await identityOf(deps, channel, request.identity) : null;
  const earlier = await earlierVisitor(deps, channel, request.token);
  const answer = (visitor: VisitorIdentity, rotated: boolean): OpenedSession => ({
    visitor,
    token: issueToken(deps.tokenKey, visitor, deps.now()),
    rotated,
  });
  if (!earlier) return answer(await startVisitor(deps.pool, channel, person, from), false);
  if (!person) {
    if (earlier.identified) {
      return answer(await startVisitor(deps.pool, channel, null, from), false);
    }
    return answer(await resume(deps, earlier, from), false);
  }
  if (earlier.identified) {
    if (!(await isSame(deps, earlier, person))) {
      return answer(await startVisitor(deps.pool, channel, person, from), false);
    }
    await inTransaction(deps.pool, (client) => upsertContact(client, earlier.workspaceId, person));
    return answer(await resume(deps, earlier, from), false);
  }
  try {
    const merged = await identifyVisitor(deps.pool, earlier, person);
    const visitor = await resume(deps, { ...earlier, ...merged, identified: true }, from);
    return answer(visitor, true);
  } catch (error) {
    // Another tab was first: its token is the good one, this one starts as a further device.
    if (!(error instanceof ParlourError && error.code === 'conflict')) throw error;
    return answer(await startVisitor(deps.pool, channel, person, from), false);
  }
}

/** @throws ParlourError not_found: no live channel has that key */
export async function channelOf(deps: VisitorDeps, publicKey: string): Promise<ChannelIdentity> {
  const channel = await findChannel(deps.pool, publicKey);
  if (!channel) throw new ParlourError('not_found');
  return channel;
}
