import { afterAll, beforeAll, expect, it } from 'vitest';
import { RATES } from '#server/gateway/index.ts';
import { visitorShows } from './shows.ts';
import { createStage, type Stage, until } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ rates: RATES });
});
afterAll(() => stage.close());

it('S13, D7: an outbox filled offline goes through the real rate limit, whole and in order', async () => {
  const texts = Array.from({ length: RATES.message.visitor.burst + 4 }, (_, i) => `m${i}`);
  const visitor = stage.visitor({ direct: true });
  for (const text of texts) visitor.send(text);
  visitor.start();
  await until('all delivered', () => {
    const shown = visitorShows(visitor);
    return shown.length === texts.length && !shown.some((text) => /^[…!]/.test(text));
  });
  expect(visitorShows(visitor)).toEqual(texts);
  const id = visitor.getState().thread.conversationId ?? '';
  expect((await stage.messages(id)).map(({ text }) => text)).toEqual(texts);
});
