import { expect, it } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import { createSimulated } from '../test/simulated.ts';
import { createReadMarks } from './read-marks.ts';

it('S40: forward only, one call at a time, the newest wish, repeated over a lost connection', async () => {
  const { settle } = createSimulated();
  const sent: { seq: number; answer: (reply: Reply<null>) => void }[] = [];
  const marks = createReadMarks((_id, seq) => new Promise((answer) => sent.push({ seq, answer })));
  expect(marks.mark('c', 2)).toBe(true);
  expect(marks.mark('c', 1)).toBe(false);
  marks.mark('c', 3);
  marks.mark('c', 5);
  expect(sent.map(({ seq }) => seq)).toEqual([2]);
  sent[0]?.answer({ ok: true, data: null });
  await settle();
  expect(sent.map(({ seq }) => seq)).toEqual([2, 5]);
  sent[1]?.answer({ ok: false, error: { code: 'unavailable', message: '', retryAfterMs: 0 } });
  await settle();
  marks.flushAll();
  expect(sent.map(({ seq }) => seq)).toEqual([2, 5, 5]);
  sent[2]?.answer({ ok: true, data: null });
  await settle();
  marks.flushAll();
  expect(sent).toHaveLength(3);
});
