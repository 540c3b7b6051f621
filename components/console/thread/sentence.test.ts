import { describe, expect, it } from 'vitest';
import type { MemberEventWire } from '#lib/protocol/member.ts';
import { sentenceOf } from './sentence.ts';

type Transition = Extract<MemberEventWire, { kind: 'transition' }>;

function moved(change: Partial<Transition>): Transition {
  return {
    seq: 1,
    at: '2026-11-21T10:00:00.000Z',
    actor: { kind: 'system', id: null },
    kind: 'transition',
    from: 'a',
    to: 'b',
    trigger: 'always',
    phase: 'queued',
    ownerId: null,
    targetMemberId: null,
    queueId: null,
    ...change,
  };
}

describe('what a transition says', () => {
  it('an offer names its target; an automatic one its owner', () => {
    expect(
      sentenceOf(moved({ trigger: 'offer.made', phase: 'offered', targetMemberId: 'm1' }), null),
    ).toEqual({ key: 'offered', memberId: 'm1' });
    expect(
      sentenceOf(moved({ trigger: 'offer.made', phase: 'serving', ownerId: 'm1' }), null),
    ).toEqual({ key: 'assigned', memberId: 'm1' });
  });

  it('an expired offer names who had it', () => {
    const before = moved({ phase: 'offered', targetMemberId: 'm1' });
    expect(sentenceOf(moved({ trigger: 'after:offer' }), before)).toEqual({
      key: 'offerExpired',
      memberId: 'm1',
    });
  });

  it('a take over somebody names both', () => {
    const before = moved({ phase: 'serving', ownerId: 'm1' });
    expect(
      sentenceOf(moved({ trigger: 'agent.took', phase: 'serving', ownerId: 'm2' }), before),
    ).toEqual({ key: 'tookFrom', memberId: 'm2', byId: 'm1' });
    expect(
      sentenceOf(moved({ trigger: 'agent.took', phase: 'serving', ownerId: 'm2' }), null),
    ).toEqual({ key: 'took', memberId: 'm2' });
  });

  it('a transfer to a queue says which', () => {
    expect(
      sentenceOf(
        moved({
          trigger: 'transfer.requested',
          queueId: 'q1',
          actor: { kind: 'member', id: 'm1' },
        }),
        null,
      ),
    ).toEqual({ key: 'transferredToQueue', byId: 'm1', queueId: 'q1' });
  });

  it('an unknown trigger says where the conversation is now', () => {
    expect(sentenceOf(moved({ trigger: 'after:lunch', queueId: 'q1' }), null).key).toBe('queued');
    expect(sentenceOf(moved({ trigger: 'after:lunch', phase: 'closed' }), null).key).toBe('closed');
    expect(sentenceOf(moved({ trigger: 'after:lunch', phase: 'bot' }), null).key).toBe('moved');
  });
});
