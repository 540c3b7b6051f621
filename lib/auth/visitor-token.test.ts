import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { readVisitorToken, signVisitorToken } from './visitor-token.ts';

const key = randomBytes(32);
const now = Date.UTC(2026, 10, 21);
const token = {
  visitorId: '0199a0b1-7c5e-7a3b-8f00-1234567890ab',
  rev: 3,
  expiresAt: now + 60_000,
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ParlourError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('visitor token', () => {
  test('reads back what was signed', () => {
    expect(readVisitorToken(key, signVisitorToken(key, token), now)).toEqual(token);
  });

  test('refuses one whose time has come, at that very millisecond', () => {
    const text = signVisitorToken(key, token);
    expect(codeOf(() => readVisitorToken(key, text, token.expiresAt - 1))).toBe('accepted');
    expect(codeOf(() => readVisitorToken(key, text, token.expiresAt))).toBe('token_expired');
  });

  test('refuses the signature of another key', () => {
    const text = signVisitorToken(randomBytes(32), token);
    expect(codeOf(() => readVisitorToken(key, text, now))).toBe('token_invalid');
  });

  test('refuses every token that differs in one character', () => {
    const text = signVisitorToken(key, token);
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const forged = text.slice(0, at) + other + text.slice(at + 1);
      // The last character carries 4 unused bits; only those may differ without a difference.
      const same = Buffer.from(forged, 'base64url').equals(Buffer.from(text, 'base64url'));
      if (!same) expect(codeOf(() => readVisitorToken(key, forged, now))).toBe('token_invalid');
    }
  });

  test('refuses what is no token at all', () => {
    for (const text of ['', 'a', 'x'.repeat(79), `${'a'.repeat(78)}=`, 'a.b.c', '\0'.repeat(79)]) {
      expect(codeOf(() => readVisitorToken(key, text, now))).toBe('token_invalid');
    }
  });
});
