import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryTerms, excerptOf, hashTerm, holds, normalize, parseQuery, termsOf } from './terms.ts';

test('words whole, Chinese in pairs, mixed runs cut where the script changes', () => {
  expect([...termsOf(normalize('Order SO-2024：退款了吗？'))]).toEqual([
    'order',
    'so',
    '2024',
    '退款',
    '款了',
    '了吗',
  ]);
  expect([...termsOf(normalize('iPhone手机 ＡＢＣ café'))]).toEqual([
    'iphone',
    '手机',
    'abc',
    'café',
  ]);
  expect([...termsOf('王')]).toEqual(['王']);
  expect(parseQuery(' …!? ')).toBeNull();
});

test('a hash fits PostgreSQL’s integer', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const hash = hashTerm(text);
      expect(hash).toBe(hash | 0);
    }),
  );
});

test('any two or more neighbouring characters of a text find it, and so does each word', () => {
  const text = '您好，我的订单 SO-8812 还没有到，请帮我查一下 ada@shop.example';
  const stored = new Set(entryTerms(text));
  for (const asked of [
    '订单',
    '我的订单',
    'so-8812',
    '8812',
    '请帮我查一下',
    'ada@shop.example',
    '没有 SO',
  ]) {
    const query = parseQuery(asked);
    if (!query) throw new Error('no query');
    expect(query.terms.every((term) => stored.has(term))).toBe(true);
    expect(holds(text, query)).toBe(true);
  }
  // Its pairs are there, but not one after another.
  const apart = parseQuery('订单还没');
  expect(apart && holds(text, apart)).toBe(false);
  const part = parseQuery('mple');
  expect(part && holds(text, part)).toBe(false);
});

test('one character finds names only', () => {
  const asked = parseQuery('王')?.terms ?? [];
  expect(asked.every((term) => entryTerms('王小明', { names: true }).includes(term))).toBe(true);
  expect(asked.every((term) => entryTerms('姓王的先生').includes(term))).toBe(false);
});

test('an excerpt is at most 160 characters around the word, without half a character', () => {
  const query = parseQuery('needle');
  if (!query) throw new Error('no query');
  const long = `${'😀 hay '.repeat(100)}needle ${'😀 hay '.repeat(100)}`;
  const excerpt = excerptOf(long, query);
  expect(excerpt).toContain('needle');
  expect(Array.from(excerpt).length).toBeLessThanOrEqual(160);
  expect(excerpt.isWellFormed()).toBe(true);
  expect(excerptOf('a\n needle', query)).toBe('a needle');
});

test('the index is asked for the few terms that tell most; the text is compared with all', () => {
  const asked = (query: string) => parseQuery(query)?.terms;
  expect(asked('ada the order SO-103919')).toEqual([hashTerm('103919')]);
  expect(asked('is it an umbrella')).toEqual([hashTerm('umbrella')]);
  expect(asked('ok no')).toEqual([hashTerm('ok'), hashTerm('no')]);
  expect(asked('原路退回了')).toEqual(['原路', '退回', '回了'].map(hashTerm));
  expect(parseQuery('ada the order SO-103919')?.words).toHaveLength(4);
});
