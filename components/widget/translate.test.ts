import { describe, expect, it } from 'vitest';
import en from '#lib/i18n/messages/en/widget.json';
import zh from '#lib/i18n/messages/zh-CN/widget.json';
import { fill, matchLocale } from './translate.ts';

describe('fill', () => {
  it('puts values in and leaves unknown names visible', () => {
    expect(fill('{name} is typing {x}', { name: 'Ada' }, 'en')).toBe('Ada is typing {x}');
  });

  it('never reads a value as a pattern', () => {
    expect(fill('{name} joined', { name: '$& {count}' }, 'en')).toBe('$& {count} joined');
  });

  it('chooses the plural of the locale', () => {
    expect(fill(en.header.position, { ahead: 1 }, 'en')).toBe('1 person ahead of you');
    expect(fill(en.header.position, { ahead: 1200 }, 'en')).toBe('1,200 people ahead of you');
    expect(fill(zh.header.position, { ahead: 1 }, 'zh-CN')).toBe('前面还有 1 人');
  });

  it('leaves no brace in any message once its values are given', () => {
    const values = { count: 2, ahead: 2, name: 'A', email: 'a@b', score: 3 };
    for (const [locale, messages] of [['en', en] as const, ['zh-CN', zh] as const]) {
      for (const group of Object.values(messages)) {
        for (const text of Object.values(group)) {
          expect(fill(text, values, locale)).not.toMatch(/[{}]/);
        }
      }
    }
  });
});

describe('matchLocale', () => {
  it('takes any Chinese tag for zh-CN and everything else for English', () => {
    expect(matchLocale('zh-Hans-SG')).toBe('zh-CN');
    expect(matchLocale('ZH')).toBe('zh-CN');
    expect(matchLocale('de')).toBe('en');
    expect(matchLocale(null)).toBe('en');
  });
});
