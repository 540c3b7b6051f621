import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ParlourError } from '#lib/protocol/errors.ts';

/**
 * What a visitor's browser holds: which visitor, of which generation, until when. It opens exactly
 * the conversations of that visitor and says nothing else, so that it may lie in a web page's storage.
 */
export interface VisitorToken {
  visitorId: string;
  /** Equal to visitor.token_rev, or the token was rotated away. */
  rev: number;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** The version is signed too: a later format can never be read as this one. */
const VERSION = 1;
const BODY_BYTES = 1 + 16 + 4 + 6;
const MAC_BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{79}$/;

/** Made once for each key: from bytes it would be made for every token, five sixths of the price of one. */
const keys = new WeakMap<Buffer, KeyObject>();

function mac(key: Buffer, body: Buffer): Buffer {
  let made = keys.get(key);
  if (!made) {
    made = createSecretKey(key);
    keys.set(key, made);
  }
  return createHmac('sha256', made).update(body).digest();
}

function formatUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * @param key 32 bytes: `deriveKey('visitor-tokens')`
 * @returns 79 characters of base64url: 27 bytes of content and their HMAC-SHA256
 */
export function signVisitorToken(key: Buffer, token: VisitorToken): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, 0);
  body.write(token.visitorId.replaceAll('-', ''), 1, 'hex');
  body.writeUInt32BE(token.rev, 17);
  body.writeUIntBE(token.expiresAt, 21, 6);
  return Buffer.concat([body, mac(key, body)]).toString('base64url');
}

/**
 * Checks signature and expiry. The caller still compares `rev` with the visitor's row.
 * @param now milliseconds since the epoch
 * @throws ParlourError token_invalid | token_expired
 */
export function readVisitorToken(key: Buffer, text: string, now: number): VisitorToken {
  if (!SHAPE.test(text)) throw new ParlourError('token_invalid');
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== BODY_BYTES + MAC_BYTES) throw new ParlourError('token_invalid');
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(bytes.subarray(BODY_BYTES), mac(key, body)) || body[0] !== VERSION) {
    throw new ParlourError('token_invalid');
  }
  const token = {
    visitorId: formatUuid(body.subarray(1, 17)),
    rev: body.readUInt32BE(17),
    expiresAt: body.readUIntBE(21, 6),
  };
  if (token.expiresAt <= now) throw new ParlourError('token_expired');
  return token;
}
