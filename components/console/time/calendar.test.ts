import { describe, expect, it } from 'vitest';
import { dayOf, formatDay, formatShort } from './calendar.ts';

const at = (y: number, m: number, d: number, h = 12) => new Date(y, m - 1, d, h).getTime();
const now = at(2026, 11, 21, 15);

describe('days', () => {
  it('are local and ordered', () => {
    expect(dayOf(at(2026, 1, 2, 0))).toBe(20260102);
    expect(dayOf(at(2026, 12, 31, 23))).toBe(20261231);
  });

  it('are named in both languages', () => {
    expect(formatDay(now, now, 'en')).toBe('Today');
    expect(formatDay(now, now, 'zh-CN')).toBe('今天');
    expect(formatDay(at(2026, 11, 20), now, 'en')).toBe('Yesterday');
    expect(formatDay(at(2026, 11, 20), now, 'zh-CN')).toBe('昨天');
    expect(formatDay(at(2026, 3, 4), now, 'en')).toBe('Wednesday, March 4');
    expect(formatDay(at(2026, 3, 4), now, 'zh-CN')).toBe('3月4日星期三');
    expect(formatDay(at(2025, 3, 4), now, 'en')).toBe('March 4, 2025');
  });

  it('shorten with distance', () => {
    expect(formatShort(at(2026, 11, 21, 9), now, 'en')).toMatch(/^9:00/);
    expect(formatShort(at(2026, 11, 18), now, 'en')).toBe('Wed');
    expect(formatShort(at(2026, 11, 18), now, 'zh-CN')).toBe('周三');
    expect(formatShort(at(2026, 3, 4), now, 'zh-CN')).toBe('3月4日');
    expect(formatShort(at(2025, 3, 4), now, 'zh-CN')).toBe('2025/3/4');
  });
});
