import { describe, expect, it } from 'vitest';
import { filterCanned, insertCanned, slashQuery } from './canned.ts';

describe('slash', () => {
  it.each([
    ['/', 1, ''],
    ['/he', 3, 'he'],
    ['Hi /ord', 7, 'ord'],
    ['line\n/您', 7, '您'],
    ['/hello there', 3, 'he'],
  ])('%j at %i searches %j', (text, caret, query) => {
    expect(slashQuery(text, caret)?.query).toBe(query);
  });

  it.each([
    ['and/or', 6],
    ['https://shop.example', 9],
    ['/he llo', 7],
    ['hello', 5],
    ['//', 2],
  ])('%j at %i searches nothing', (text, caret) => {
    expect(slashQuery(text, caret)).toBeNull();
  });

  it('the reply takes the place of slash and query only', () => {
    const text = 'Hi /ord, thanks';
    const at = slashQuery(text, 7);
    expect(at && insertCanned(text, at, 'your order?')).toEqual({
      text: 'Hi your order?, thanks',
      caret: 14,
    });
  });
});

describe('filter', () => {
  const replies = [
    { id: '1', shortcut: 'returns', body: 'Within 30 days.' },
    { id: '2', shortcut: 'order', body: 'Your order number?' },
    { id: '3', shortcut: 'reorder', body: 'Again?' },
    { id: '4', shortcut: '您好', body: '您好，请问有什么可以帮您？' },
  ];
  const ids = (query: string) => filterCanned(replies, query).map((reply) => reply.id);

  it('prefers the shortcut’s start, then its middle, then the text', () => {
    expect(ids('order')).toEqual(['2', '3']);
    expect(ids('re')).toEqual(['1', '3']);
    expect(ids('number')).toEqual(['2']);
    expect(ids('ORD')).toEqual(['2', '3']);
  });

  it('finds Chinese and shows everything for nothing', () => {
    expect(ids('您')).toEqual(['4']);
    expect(ids('帮您')).toEqual(['4']);
    expect(ids('')).toEqual(['1', '2', '3', '4']);
    expect(ids('zzz')).toEqual([]);
  });
});
