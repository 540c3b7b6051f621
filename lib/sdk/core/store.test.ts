import { expect, it } from 'vitest';
import { createStore } from './store.ts';

it('S60: a batch is told once; what did not change is the same; a listener twice is two', async () => {
  const store = createStore({ a: 1, b: { c: 2 } });
  let told = 0;
  const listener = () => {
    told += 1;
  };
  const stop = store.subscribe(listener);
  store.subscribe(listener);
  const before = store.getState();
  store.patch({ a: 1 });
  expect(store.getState()).toBe(before);
  store.patch({ a: 2 });
  store.patch({ a: 3 });
  expect(store.getState().b).toBe(before.b);
  expect(told).toBe(0);
  await Promise.resolve();
  expect(told).toBe(2);
  stop();
  store.patch({ a: 4 });
  await Promise.resolve();
  expect(told).toBe(3);
});
