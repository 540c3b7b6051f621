import { describe, expect, it } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { StoragePort } from '../api.ts';
import { createSimulated } from '../test/simulated.ts';
import { createIds } from './ids.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxItem } from './outbox-item.ts';
import { createMemoryStorage, guardStorage } from './storage.ts';

type Answer = (reply: Reply<{ seq: number }>) => void;

function setup(storage: StoragePort = createMemoryStorage(), time = createSimulated()) {
  const sent: { item: OutboxItem; answer: Answer }[] = [];
  const acked: [string, number][] = [];
  const elsewhere: string[] = [];
  const ids = createIds(time.ports.now);
  const outbox = createOutbox({
    ports: time.ports,
    storage: guardStorage(storage),
    prefix: 'p:',
    send: (item) => new Promise((answer) => sent.push({ item, answer })),
    shownAs: (name) => (name === 'message.send' ? 'message' : null),
    onRefused: () => 'failed',
    onAcked: (item, seq) => acked.push([item.clientKey, seq]),
    async onElsewhere(conversationId) {
      elsewhere.push(conversationId);
    },
    onChange() {},
  });
  const write = (text: string, conversationId = 'c1', owner: string | null = null) => {
    const clientKey = ids.make();
    const item = { clientKey, name: 'message.send', conversationId, input: { text } };
    const answered = outbox.add({ ...item, at: time.ports.now(), owner, previousId: null });
    return { clientKey, answered };
  };
  const refuse = (code: WireError['code'], retryAfterMs?: number): Reply<{ seq: number }> => ({
    ok: false,
    error: { code, message: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
  const texts = (conversationId = 'c1') => outbox.pending(conversationId).map(({ text }) => text);
  return { ...time, storage, sent, acked, elsewhere, outbox, write, refuse, texts, ids };
}
const ok = (seq: number): Reply<{ seq: number }> => ({ ok: true, data: { seq } });

describe('outbox', () => {
  it('S11: one in flight per conversation, in the order of writing; conversations apart', async () => {
    const { outbox, write, sent, settle } = setup();
    outbox.setOnline(true);
    for (const text of ['a', 'b', 'c']) write(text);
    write('x', 'c2');
    await settle();
    expect(sent.map(({ item }) => item.input.text)).toEqual(['a', 'x']);
    sent[0]?.answer(ok(1));
    await settle();
    expect(sent.map(({ item }) => item.input.text)).toEqual(['a', 'x', 'b']);
  });

  it('S10, S13: repeats under the same key, not before retryAfterMs, further apart each time', async () => {
    const { outbox, write, sent, refuse, advance, settle, ports } = setup();
    outbox.setOnline(true);
    const { clientKey } = write('a');
    const gaps: number[] = [];
    for (let round = 0; round < 6; round++) {
      await settle();
      const from = ports.now();
      sent.at(-1)?.answer(refuse('overloaded', 1000));
      const before = sent.length;
      while (sent.length === before) await advance(50);
      gaps.push(ports.now() - from);
    }
    expect(sent.every(({ item }) => item.clientKey === clientKey)).toBe(true);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(gaps.at(-1)).toBeGreaterThan(4000);
  });

  it('S14: a final refusal fails the item with its code; the next one goes on; retry and discard', async () => {
    const { outbox, write, sent, refuse, settle, storage } = setup();
    outbox.setOnline(true);
    const first = write('a');
    write('b');
    await settle();
    sent[0]?.answer(refuse('forbidden'));
    await settle();
    expect(sent.map(({ item }) => item.input.text)).toEqual(['a', 'b']);
    expect(outbox.pending('c1')[0]).toMatchObject({ status: 'failed', code: 'forbidden' });
    sent[1]?.answer(ok(1));
    await settle();
    outbox.retry(first.clientKey);
    await settle();
    expect(sent[2]?.item.clientKey).toBe(first.clientKey);
    sent[2]?.answer(refuse('forbidden'));
    await settle();
    expect(outbox.discard(first.clientKey)?.input.text).toBe('a');
    expect(storage.keys('p:')).toEqual([]);
    expect((await first.answered).ok).toBe(false);
  });

  it('S12: what was not answered is there after a reload, in order, under the same keys', async () => {
    const before = setup();
    before.outbox.setOnline(true);
    const keys = ['a', 'b', 'c'].map((text) => before.write(text).clientKey);
    await before.settle();
    before.sent[0]?.answer(ok(1));
    await before.settle();
    before.outbox.stop();

    const after = setup(before.storage);
    expect(after.texts()).toEqual(['b', 'c']);
    after.outbox.setOnline(true);
    await after.settle();
    expect(after.sent[0]?.item.clientKey).toBe(keys[1]);
  });

  it('S12: a clock set back over the reload does not turn the order round', () => {
    const before = setup();
    before.write('first');
    const after = setup(before.storage, createSimulated(1, Date.UTC(2025, 0, 1)));
    for (const item of after.outbox.items()) after.ids.observe(item.clientKey);
    after.write('second');
    expect(after.texts()).toEqual(['first', 'second']);
  });

  it('S15: an answered item stays until the log has reached its event', async () => {
    const { outbox, write, sent, settle, texts } = setup();
    outbox.setOnline(true);
    const { clientKey } = write('a');
    await settle();
    sent[0]?.answer(ok(7));
    await settle();
    expect(outbox.pending('c1')[0]).toMatchObject({ key: clientKey, status: 'sending' });
    outbox.seen('c1', 6, []);
    expect(texts()).toEqual(['a']);
    outbox.seen('c1', 7, []);
    expect(texts()).toEqual([]);
  });

  it('S15: an event that names the key settles the item before its answer', async () => {
    const { outbox, write, sent, settle, texts, storage } = setup();
    outbox.setOnline(true);
    const { clientKey, answered } = write('a');
    write('b');
    await settle();
    outbox.seen('c1', 1, [clientKey]);
    expect(texts()).toEqual(['b']);
    expect(await answered).toEqual({ ok: true, data: null });
    sent[0]?.answer(ok(1));
    await settle();
    expect(sent[1]?.item.input.text).toBe('b');
    expect(storage.keys('p:')).toHaveLength(1);
  });

  it('S16: another tab shows the item, leaves it to the writer for 5 s, and drops it when delivered', async () => {
    const storage = createMemoryStorage();
    const time = createSimulated();
    const one = setup(storage, time);
    const two = setup(storage, time);
    one.outbox.setOnline(true);
    two.outbox.setOnline(true);
    const { clientKey } = one.write('a');
    await time.settle();
    expect(two.texts()).toEqual(['a']);
    await time.advance(4_900);
    expect(two.sent).toEqual([]);
    one.sent[0]?.answer(ok(1));
    await time.settle();
    expect(two.elsewhere).toEqual(['c1']);
    expect(two.texts()).toEqual([]);

    // The writer dies before the answer: after 5 s the other tab sends, under the same key.
    const three = one.write('b');
    one.outbox.stop();
    await time.advance(5_100);
    expect(two.sent.map(({ item }) => item.clientKey)).toEqual([three.clientKey]);
    expect(clientKey).not.toBe(three.clientKey);
  });

  it('S17: moved items go to the other conversation with their keys and order', async () => {
    const { outbox, write, sent, settle, texts } = setup();
    const keys = ['a', 'b'].map((text) => write(text).clientKey);
    outbox.move('c1', 'c9', 'c1');
    outbox.setOnline(true);
    await settle();
    expect(texts()).toEqual([]);
    expect(texts('c9')).toEqual(['a', 'b']);
    expect(sent[0]?.item).toMatchObject({
      conversationId: 'c9',
      previousId: 'c1',
      clientKey: keys[0],
    });
  });

  it('S17: what was meant for the closed conversation itself stays there', async () => {
    const { outbox, write, sent, settle, ids, ports } = setup();
    write('a');
    void outbox.add({
      clientKey: ids.make(),
      name: 'conversation.rate',
      conversationId: 'c1',
      input: { score: 5 },
      at: ports.now(),
      owner: null,
      previousId: null,
    });
    outbox.move('c1', 'c9', 'c1', new Set(['message.send']));
    outbox.setOnline(true);
    await settle();
    const went = sent.map(({ item }) => [item.name, item.conversationId]);
    expect(went).toContainEqual(['message.send', 'c9']);
    expect(went).toContainEqual(['conversation.rate', 'c1']);
  });

  it("S19: another owner's items rest unseen and unsent, or go", async () => {
    const { outbox, write, sent, settle, texts, storage } = setup();
    write('hers', 'c1', 'p:alice');
    write('mine', 'c1', null);
    const rest = (owner: string | null) => (owner === null ? 'take' : 'rest');
    outbox.claim('p:bob', rest);
    outbox.setOnline(true);
    await settle();
    expect(texts()).toEqual(['mine']);
    expect(sent.map(({ item }) => item.input.text)).toEqual(['mine']);
    outbox.claim('p:alice', rest);
    expect(texts()).toEqual(['hers']);
    outbox.claim('p:bob', () => 'drop');
    expect(texts()).toEqual(['mine']);
    expect(storage.keys('p:')).toHaveLength(1);
  });

  it('a lost connection repeats with the next one, without waiting', async () => {
    const { outbox, write, sent, refuse, settle } = setup();
    outbox.setOnline(true);
    write('a');
    await settle();
    outbox.setOnline(false);
    sent[0]?.answer(refuse('unavailable', 0));
    await settle();
    expect(sent).toHaveLength(1);
    outbox.setOnline(true);
    await settle();
    expect(sent).toHaveLength(2);
  });

  it('S60: an unchanged pending item keeps its identity', () => {
    const { outbox, write } = setup();
    write('a');
    const [first] = outbox.pending('c1');
    write('b');
    expect(outbox.pending('c1')[0]).toBe(first);
  });
});
