import { expect, test } from 'vitest';
import { attempt } from './attempts.ts';

test('the try after the last allowed one is refused until the minute is over', () => {
  const at = 1_000_000;
  for (let i = 0; i < 3; i++) attempt('door a', 3, at + i);
  expect(() => attempt('door a', 3, at + 10)).toThrow(
    expect.objectContaining({ code: 'rate_limited', retryAfterMs: 59_990 }),
  );
  attempt('door b', 3, at + 10);
  attempt('door a', 3, at + 60_001);
});
