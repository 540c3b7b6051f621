import { afterEach, describe, expect, it } from 'vitest';
import type { VisitorClient } from '#lib/sdk/api.ts';
import { createMemoryStorage } from '#lib/sdk/member/index.ts';
import { createSimulated } from '#lib/sdk/test/simulated.ts';
import { memberShows, visitorShows } from './shows.ts';
import { createStage, type Stage, until } from './stage.ts';

/** Failing seeds are pinned here; one more is new in every run. */
const SEEDS = [2, 103, Math.floor(Math.random() * 2 ** 31)];
const EACH = 20;

let stage: Stage;
afterEach(() => stage.close());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Every snapshot that was ever shown is in order, without repeats. */
function watchOrder(client: VisitorClient): string[] {
  const wrong: string[] = [];
  client.subscribe(() => {
    const { items } = client.getState().thread;
    const seqs = items.flatMap((item) => (item.kind === 'event' ? [item.event.seq] : []));
    if (seqs.some((seq, index) => seq !== index + 1)) wrong.push(`order ${seqs.join()}`);
    if (new Set(items.map((item) => item.key)).size !== items.length) wrong.push('a key twice');
  });
  return wrong;
}

describe('through a network that cuts, delays, duplicates, reorders and half-opens', () => {
  it.each(SEEDS)(
    'S1–S5, S10–S16, S31: every message is there exactly once, in order, on every screen (seed %i)',
    { timeout: 90_000 },
    async (seed) => {
      const { random } = createSimulated(seed);
      stage = await createStage({ random });
      const { proxy } = stage;
      const lin = await stage.desk.member('Lin');
      const agent = stage.member(lin);
      agent.start();
      await until('agent is online', () => agent.getState().desk !== null);
      await agent.setAvailability('available');
      const storage = createMemoryStorage();
      const tabs = [stage.visitor({ storage }), stage.visitor({ storage })] as const;
      const wrong = watchOrder(tabs[0]);
      for (const tab of tabs) tab.start();
      tabs[0].send('a0');
      await until('offered', () => agent.getState().offers.length === 1);
      const id = agent.getState().offers[0]?.id ?? '';
      await agent.acceptOffer(id);
      agent.openConversation(id);
      await until(
        'both tabs show it',
        () => tabs[1].getState().thread.conversationId === id && visitorShows(tabs[1]).length === 1,
      );

      let writing = true;
      const faults = (async () => {
        while (writing) {
          proxy.setDelay(random() < 0.5 ? 0 : random() * 60);
          await sleep(20 + random() * 150);
          const kind = random();
          if (kind < 0.25) proxy.cut(false);
          else if (kind < 0.5) proxy.cut(true);
          else if (kind < 0.65) proxy.halfOpen();
          else if (kind < 0.85) proxy.duplicate();
          else {
            proxy.setRefusing(true);
            await sleep(100 * random());
            proxy.setRefusing(false);
          }
        }
      })();
      const expected: Record<'a' | 'b' | 'm' | 'n', string[]> = { a: ['a0'], b: [], m: [], n: [] };
      for (let i = 1; i <= EACH; i++) {
        const writers = {
          a: () => tabs[0].send(`a${i}`),
          b: () => tabs[1].send(`b${i}`),
          m: () => agent.send(id, `m${i}`),
          n: () => agent.addNote(id, `n${i}`),
        };
        for (const who of ['a', 'b', 'm', 'n'] as const) {
          expect(writers[who]().ok).toBe(true);
          expected[who].push(`${who}${i}`);
          if (random() < 0.7) await sleep(random() * 40);
        }
      }
      writing = false;
      await faults;
      proxy.setDelay(0);

      const total = Object.values(expected).flat().length;
      const publicCount = total - expected.n.length;
      const settled = (shown: string[], count: number) =>
        shown.length === count && !shown.some((text) => text.startsWith('…'));
      await until(
        'everything arrived everywhere',
        () =>
          tabs.every((tab) => settled(visitorShows(tab), publicCount)) &&
          settled(memberShows(agent, id), total),
        60_000,
      );
      const log = (await stage.messages(id)).map(({ text }) => text);
      for (const who of ['a', 'b', 'm', 'n'] as const) {
        expect(log.filter((text) => text.startsWith(who))).toEqual(expected[who]);
      }
      expect(log).toHaveLength(total);
      expect(memberShows(agent, id)).toEqual(log);
      for (const tab of tabs) {
        expect(visitorShows(tab)).toEqual(log.filter((text) => !text.startsWith('n')));
      }
      expect(wrong).toEqual([]);
      expect(storage.keys('').filter((key) => key.includes('outbox'))).toEqual([]);
    },
  );
});
