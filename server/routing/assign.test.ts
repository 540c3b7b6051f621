import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_POLICY, decide, type RoutingAgent } from '#lib/domain/routing/index.ts';
import { planOffers } from './assign.ts';
import type { Waiting } from './waiting.ts';

const NOW = 1_000_000;

const arbitraryAgent = fc.record({
  memberId: fc.uuid(),
  availability: fc.constantFrom('available' as const, 'busy' as const, 'away' as const),
  present: fc.boolean(),
  capacity: fc.integer({ min: 1, max: 5 }),
  load: fc.integer({ min: 0, max: 6 }),
  queues: fc.constantFrom<Record<string, number>>({ q: 1 }, { q: 2 }, {}),
  skills: fc.constant({}),
  lastAssignedAt: fc.option(fc.nat(NOW)),
});
const arbitraryItem = fc.record({
  workspaceId: fc.constant('w'),
  conversationId: fc.uuid(),
  queueId: fc.constant('q'),
  stateRev: fc.constant(1),
  priority: fc.constant(0),
  queuedAt: fc.nat(NOW),
  weight: fc.integer({ min: 1, max: 3 }),
  requiredSkills: fc.constant([]),
  declinedBy: fc.constant([]),
  auto: fc.boolean(),
  offerMs: fc.constant(30_000),
});

/** Everybody asked for every item. */
function naively(items: readonly Waiting[], roster: RoutingAgent[]) {
  const offers: { id: string; memberId: string; explanation: unknown }[] = [];
  for (const item of items) {
    const decision = decide(DEFAULT_POLICY, item, roster, NOW);
    if (decision.kind === 'wait') continue;
    const { memberId, explanation } = decision;
    offers.push({ id: item.conversationId, memberId, explanation });
    const chosen = roster.find((agent) => agent.memberId === memberId);
    if (!chosen) continue;
    chosen.load += item.weight;
    chosen.lastAssignedAt = NOW;
  }
  return offers;
}

test('who needs more room than anybody has is left waiting without asking, and nothing else changes', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryItem, { maxLength: 12 }),
      fc.uniqueArray(arbitraryAgent, { maxLength: 8, selector: (agent) => agent.memberId }),
      (items, roster) => {
        const expected = naively(items, structuredClone(roster));
        const offers = planOffers({ policy: DEFAULT_POLICY }, items, structuredClone(roster), NOW);
        const made = offers.map(({ item, decision }) => ({
          id: item.conversationId,
          memberId: decision.memberId,
          explanation: decision.explanation,
        }));
        expect(made).toEqual(expected);
      },
    ),
  );
});
