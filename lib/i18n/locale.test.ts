import { describe, expect, it } from 'vitest';
import { isLocale, negotiateLocale } from './locale.ts';

describe('locale from Accept-Language', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
    ['de-DE,zh;q=0.4,en;q=0.7', 'en'],
    ['de, fr;q=0.8', 'en'],
    ['zh;q=0, en;q=0.1', 'en'],
    ['*', 'en'],
    ['zh-CN;q=abc', 'zh-CN'],
  ])('%s → %s', (header, expected) => {
    expect(negotiateLocale(header)).toBe(expected);
  });

  it('a cookie counts only when it names a locale of ours', () => {
    expect(isLocale('zh-CN')).toBe(true);
    expect(isLocale('../../etc')).toBe(false);
    expect(isLocale(undefined)).toBe(false);
  });
});
