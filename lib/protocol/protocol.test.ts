import { describe, expect, test } from 'vitest';
import { ERRORS, ParlourError } from './errors.ts';
import { Line, MessageText } from './primitives.ts';
import { timeOfUuidv7, uuidv7 } from './uuidv7.ts';
import { VisitorCommands } from './visitor.ts';

const codeOf = (text: unknown) => {
  const parsed = MessageText.safeParse(text);
  return parsed.success ? 'ok' : parsed.error.issues[0]?.message;
};

describe('P3: text of a message', () => {
  test.each([
    ['hello', 'ok'],
    ['好', 'ok'],
    ['👩‍👩‍👧', 'ok'],
    ['a\nb\tc', 'ok'],
    ['', 'text_empty'],
    [' \n\t ', 'text_empty'],
    ['a\0b', 'text_malformed'],
    ['half \ud83d', 'text_malformed'],
    ['\udc00 half', 'text_malformed'],
    ['x'.repeat(8192), 'ok'],
    ['x'.repeat(8193), 'text_too_long'],
    // 3 bytes each: few characters, too many bytes.
    ['好'.repeat(2731), 'text_too_long'],
  ])('%#: %j', (text, expected) => {
    expect(codeOf(text)).toBe(expected);
  });

  test('what is no string is refused', () => {
    for (const value of [null, 7, {}, ['a']]) expect(codeOf(value)).not.toBe('ok');
  });
});

test('a line of text holds no control characters', () => {
  expect(Line(5).safeParse('Ada').success).toBe(true);
  for (const bad of ['a\nb', 'a\0', 'x'.repeat(6), '\ud800']) {
    expect(Line(5).safeParse(bad).success).toBe(false);
  }
});

describe('P2: ids made by the client', () => {
  test('a UUIDv7 carries its time and is accepted; other versions are not', () => {
    const at = 1_790_000_000_123;
    const id = uuidv7(at);
    expect(timeOfUuidv7(id)).toBe(at);
    const input = { conversationId: id, clientKey: 'k', text: 'hi' };
    const { input: schema } = VisitorCommands['message.send'];
    expect(schema.safeParse(input).success).toBe(true);
    const v4 = { ...input, conversationId: crypto.randomUUID() };
    expect(schema.safeParse(v4).success).toBe(false);
  });

  test('ids made in one millisecond differ', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidv7(1))).size).toBe(1000);
  });
});

describe('D7: errors on the wire', () => {
  test('a repeatable code says when, others never do', () => {
    expect(new ParlourError('overloaded').toWire().retryAfterMs).toBe(1000);
    expect(new ParlourError('rate_limited', { retryAfterMs: 40 }).toWire().retryAfterMs).toBe(40);
    expect(new ParlourError('not_found', { retryAfterMs: 40 }).toWire()).not.toHaveProperty(
      'retryAfterMs',
    );
  });

  test('every text says what to do: a sentence, no code in it', () => {
    for (const [code, { text }] of Object.entries(ERRORS)) {
      expect(text, code).toMatch(/^[A-Z].{15,}\.$/);
      expect(text, code).not.toContain('_');
    }
  });
});
