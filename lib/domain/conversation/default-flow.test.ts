import { describe, expect, test } from 'vitest';
import { compileFlow } from './compile.ts';
import { DEFAULT_FLOW } from './default-flow.ts';
import { staysStill } from './engine.ts';
import { ANN, BOB, HELP, MINUTE, SALES, SECOND, T0, tell } from './test/fixtures.ts';
import { offerExpiresAt } from './timers.ts';
import { validateFlow } from './validate.ts';

test('the default flow is plain JSON without an issue', () => {
  expect(JSON.parse(JSON.stringify(DEFAULT_FLOW))).toEqual(DEFAULT_FLOW);
  expect(validateFlow(DEFAULT_FLOW)).toEqual([]);
});

describe('opening and waiting', () => {
  test('F1: staffed waits, unstaffed goes offline and says so', () => {
    const waiting = tell();
    expect(waiting.snapshot).toMatchObject({
      phase: 'queued',
      live: true,
      queuedAt: T0,
      stateRev: 1,
    });
    expect(waiting.lines).toEqual(['waiting']);
    const offline = tell({ staffed: false });
    expect(offline.snapshot).toMatchObject({ phase: 'offline', live: false, queuedAt: null });
    expect(offline.lines).toEqual(['nobody_here']);
  });

  test('F2: still waiting is said once, also over a declined offer', () => {
    const story = tell().wait(MINUTE).offered(ANN).on({ type: 'offer.declined', memberId: ANN });
    story.wait(MINUTE).fire('stillWaiting');
    expect(story.lines).toEqual(['still_waiting']);
    expect(story.snapshot.phase).toBe('queued');
    expect(Object.keys(story.snapshot.timers)).toEqual(['giveUp']);
  });

  test('F2: waiting ends offline after 20 min, but not while somebody is being asked', () => {
    const story = tell()
      .wait(20 * MINUTE - SECOND)
      .offered(ANN)
      .wait(2 * SECOND);
    expect(story.askTimer('giveUp')).toMatchObject({
      kind: 'postponed',
      dueAt: story.now + 30_000,
    });
    story.on({ type: 'offer.declined', memberId: ANN }).fire('giveUp');
    expect(story.snapshot).toMatchObject({ phase: 'offline', timers: { forgotten: {} } });
    expect(story.lines).toEqual(['nobody_here']);
  });

  test('F6: who waited in vain is not sent to wait again, until they write again', () => {
    const story = tell()
      .wait(19 * MINUTE)
      .wrote('visitor')
      .wait(MINUTE)
      .fire('giveUp');
    const staffed = { type: 'queue.staffed', queueId: SALES } as const;
    expect(story.ask(staffed)).toEqual({ kind: 'unchanged' });
    story.on({ type: 'visitor.message' });
    expect(story.snapshot.phase).toBe('offline');
    expect(story.ask({ type: 'visitor.message' })).toEqual({ kind: 'unchanged' });
    story.on(staffed);
    expect(story.snapshot.phase).toBe('queued');
  });

  test('a queue left by everybody sends who waits offline, another queue does not', () => {
    const story = tell();
    expect(story.ask({ type: 'queue.unstaffed', queueId: HELP })).toEqual({ kind: 'unchanged' });
    story.on({ type: 'queue.unstaffed', queueId: SALES });
    expect(story.snapshot.phase).toBe('offline');
  });

  test('F6: somebody comes: who wrote lately is queued with the old age, who did not stays', () => {
    const story = tell()
      .wrote('visitor')
      .wait(MINUTE)
      .on({ type: 'queue.unstaffed', queueId: SALES });
    story.wait(11 * MINUTE);
    expect(story.ask({ type: 'queue.staffed', queueId: SALES })).toEqual({ kind: 'unchanged' });
    story.wrote('visitor').wait(MINUTE).on({ type: 'queue.staffed', queueId: SALES });
    expect(story.snapshot).toMatchObject({ phase: 'queued', queuedAt: T0 });
  });
});

describe('offers', () => {
  test('I3: an offer has a target and lapses at the time its queue gives', () => {
    const story = tell().wait(5).offered(ANN);
    expect(story.snapshot).toMatchObject({ phase: 'offered', targetMemberId: ANN, ownerId: null });
    expect(offerExpiresAt(story.snapshot)).toBe(T0 + 5 + 30 * SECOND);
  });

  test('H5: who let it expire is not asked again; the age stays', () => {
    const story = tell()
      .offered(ANN)
      .wait(30 * SECOND)
      .fire('offer');
    expect(story.snapshot).toMatchObject({ phase: 'queued', declinedBy: [ANN], queuedAt: T0 });
    const again = { type: 'offer.made', memberId: ANN, offerMs: 1000, auto: false } as const;
    expect(story.ask(again)).toMatchObject({ kind: 'refused', code: 'not_possible_now' });
    story.offered(BOB).on({ type: 'offer.accepted', memberId: BOB });
    expect(story.snapshot).toMatchObject({ phase: 'serving', ownerId: BOB, declinedBy: [] });
  });

  test('a target that is gone may be asked again', () => {
    const story = tell().offered(ANN).on({ type: 'target.lost', memberId: ANN, reason: 'absent' });
    expect(story.snapshot).toMatchObject({ phase: 'queued', declinedBy: [] });
  });

  test('an automatic offer serves at once', () => {
    const story = tell().on({ type: 'offer.made', memberId: ANN, offerMs: 1000, auto: true });
    expect(story.snapshot).toMatchObject({ phase: 'serving', ownerId: ANN, targetMemberId: null });
  });
});

describe('serving', () => {
  test('F3: an unanswered agent ends it after 30 min, an unanswered visitor does not', () => {
    const story = tell()
      .served(ANN)
      .wait(MINUTE)
      .wrote('agent')
      .wait(10 * MINUTE)
      .wrote('visitor');
    story.wait(21 * MINUTE);
    expect(story.askTimer('visitorIdle')).toMatchObject({ kind: 'postponed' });
    story
      .wrote('agent')
      .wait(30 * MINUTE)
      .fire('visitorIdle');
    expect(story.snapshot.phase).toBe('wrapup');
    expect(story.lines).toEqual(['visitor_idle_closed', 'rate_us']);
  });

  test('T3: the idle delay moves with the agent’s messages', () => {
    const story = tell()
      .served(ANN)
      .wait(20 * MINUTE)
      .wrote('agent');
    const wrote = story.now;
    story.wait(10 * MINUTE);
    expect(story.askTimer('visitorIdle')).toMatchObject({
      kind: 'postponed',
      dueAt: wrote + 30 * MINUTE,
    });
  });

  test('F4, F5: the visitor reopens a wrap-up; the rating is asked once', () => {
    const story = tell().served(ANN).on({ type: 'conversation.ended', by: 'agent', memberId: ANN });
    expect(story.last.effects).toContainEqual({ type: 'rating.ask' });
    expect(story.snapshot).toMatchObject({ phase: 'wrapup', ownerId: ANN });
    story.wait(MINUTE).on({ type: 'visitor.message' });
    expect(story.snapshot).toMatchObject({
      phase: 'serving',
      ownerId: ANN,
      lastVisitorAt: story.now,
    });
    story.on({ type: 'conversation.ended', by: 'visitor' });
    expect(story.last.effects).not.toContainEqual({ type: 'rating.ask' });
    story.wait(2 * MINUTE).fire('wrapup');
    expect(story.snapshot).toMatchObject({ phase: 'closed', ownerId: null, closedAt: story.now });
  });

  test('an owner who is gone puts it back with its age, offline when nobody is there', () => {
    const lost = { type: 'owner.lost', memberId: ANN, reason: 'absent' } as const;
    const story = tell().wait(MINUTE).served(ANN).wait(MINUTE);
    expect(story.ask({ ...lost, staffed: false })).toMatchObject({
      snapshot: { phase: 'offline' },
    });
    story.on({ ...lost, staffed: true });
    expect(story.snapshot).toMatchObject({ phase: 'queued', queuedAt: T0, ownerId: null });
  });

  test('H5: who returns it is not the next one asked', () => {
    const story = tell().served(ANN).on({ type: 'owner.returned', memberId: ANN, staffed: true });
    expect(story.snapshot).toMatchObject({ phase: 'queued', declinedBy: [ANN], queuedAt: T0 });
  });

  test('a supervisor takes it over; the delays start anew', () => {
    const story = tell().served(ANN);
    const gen = story.genOf('visitorIdle');
    story.wait(MINUTE).on({ type: 'agent.took', memberId: BOB, override: true });
    expect(story.snapshot).toMatchObject({ phase: 'serving', ownerId: BOB, enteredAt: story.now });
    expect(story.genOf('visitorIdle')).toBeGreaterThan(gen);
  });
});

describe('transfers', () => {
  test.each([
    ['declined', { type: 'transfer.declined', memberId: BOB } as const],
    ['cancelled', { type: 'transfer.cancelled', by: ANN } as const],
    ['lost', { type: 'target.lost', memberId: BOB, reason: 'absent' } as const],
  ])('I7: a transfer %s leaves the owner as it was', (_, event) => {
    const story = tell().served(ANN).transferred(ANN, BOB);
    expect(story.snapshot).toMatchObject({
      phase: 'transferring',
      ownerId: ANN,
      targetMemberId: BOB,
    });
    story.on(event);
    expect(story.snapshot).toMatchObject({ phase: 'serving', ownerId: ANN, targetMemberId: null });
  });

  test('I7: an expired transfer leaves the owner as it was', () => {
    const story = tell()
      .served(ANN)
      .transferred(ANN, BOB)
      .wait(45 * SECOND)
      .fire('transfer');
    expect(story.snapshot).toMatchObject({ phase: 'serving', ownerId: ANN, targetMemberId: null });
  });

  test('H4, I7: the owner is lost meanwhile: the target may still accept, by the name it knows', () => {
    const story = tell().wait(MINUTE).served(ANN).transferred(ANN, BOB);
    story.on({ type: 'owner.lost', memberId: ANN, reason: 'absent', staffed: true });
    expect(story.snapshot).toMatchObject({ phase: 'offered', ownerId: null, targetMemberId: BOB });
    const accepted = story.ask({ type: 'transfer.accepted', memberId: BOB });
    expect(accepted).toMatchObject({ snapshot: { phase: 'serving', ownerId: BOB } });
    story.on({ type: 'transfer.declined', memberId: BOB });
    expect(story.snapshot).toMatchObject({ phase: 'queued', queuedAt: T0, declinedBy: [BOB] });
  });

  test('F7: a transfer to a queue keeps the age and asks somebody else', () => {
    const story = tell().wait(MINUTE).served(ANN);
    const event = {
      type: 'transfer.requested',
      by: ANN,
      to: { kind: 'queue', queueId: HELP },
    } as const;
    expect(story.ask({ ...event, offerMs: 1000, staffed: false })).toMatchObject({
      snapshot: { phase: 'offline', queueId: HELP },
    });
    story.on({ ...event, offerMs: 1000, staffed: true });
    expect(story.snapshot).toMatchObject({
      phase: 'queued',
      queueId: HELP,
      queuedAt: T0,
      declinedBy: [ANN],
      ownerId: null,
    });
  });
});

test('S8: a message stays where nobody asks for it; guards that say no today do not count', () => {
  const flow = compileFlow(DEFAULT_FLOW);
  const visitor = { type: 'visitor.message' } as const;
  const agent = { type: 'agent.message', memberId: ANN } as const;
  const queued = tell().snapshot;
  expect(staysStill(flow, queued, visitor)).toBe(true);
  const serving = tell().offered(ANN).on({ type: 'offer.accepted', memberId: ANN }).snapshot;
  expect([visitor, agent].map((event) => staysStill(flow, serving, event))).toEqual([true, true]);
  expect(staysStill(flow, serving, { ...agent, memberId: BOB })).toBe(false);
  // Offline hears visitors, though its guard says no until somebody waited in vain.
  const offline = tell({ staffed: false }).snapshot;
  expect(staysStill(flow, offline, visitor)).toBe(false);
});
