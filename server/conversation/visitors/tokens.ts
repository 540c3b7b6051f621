import { readVisitorToken, signVisitorToken } from '#lib/auth/visitor-token.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import {
  type Arrival,
  type Db,
  findArriving,
  findVisitor,
  type VisitorIdentity,
} from './identity.ts';

const HOUR = 3_600_000;
/**
 * An anonymous visitor comes back after months to the same chat. An identified one needs the site's
 * JWT at every new session anyhow, so that their token only has to outlive an open page.
 */
const LIFETIME = { anonymous: 180 * 24 * HOUR, identified: 12 * HOUR };

/** @param now milliseconds since the epoch */
export function issueToken(
  key: Buffer,
  visitor: Pick<VisitorIdentity, 'visitorId' | 'tokenRev' | 'identified'>,
  now: number,
): string {
  const lifetime = visitor.identified ? LIFETIME.identified : LIFETIME.anonymous;
  return signVisitorToken(key, {
    visitorId: visitor.visitorId,
    rev: visitor.tokenRev,
    expiresAt: now + lifetime,
  });
}

/**
 * @returns the visitor a token opens, as the database has it now
 * @throws ParlourError token_invalid (forged, rotated away, or of a channel that is gone) | token_expired
 */
export async function authenticateVisitor(
  db: Db,
  key: Buffer,
  text: string,
  now: number,
): Promise<VisitorIdentity> {
  const token = readVisitorToken(key, text, now);
  const visitor = await findVisitor(db, token.visitorId);
  if (!visitor || visitor.tokenRev !== token.rev) throw new ParlourError('token_invalid');
  return visitor;
}

/**
 * The same for a socket, with whom the visitor reaches.
 * @throws ParlourError token_invalid | token_expired
 */
export async function authenticateArrival(
  db: Db,
  key: Buffer,
  text: string,
  now: number,
): Promise<Arrival> {
  const token = readVisitorToken(key, text, now);
  const arrival = await findArriving(db, token.visitorId);
  if (arrival?.visitor.tokenRev !== token.rev) throw new ParlourError('token_invalid');
  return arrival;
}
