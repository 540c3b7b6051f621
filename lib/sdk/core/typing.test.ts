import { expect, it } from 'vitest';
import { createSimulated } from '../test/simulated.ts';
import { createTypingShown, createTypingSignal } from './typing.ts';

it('S41: tells at most twice a second, and again every 3 s while it lasts', async () => {
  const { ports, advance } = createSimulated();
  const said: { on: boolean; at: number }[] = [];
  const start = ports.now();
  const typing = createTypingSignal(ports, (on) => said.push({ on, at: ports.now() - start }));
  for (let i = 0; i < 70; i++) {
    typing.set(true);
    if (i % 7 === 3) typing.set(false);
    await advance(100);
  }
  typing.set(false);
  await advance(1_000);
  for (let i = 1; i < said.length; i++) {
    expect((said[i]?.at ?? 0) - (said[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(500);
  }
  expect(said.at(-1)?.on).toBe(false);

  said.length = 0;
  for (let i = 0; i < 65; i++) {
    typing.set(true);
    await advance(100);
  }
  expect(said.map(({ on }) => on)).toEqual([true, true, true]);
});

it("S41: others' typing is forgotten after 6 s", async () => {
  const { ports, advance } = createSimulated();
  const shown = createTypingShown<string>(ports, () => {});
  shown.show('Lin');
  await advance(5_900);
  shown.show('Lin');
  await advance(5_900);
  expect(shown.get()).toBe('Lin');
  await advance(100);
  expect(shown.get()).toBeNull();
});
