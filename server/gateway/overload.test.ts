import { describe, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { createOverload, type Overload, type Work } from './overload.ts';

const codeOf = (refusal: { code: string } | null) => refusal?.code ?? 'ok';

const WORK: Work[] = ['message', 'action', 'read', 'signal'];
/** In, or why not. */
const arrival = async (overload: Overload, kind: 'session' | 'connect' | 'action') => {
  try {
    return await overload.arrive(kind, async () => 'ok');
  } catch (error) {
    const { code, retryAfterMs } = error as ParlourError;
    expect(retryAfterMs).toBeGreaterThanOrEqual(500);
    return code;
  }
};
const arrivals = async (overload: Overload) => [
  await arrival(overload, 'session'),
  await arrival(overload, 'connect'),
  await arrival(overload, 'action'),
];

/** A process in simulated time: each command costs, each turn ends when the test says so. */
function simulated(options: { isBehind?: () => boolean } = {}) {
  let time = 0;
  let ends: (() => void)[] = [];
  const overload = createOverload({
    now: () => time,
    afterTurn: (done) => ends.push(done),
    late: { message: 250, action: 250, read: 100, signal: 60 },
    ...options,
  });
  return {
    overload,
    spend: (ms: number) => {
      time += ms;
    },
    time: () => time,
    endTurn: () => {
      for (const end of ends) end();
      ends = [];
    },
    /** A crowd's: a single command in a long turn says nothing. */
    codes: () => {
      for (let n = 0; n <= 100; n += 1) overload.refusal('message');
      return WORK.map((kind) => codeOf(overload.refusal(kind)));
    },
  };
}

describe('D7: what this process cannot carry in time is sent away', () => {
  test('reads yield first, messages last, and what is over frees its place', async () => {
    const overload = createOverload({ most: { message: 4, action: 3, read: 2, signal: 1 } });
    const release: (() => void)[] = [];
    const held: Promise<void>[] = [];
    const start = (kind: Work) => {
      expect(overload.refusal(kind)).toBeNull();
      held.push(overload.run(() => new Promise<void>((resolve) => release.push(resolve))));
    };
    start('message');
    start('message');
    expect(codeOf(overload.refusal('read'))).toBe('overloaded');
    start('action');
    start('message');
    expect(codeOf(overload.refusal('message'))).toBe('overloaded');
    for (const done of release) done();
    await Promise.all(held);
    expect(overload.inFlight).toBe(0);
    expect(codeOf(overload.refusal('signal'))).toBe('ok');
  });

  test('messages go by the append path’s own word, read or unread, and come again when it says', () => {
    let full: number | null = 1_234;
    const overload = createOverload({ isFull: () => full });
    const refusal = { code: 'overloaded', retryAfterMs: 1_234 };
    expect(overload.refusal('message')).toMatchObject(refusal);
    expect(overload.refusalUnread('message')).toMatchObject(refusal);
    expect(WORK.slice(1).map((kind) => codeOf(overload.refusal(kind)))).toEqual(['ok', 'ok', 'ok']);
    full = null;
    expect(overload.refusalUnread('message')).toBeNull();
    expect(overload.refusal('message')).toBeNull();
  });

  test('what is read late in a long turn has waited: signals, reads, then messages are sent away', () => {
    const desk = simulated();
    desk.codes();
    desk.spend(150);
    desk.endTurn();
    expect(desk.codes()).toEqual(['ok', 'ok', 'ok', 'ok']);
    desk.spend(61);
    expect(desk.codes()).toEqual(['ok', 'ok', 'ok', 'overloaded']);
    desk.spend(60);
    expect(desk.codes()).toEqual(['ok', 'ok', 'overloaded', 'overloaded']);
    desk.spend(200);
    expect(desk.codes()).toEqual(Array(4).fill('overloaded'));
    desk.endTurn();
    expect(desk.codes()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('one long turn after short ones is a pause of the machine and sends nobody away, unless it lasts', () => {
    const desk = simulated();
    desk.codes();
    desk.spend(5);
    desk.endTurn();
    desk.codes();
    desk.spend(400);
    expect(desk.codes().slice(0, 2)).toEqual(['ok', 'ok']);
    desk.spend(700);
    expect(desk.codes()).toEqual(Array(4).fill('overloaded'));
  });

  test('a pause between turns is nobody’s wait', () => {
    const desk = simulated();
    desk.codes();
    desk.endTurn();
    desk.spend(5_000);
    expect(desk.codes()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('few commands in a long turn are not why it is long', () => {
    const desk = simulated();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(desk.overload.refusal('message')).toBeNull();
      desk.spend(5_000);
      expect(desk.overload.refusal('message')).toBeNull();
      desk.endTurn();
    }
  });

  test('while the append path is behind, history and signals wait; messages are its own decision', () => {
    let behind = true;
    const desk = simulated({ isBehind: () => behind });
    expect(desk.codes()).toEqual(['ok', 'ok', 'overloaded', 'overloaded']);
    behind = false;
    expect(desk.codes()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('at twice what it can do, turns stay bounded and it works on; without shedding they would not', () => {
    /** Messages of 0.08 ms arrive at 25 a ms; sending one away costs a third. */
    const drive = (sheds: boolean) => {
      const desk = simulated();
      let longest = 0;
      let done = 0;
      let came = 0;
      let taken = 0;
      while (desk.time() < 20_000 && longest < 60_000) {
        const began = desk.time();
        came = Math.max(Math.floor(desk.time() * 25), came);
        // Whatever came during the last turn is read in this one.
        for (; taken < came; taken += 1) {
          if (sheds && codeOf(desk.overload.refusal('message')) !== 'ok') desk.spend(0.027);
          else {
            desk.spend(0.08);
            done += 1;
          }
        }
        desk.spend(1);
        desk.endTurn();
        longest = Math.max(longest, desk.time() - began);
      }
      return { longest, done, ms: desk.time() };
    };
    const shedding = drive(true);
    expect(shedding.longest).toBeLessThan(1_500);
    expect(shedding.done / shedding.ms).toBeGreaterThan(4);
    expect(drive(false).longest).toBeGreaterThan(10_000);
  });

  test('sessions wait as soon as messages do, visitors’ sockets when messages are sent away, members’ not', async () => {
    let behind = false;
    let full: number | null = null;
    const overload = createOverload({ isBehind: () => behind, isFull: () => full });
    expect(await arrivals(overload)).toEqual(['ok', 'ok', 'ok']);
    behind = true;
    expect(await arrivals(overload)).toEqual(['overloaded', 'ok', 'ok']);
    full = 700;
    expect(await arrivals(overload)).toEqual(['overloaded', 'overloaded', 'ok']);
    behind = false;
    full = null;
    expect(await arrivals(overload)).toEqual(['ok', 'ok', 'ok']);
  });

  test('in turns that are long for their messages arrivals go first, members’ last', async () => {
    const desk = simulated();
    desk.codes();
    desk.spend(150);
    desk.endTurn();
    desk.codes();
    desk.spend(101);
    expect(await arrivals(desk.overload)).toEqual(['overloaded', 'ok', 'ok']);
    desk.spend(50);
    expect(await arrivals(desk.overload)).toEqual(['overloaded', 'overloaded', 'ok']);
    expect(desk.codes().slice(0, 2)).toEqual(['ok', 'ok']);
    desk.spend(100);
    expect(await arrivals(desk.overload)).toEqual(Array(3).fill('overloaded'));
  });

  test('after an outage all come together: nobody is sent away while they come through in time', async () => {
    const desk = simulated();
    const open: (() => void)[] = [];
    const come = () =>
      desk.overload.arrive('connect', () => new Promise<void>((done) => open.push(done)));
    const through = Array.from({ length: 500 }, () => {
      desk.spend(2);
      return come();
    });
    // The long turns are their own doing.
    desk.endTurn();
    desk.spend(2_000);
    expect(await arrivals(desk.overload)).toEqual(['ok', 'ok', 'ok']);
    // Now it takes longer than they wait for.
    desk.spend(2_000);
    open.shift()?.();
    await through.shift();
    expect(await arrivals(desk.overload)).toEqual(['overloaded', 'overloaded', 'ok']);
    for (const done of open) done();
    await Promise.all(through);
    expect(await arrivals(desk.overload)).toEqual(['ok', 'ok', 'ok']);
  });

  test('who is turned out at the door says nothing of how long arrivals take', async () => {
    const overload = createOverload();
    const refused = overload.arrive('session', () =>
      Promise.reject(new ParlourError('rate_limited')),
    );
    await expect(refused).rejects.toThrow('Too fast');
    expect(overload.inFlight).toBe(0);
    expect(await arrivals(overload)).toEqual(['ok', 'ok', 'ok']);
  });

  test('while it leaves it lets nobody in', async () => {
    const overload = createOverload();
    await overload.drain(0);
    expect(await arrivals(overload)).toEqual(Array(3).fill('unavailable'));
  });
});
