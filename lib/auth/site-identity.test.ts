import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { type SiteKey, verifySiteIdentity } from './site-identity.ts';

const now = Date.UTC(2026, 10, 21);
const channel = 'ch_public_key';
const secret = randomBytes(32);
const hsKid = randomUUID();
const esKid = randomUUID();
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const keys = new Map<string, SiteKey>([
  [hsKid, { algorithm: 'HS256', material: secret.toString('base64url') }],
  [esKid, { algorithm: 'ES256', material: pem }],
]);
const find = async (kid: string) => keys.get(kid) ?? null;

function jwt(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) {
  const body = { sub: 'u-1', aud: channel, exp: now / 1000 + 300, ...claims };
  return new SignJWT(body).setProtectedHeader({ alg: 'HS256', kid: hsKid, ...header });
}

async function codeOf(text: string, at = now): Promise<string> {
  try {
    await verifySiteIdentity(text, channel, find, at);
  } catch (error) {
    if (error instanceof ParlourError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('Identity: the site’s JWT', () => {
  test('HS256 with sub, name and email', async () => {
    const text = await jwt({ name: ' Ada ', email: 'ada@shop.example' }).sign(secret);
    expect(await verifySiteIdentity(text, channel, find, now)).toEqual({
      externalId: 'u-1',
      name: 'Ada',
      email: 'ada@shop.example',
    });
  });

  test('ES256', async () => {
    const text = await jwt({}, { alg: 'ES256', kid: esKid }).sign(pair.privateKey);
    expect(await codeOf(text)).toBe('accepted');
  });

  test('the key fixes the algorithm: an HS256 token signed with the public PEM is refused', async () => {
    const text = await jwt({}, { kid: esKid }).sign(Buffer.from(pem));
    expect(await codeOf(text)).toBe('identity_invalid');
  });

  test('an unsigned token is refused', async () => {
    const text = new UnsecuredJWT({ sub: 'u-1', aud: channel, exp: now / 1000 + 300 }).encode();
    expect(await codeOf(text)).toBe('identity_invalid');
  });

  test.each([
    ['no exp', { exp: undefined }],
    ['expired', { exp: now / 1000 - 31 }],
    ['another channel', { aud: 'ch_other' }],
    ['no aud', { aud: undefined }],
    ['no sub', { sub: undefined }],
    ['empty sub', { sub: '  ' }],
    ['sub with NUL', { sub: 'a\0b' }],
    ['not yet valid', { nbf: now / 1000 + 120 }],
  ])('%s is refused', async (_, claims) => {
    expect(await codeOf(await jwt(claims).sign(secret))).toBe('identity_invalid');
  });

  test.each([
    ['no kid', { kid: undefined }],
    ['unknown kid', { kid: randomUUID() }],
    ['kid that is no id', { kid: "' OR 1=1" }],
  ])('%s is refused', async (_, header) => {
    expect(await codeOf(await jwt({}, header).sign(secret))).toBe('identity_invalid');
  });

  test('a wrong signature and no JWT at all are refused', async () => {
    expect(await codeOf(await jwt().sign(randomBytes(32)))).toBe('identity_invalid');
    for (const text of ['', 'x', 'a.b.c', '…']) expect(await codeOf(text)).toBe('identity_invalid');
  });

  test('a short HS256 secret is refused', async () => {
    const short = randomBytes(16);
    const kid = randomUUID();
    keys.set(kid, { algorithm: 'HS256', material: short.toString('base64url') });
    expect(await codeOf(await jwt({}, { kid }).sign(short))).toBe('identity_invalid');
  });

  test('a name or address nobody can use is left out, the person still chats', async () => {
    const text = await jwt({ name: 'x'.repeat(500), email: 'not an address' }).sign(secret);
    expect(await verifySiteIdentity(text, channel, find, now)).toEqual({
      externalId: 'u-1',
      name: null,
      email: null,
    });
  });
});
