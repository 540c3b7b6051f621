import { expect, it } from 'vitest';
import { ClientKey, ClientMadeId } from '#lib/protocol/primitives.ts';
import { createIds } from './ids.ts';

it('makes UUIDv7s that sort in the order of making, through bursts and a clock set back', () => {
  let now = 1_750_000_000_000;
  const ids = createIds(() => now);
  const made: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    if (i === 9_000) now -= 3_600_000;
    made.push(ids.make());
  }
  expect(new Set(made).size).toBe(made.length);
  expect([...made].sort()).toEqual(made);
  for (const id of made.slice(0, 50)) {
    expect(ClientMadeId.safeParse(id).success).toBe(true);
    expect(ClientKey.safeParse(id).success).toBe(true);
  }
  expect(Number.parseInt((made[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(
    1_750_000_000_000,
  );
});

it('makes ids behind an observed one', () => {
  const early = createIds(() => 1_000);
  const late = createIds(() => 2_000_000_000_000).make();
  early.observe(late);
  early.observe('not an id');
  expect(early.make() > late).toBe(true);
});
