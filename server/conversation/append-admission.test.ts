import { describe, expect, test } from 'vitest';
import { Admission } from './append-admission.ts';

interface Load {
  /** Items a ms, at time t. */
  arrivals: (t: number) => number;
  /** Items a ms that the writer can do, at time t. */
  rate: (t: number) => number;
  /** What a group takes however small it is. ms */
  groupMs?: number;
  untilMs: number;
}

/** The append queue in simulated time: groups of up to 500, one at a time, groupMs and n/rate long. */
function simulate({ arrivals, rate, untilMs, groupMs = 1 }: Load, admission: Admission) {
  const queue: number[] = [];
  const waits: { at: number; ms: number }[] = [];
  const shed: { at: number }[] = [];
  let most = 0;
  let due = 0;
  let freeAt = 0;
  let group: { items: number[]; began: number } | null = null;
  for (let now = 0; now < untilMs; now += 1) {
    if (group && now >= freeAt) {
      const { items, began } = group;
      for (const since of items) waits.push({ at: now, ms: now - since });
      admission.settled(items.length, now - began, began - (items[0] ?? began), now);
      group = null;
    }
    for (due += arrivals(now); due >= 1; due -= 1) {
      if (admission.admits(queue.length)) queue.push(now);
      else shed.push({ at: now });
    }
    most = Math.max(most, queue.length);
    if (group || queue.length === 0) continue;
    const many = queue.length;
    const alive = queue.splice(0, 500).filter((since) => !admission.tooLate(since, now, many));
    if (alive.length === 0) continue;
    group = { items: alive, began: now };
    freeAt = now + groupMs + alive.length / rate(now);
  }
  const p99 = (from: number, to: number) => {
    const sorted = waits.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
    sorted.sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  };
  return { waits, shed, most, p99, left: queue.length };
}

const admission = () => new Admission({ most: 5_000, group: 500, random: () => 0.5 });

describe('D7: admission by expected waiting time', () => {
  test('at twice the rate that can be written it sheds, and what it accepts waits a bounded time', () => {
    const load = { arrivals: () => 20, rate: () => 10, untilMs: 20_000 };
    const done = simulate(load, admission());
    expect(done.p99(2_000, 20_000)).toBeLessThan(1_200);
    // It goes on at the full rate meanwhile: shedding must not idle the writer.
    expect(done.waits.length).toBeGreaterThan(0.9 * 10 * 20_000);
    expect(done.shed.length).toBeGreaterThan(0.4 * 20 * 20_000);
  });

  test('the slower the writer, the shorter the queue: the wait is what is bounded', () => {
    for (const rate of [1, 5, 16]) {
      const load = { arrivals: () => rate * 2, rate: () => rate, untilMs: 30_000 };
      const done = simulate(load, admission());
      expect(done.p99(10_000, 30_000), `at ${rate}`).toBeLessThan(2_000);
    }
  });

  test('a writer whose every commit is slow keeps full groups: refusing would make them smaller, not sooner', () => {
    const load = { arrivals: () => 2, rate: () => 20, groupMs: 1_000, untilMs: 60_000 };
    const done = simulate(load, admission());
    // 500 in each 1,025 ms.
    expect(done.waits.length).toBeGreaterThan(0.9 * 500 * 58);
    expect(done.p99(10_000, 60_000)).toBeLessThan(2_200);
  });

  test('a burst that is gone in a moment is let in whole', () => {
    const load = {
      arrivals: (t: number) => (t === 500 ? 4_000 : 0.5),
      rate: () => 10,
      untilMs: 3_000,
    };
    expect(simulate(load, admission()).shed).toEqual([]);
  });

  test('one stall of the disk sends nobody away: what queued meanwhile is written in a moment', () => {
    const rate = (t: number) => (t >= 1_000 && t < 1_003 ? 0.005 : 10);
    const done = simulate({ arrivals: () => 2, rate, untilMs: 4_000 }, admission());
    expect(done.most).toBeGreaterThan(700);
    expect(done.shed).toEqual([]);
  });

  test('below what can be written nothing is ever sent away', () => {
    const load = { arrivals: () => 9, rate: () => 10, untilMs: 10_000 };
    expect(simulate(load, admission()).shed).toEqual([]);
  });

  test('when it is over it is over: nothing is sent away two seconds later, waits are short', () => {
    const arrivals = (t: number) => (t < 10_000 ? 20 : 5);
    const done = simulate({ arrivals, rate: () => 10, untilMs: 20_000 }, admission());
    expect(done.shed.filter(({ at }) => at > 12_000)).toEqual([]);
    expect(done.p99(12_000, 20_000)).toBeLessThan(100);
  });

  test('a writer that slows down: what was let in too freely is given up, then the queue fits', () => {
    const rate = (t: number) => (t < 5_000 ? 16 : 0.5);
    const done = simulate({ arrivals: () => 12, rate, untilMs: 30_000 }, admission());
    const longest = Math.max(...done.waits.map(({ ms }) => ms));
    // Patience, and the group it was in.
    expect(longest).toBeLessThan(3_000 + 500 / 0.5 + 100);
    // The group that runs and its own: 500 of 0.5 a ms each.
    expect(done.p99(20_000, 30_000)).toBeLessThan(2_100);
    expect(done.most).toBeLessThanOrEqual(5_000);
  });

  test('who is sent away comes back later the longer it lasts, never all at once', () => {
    const long = admission();
    for (let now = 0; now <= 20_000; now += 500) long.settled(100, 100, 900, now);
    expect(long.isBehind(1_000)).toBe(true);
    // Nobody waits any more, and perhaps no group will come that could say so.
    expect(long.isBehind(0)).toBe(false);
    expect(long.retryAfterMs()).toBe(4_500);
    long.settled(100, 100, 10, 20_500);
    expect(long.isBehind(1_000)).toBe(false);
    expect(long.retryAfterMs()).toBe(1_000);
  });
});
