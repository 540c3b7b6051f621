import { describe, expect, it } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import { createSimulated } from '../test/simulated.ts';
import { createFollower } from './follower.ts';
import { createLog, type Sequenced } from './log.ts';

function setup() {
  const time = createSimulated();
  const log = createLog<Sequenced>();
  const fetched: number[] = [];
  const server: Sequenced[] = [];
  let answer: Reply<never> | null = null;
  let online = true;
  let synced = 0;
  const follower = createFollower({
    ports: time.ports,
    log,
    online: () => online,
    async fetch(after) {
      fetched.push(after);
      if (answer) return answer;
      const page = server.slice(after, after + 2);
      return { ok: true, data: { events: page, more: after + 2 < server.length } };
    },
    onEvents() {},
    onSynced() {
      synced++;
    },
  });
  const grow = (count: number) => {
    for (let i = 0; i < count; i++) server.push({ seq: server.length + 1, kind: 'message' });
  };
  return {
    ...time,
    log,
    fetched,
    server,
    follower,
    grow,
    syncedTimes: () => synced,
    refuse(retryAfterMs: number | null) {
      answer =
        retryAfterMs === null
          ? null
          : { ok: false, error: { code: 'overloaded', message: '', retryAfterMs } };
    },
    setOnline(value: boolean) {
      online = value;
    },
  };
}

describe('follower', () => {
  it('S2: an overtaken push fills the gap without a fetch', async () => {
    const { follower, log, advance, fetched } = setup();
    follower.push([{ seq: 2, kind: 'message' }]);
    await advance(50);
    follower.push([{ seq: 1, kind: 'message' }]);
    await advance(5_000);
    expect(log.head()).toBe(2);
    expect(fetched).toEqual([]);
  });

  it('S2: a lasting gap is fetched after the last contiguous seq, page by page', async () => {
    const { follower, log, advance, fetched, grow } = setup();
    grow(5);
    follower.push([{ seq: 1, kind: 'message' }]);
    follower.push([{ seq: 5, kind: 'message' }]);
    expect(log.head()).toBe(1);
    await advance(100);
    expect(log.head()).toBe(5);
    expect(fetched).toEqual([1, 3]);
  });

  it('S4: a head that is ahead is fetched', async () => {
    const { follower, log, advance, grow } = setup();
    grow(1);
    follower.expect(1);
    await advance(100);
    expect(log.head()).toBe(1);
  });

  it('S5: a refused fetch is repeated after its delay, and not at all while offline', async () => {
    const { follower, log, advance, fetched, grow, refuse, setOnline, syncedTimes } = setup();
    grow(1);
    refuse(700);
    void follower.sync();
    await advance(699);
    expect(fetched).toEqual([0]);
    setOnline(false);
    await advance(1);
    await advance(60_000);
    expect(fetched).toEqual([0, 0]);
    expect(syncedTimes()).toBe(0);
    refuse(null);
    setOnline(true);
    void follower.sync();
    await advance(0);
    expect(log.head()).toBe(1);
    expect(syncedTimes()).toBe(1);
  });

  it('a head the server does not hand out yet is asked for once a second, not in a loop', async () => {
    const { follower, advance, fetched } = setup();
    follower.expect(3);
    await advance(3_500);
    expect(fetched.length).toBeLessThanOrEqual(4);
    expect(fetched.length).toBeGreaterThan(1);
  });
});
