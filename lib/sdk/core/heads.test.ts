import { expect, it } from 'vitest';
import { createSimulated } from '../test/simulated.ts';
import { createHeads } from './heads.ts';

it('S4: compares 1 s after joining and every 15 s; out of turn when asked, coalesced; not after stop', async () => {
  const { ports, advance, pendingTimers } = createSimulated();
  const at: number[] = [];
  const start = ports.now();
  const heads = createHeads(ports, async () => {
    at.push(ports.now() - start);
  });
  heads.soon();
  await advance(500);
  expect(at).toEqual([]);
  heads.joined();
  await advance(1_000);
  expect(at).toEqual([1_500]);
  await advance(60_000);
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  expect(gaps.length).toBeGreaterThanOrEqual(4);
  for (const gap of gaps) {
    expect(gap).toBeLessThanOrEqual(15_000);
    expect(gap).toBeGreaterThanOrEqual(12_000);
  }
  const before = at.length;
  heads.soon();
  heads.soon();
  await advance(200);
  expect(at.length).toBe(before + 1);
  heads.stop();
  expect(pendingTimers()).toBe(0);
});
