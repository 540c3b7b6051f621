import { describe, expect, it } from 'vitest';
import { formatWaiting, urgencyOf } from './waiting.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('waiting time', () => {
  it.each([
    [-5 * S, '0:00', '0:00'],
    [0, '0:00', '0:00'],
    [7 * S + 999, '0:07', '0:07'],
    [59 * M + 59 * S, '59:59', '59:59'],
    [H, '1h 00m', '1小时00分'],
    [3 * H + 5 * M, '3h 05m', '3小时05分'],
    [D - 1, '23h 59m', '23小时59分'],
    [D, '1d', '1天'],
    [2 * D + 3 * H, '2d 3h', '2天3小时'],
  ])('%i ms', (ms, en, zh) => {
    expect(formatWaiting(ms, 'en')).toBe(en);
    expect(formatWaiting(ms, 'zh-CN')).toBe(zh);
  });

  it('grows louder at one and at three minutes', () => {
    expect([0, M - 1, M, 3 * M - 1, 3 * M].map(urgencyOf)).toEqual([
      'calm',
      'calm',
      'warm',
      'warm',
      'late',
    ]);
  });
});
