import { expect, test } from 'vitest';
import { idleText } from './idle-time.ts';

test.each([
  [0, '0 seconds', '0秒钟'],
  [59.9, '59 seconds', '59秒钟'],
  [60, '1 minute', '1分钟'],
  [3_599, '59 minutes', '59分钟'],
  [7_300, '2 hours', '2小时'],
  [90_000, '1 day', '1天'],
])('%d s idle is said in one unit', (seconds, en, zh) => {
  expect(idleText(seconds, 'en')).toBe(en);
  expect(idleText(seconds, 'zh-CN')).toBe(zh);
});
