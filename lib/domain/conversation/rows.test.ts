import { describe, expect, test } from 'vitest';
import { loadChanges } from './load.ts';
import type { LiveTimer } from './model.ts';
import { applyPatch, diff } from './patch.ts';
import { stageOf } from './phases.ts';
import { ANN, BOB, MINUTE, SECOND, T0, tell } from './test/fixtures.ts';
import { dueAt, offerExpiresAt, timerEffects } from './timers.ts';

describe('R1, I5: patches', () => {
  const waiting = tell().snapshot;
  const offered = tell().wait(SECOND).offered(ANN).snapshot;

  test('of a new conversation, everything', () => {
    expect(diff(null, waiting)).toEqual(waiting);
    expect(applyPatch(null, diff(null, waiting))).toEqual(waiting);
  });

  test('only what changed, whatever order a store returns keys in', () => {
    const reordered = JSON.parse(
      JSON.stringify({
        ...waiting,
        timers: Object.fromEntries(Object.entries(waiting.timers).reverse()),
      }),
    );
    expect(diff(waiting, reordered)).toEqual({});
    expect(Object.keys(diff(waiting, offered)).sort()).toEqual([
      'enteredAt',
      'phase',
      'state',
      'stateRev',
      'targetMemberId',
      'timers',
    ]);
  });

  test('null and empty are values', () => {
    expect(diff(offered, waiting)).toMatchObject({ targetMemberId: null });
    expect(diff({ ...waiting, declinedBy: [ANN] }, waiting)).toEqual({ declinedBy: [] });
  });
});

describe('R2, I4: loads', () => {
  const owned = tell({ weight: 2 }).served(ANN).snapshot;
  const transferring = tell({ weight: 2 }).served(ANN).transferred(ANN, BOB).snapshot;

  test('an owner, wrap-up included, and a target carry the weight', () => {
    expect(loadChanges(null, owned)).toEqual([{ memberId: ANN, delta: 2 }]);
    expect(loadChanges({ ...owned, phase: 'wrapup' }, owned)).toEqual([]);
    expect(loadChanges(owned, transferring)).toEqual([{ memberId: BOB, delta: 2 }]);
  });

  test('accepting moves it, taking one’s own offer does not', () => {
    const accepted = { ...transferring, ownerId: BOB, targetMemberId: null };
    expect(loadChanges(transferring, accepted)).toEqual([{ memberId: ANN, delta: -2 }]);
    const offered = tell({ weight: 2 }).offered(ANN).snapshot;
    expect(loadChanges(offered, owned)).toEqual([]);
  });

  test('who is owner and target counts once; the order is that of locking', () => {
    const both = { ...transferring, targetMemberId: ANN };
    expect(loadChanges(null, both)).toEqual([{ memberId: ANN, delta: 2 }]);
    expect(loadChanges(null, transferring).map((one) => one.memberId)).toEqual([ANN, BOB]);
    expect(loadChanges(transferring, null)).toEqual([
      { memberId: ANN, delta: -2 },
      { memberId: BOB, delta: -2 },
    ]);
  });
});

describe('timers', () => {
  const timer = (base: LiveTimer['base']): LiveTimer => ({
    gen: 1,
    base,
    delayMs: MINUTE,
    startedAt: T0,
  });
  const at = { lastVisitorAt: T0 - MINUTE, lastAgentAt: T0 + SECOND, queuedAt: T0 - 5 * SECOND };

  test.each([
    ['entered', T0],
    ['visitor', T0],
    ['agent', T0 + SECOND],
    ['queued', T0 - 5 * SECOND],
  ] as const)('T5: %s counts from the right moment', (base, from) => {
    expect(dueAt(timer(base), at)).toBe(from + MINUTE);
  });

  test('T5: without a message or an age they count from entering', () => {
    const none = { lastVisitorAt: null, lastAgentAt: null, queuedAt: null };
    for (const base of ['entered', 'visitor', 'agent', 'queued'] as const) {
      expect(dueAt(timer(base), none)).toBe(T0 + MINUTE);
    }
  });

  test('R3: a new generation under the same name is set again', () => {
    const first = tell().offered(ANN).wait(SECOND);
    const before = first.snapshot;
    const after = first.on({ type: 'offer.declined', memberId: ANN }).offered(BOB).snapshot;
    expect(timerEffects(before, after)).toEqual([
      { type: 'timer.set', name: 'offer', gen: 4, dueAt: T0 + 31 * SECOND },
    ]);
  });

  test('I3: when the offer lapses is known exactly while there is one', () => {
    expect(offerExpiresAt(tell().snapshot)).toBe(null);
    expect(offerExpiresAt(tell().offered(ANN).snapshot)).toBe(T0 + 30 * SECOND);
  });
});

test('what the visitor is told', () => {
  expect(
    (
      [
        'bot',
        'queued',
        'offered',
        'serving',
        'transferring',
        'wrapup',
        'offline',
        'closed',
      ] as const
    ).map(stageOf),
  ).toEqual(['waiting', 'waiting', 'waiting', 'serving', 'serving', 'ended', 'offline', 'ended']);
});
