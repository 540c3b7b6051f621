import { expect, test, vi } from 'vitest';
import { type TogetherOptions, together } from './together.ts';

/** Answers twice the number, when told to. */
function doubling(options: TogetherOptions = {}) {
  const asked: { numbers: readonly number[]; go(error?: Error): void }[] = [];
  const double = together(
    (numbers: readonly number[]) =>
      new Promise<number[]>((resolve, reject) => {
        const go = (error?: Error) => (error ? reject(error) : resolve(numbers.map((n) => n * 2)));
        asked.push({ numbers, go });
      }),
    { most: 3, atOnce: 1, ...options },
  );
  return { double, asked };
}

test('a lone question is asked at once, those that come meanwhile go together, each is answered', async () => {
  const { double, asked } = doubling();
  const answers = [1, 2, 3, 4, 5].map((n) => double(n));
  expect(asked.map(({ numbers }) => numbers)).toEqual([[1]]);
  asked[0]?.go();
  expect(await answers[0]).toBe(2);
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]?.numbers).toEqual([2, 3, 4]);
  asked[1]?.go();
  expect(await Promise.all(answers.slice(1, 4))).toEqual([4, 6, 8]);
  await expect.poll(() => asked.length).toBe(3);
  asked[2]?.go();
  expect(await answers[4]).toBe(10);
});

test('a failed statement fails its questions and no others', async () => {
  const { double, asked } = doubling();
  const first = double(1);
  const second = double(2);
  asked[0]?.go(new Error('no database'));
  await expect(first).rejects.toThrow('no database');
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.go();
  expect(await second).toBe(4);
});

test('with a gap a stream shares statements; who comes after it, or fills one, does not wait', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const { double, asked } = doubling({ atOnce: 9, gapMs: 10 });
    const numbers = () => asked.map((one) => one.numbers);
    void double(1);
    void double(2);
    vi.advanceTimersByTime(4);
    void double(3);
    expect(numbers()).toEqual([[1]]);
    vi.advanceTimersByTime(6);
    expect(numbers()).toEqual([[1], [2, 3]]);
    for (const n of [4, 5, 6]) void double(n);
    expect(numbers().at(-1)).toEqual([4, 5, 6]);
    vi.advanceTimersByTime(10);
    void double(7);
    expect(numbers().at(-1)).toEqual([7]);
  } finally {
    vi.useRealTimers();
  }
});
