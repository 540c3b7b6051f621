import { describe, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { createRateLimiter, RATES, type RateTable, scaleRates } from './rate-limit.ts';

const rate = { burst: 3, perSecond: 2 };
const table: RateTable = {
  ...RATES,
  message: { visitor: rate, member: rate, address: { burst: 5, perSecond: 10 } },
};

function refusal(work: () => void): ParlourError | null {
  try {
    work();
  } catch (error) {
    if (error instanceof ParlourError) return error;
    throw error;
  }
  return null;
}

describe('D7: rate limits', () => {
  test('a burst passes, the next is told when to come again, and then passes', () => {
    let time = 0;
    const limiter = createRateLimiter(table, () => time);
    const send = () => limiter.take('message', { visitor: 'a' });
    for (let n = 0; n < 3; n += 1) expect(refusal(send)).toBeNull();
    const refused = refusal(send);
    expect(refused?.code).toBe('rate_limited');
    expect(refused?.retryAfterMs).toBe(500);
    time = 499;
    expect(refusal(send)?.code).toBe('rate_limited');
    time = 500;
    expect(refusal(send)).toBeNull();
  });

  test('one visitor’s limit is not another’s, one class not another', () => {
    const limiter = createRateLimiter(table, () => 0);
    for (let n = 0; n < 3; n += 1) limiter.take('message', { visitor: 'a' });
    expect(refusal(() => limiter.take('message', { visitor: 'b' }))).toBeNull();
    expect(refusal(() => limiter.take('read', { visitor: 'a' }))).toBeNull();
    expect(refusal(() => limiter.take('message', { member: 'a' }))).toBeNull();
  });

  test('an address limits many visitors together, and a refusal costs nobody a token', () => {
    const limiter = createRateLimiter(table, () => 0);
    for (let n = 0; n < 5; n += 1) limiter.take('message', { visitor: `v${n}`, address: 'x' });
    for (let n = 0; n < 9; n += 1) {
      expect(
        refusal(() => limiter.take('message', { visitor: 'v9', address: 'x' })),
      ).not.toBeNull();
    }
    for (let n = 0; n < 3; n += 1) limiter.take('message', { visitor: 'v9' });
  });

  test('memory is bounded: the longest unused bucket is forgotten', () => {
    const limiter = createRateLimiter(table, () => 0, 10);
    for (let n = 0; n < 1000; n += 1) limiter.take('message', { visitor: `v${n}` });
    expect(limiter.size).toBe(10);
  });

  test('RATE_LIMIT_SCALE moves every burst and rate, for load tests', () => {
    const scaled = scaleRates(RATES, 10);
    expect(scaled.message.visitor).toEqual({ burst: 200, perSecond: 20 });
    expect(scaled.connect.address).toEqual({ burst: 3_000, perSecond: 300 });
    expect(scaleRates(RATES, 1)).toEqual(RATES);
    expect(scaleRates(RATES, 0.001).message.visitor.burst).toBe(1);
  });
});
