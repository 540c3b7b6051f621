import { expect, it } from 'vitest';
import type { MemberItem } from '#lib/sdk/api.ts';
import { lastExplanation } from './explanation.ts';

function offered(seq: number, explanation: unknown): MemberItem {
  return {
    kind: 'event',
    key: String(seq),
    event: {
      seq,
      at: '2026-11-21T10:00:00.000Z',
      actor: { kind: 'system', id: null },
      kind: 'transition',
      from: 'a',
      to: 'b',
      trigger: 'offer.made',
      phase: 'offered',
      ownerId: null,
      targetMemberId: `m${seq}`,
      queueId: null,
      explanation,
    },
  };
}

const explanation = {
  policyVersion: 'default-1',
  ring: 1,
  candidates: [
    { memberId: 'm1', score: null, terms: { tier: 1, freeShare: 1, idleSeconds: null } },
    { memberId: 'm2', score: 12.5, terms: { tier: 1, freeShare: 0.5, idleSeconds: 12.5 } },
  ],
  failed: { not_present: 2 },
};

it('Law 9: the newest decision is shown, with whom it chose', () => {
  expect(lastExplanation([offered(1, explanation), offered(2, explanation)])).toEqual({
    chosenId: 'm2',
    explanation,
  });
});

it('what cannot be read is passed over', () => {
  expect(lastExplanation([offered(1, explanation), offered(2, { v: 9 })])?.chosenId).toBe('m1');
  expect(lastExplanation([offered(1, undefined)])).toBeNull();
});
