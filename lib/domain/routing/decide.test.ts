import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, decide } from './decide.ts';
import { failedCondition } from './eligibility.ts';
import type { RoutingAgent, RoutingItem, RoutingPolicy } from './model.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

function agent(memberId: string, over: Partial<RoutingAgent> = {}): RoutingAgent {
  return {
    memberId,
    availability: 'available',
    present: true,
    capacity: 4,
    load: 0,
    queues: { q: 1 },
    skills: {},
    lastAssignedAt: NOW - MINUTE,
    ...over,
  };
}

function item(over: Partial<RoutingItem> = {}): RoutingItem {
  return {
    conversationId: 'c1',
    queueId: 'q',
    priority: 0,
    queuedAt: NOW,
    weight: 1,
    requiredSkills: [],
    declinedBy: [],
    ...over,
  };
}

const chosen = (
  agents: RoutingAgent[],
  over: Partial<RoutingItem> = {},
  policy = DEFAULT_POLICY,
) => {
  const decision = decide(policy, item(over), agents, NOW);
  return decision.kind === 'offer' ? decision.memberId : null;
};

describe('who may be asked', () => {
  test.each([
    ['not_in_queue', agent('a', { queues: { other: 1 } })],
    ['not_present', agent('a', { present: false })],
    ['not_available', agent('a', { availability: 'busy' })],
    ['not_available', agent('a', { availability: 'away' })],
    ['missing_skill', agent('a', { skills: { german: 2 } })],
    ['at_capacity', agent('a', { skills: { german: 3 }, load: 3 })],
    ['declined_before', agent('d', { skills: { german: 3 } })],
  ] as const)('R1, R2: %s', (condition, one) => {
    const asked = item({
      weight: 2,
      requiredSkills: [{ skillId: 'german', level: 3 }],
      declinedBy: ['d'],
    });
    const decision = decide(DEFAULT_POLICY, asked, [one], NOW);
    expect(decision).toMatchObject({ kind: 'wait', explanation: { failed: { [condition]: 1 } } });
  });

  test('R2: the first condition counts', () => {
    const decision = decide(
      DEFAULT_POLICY,
      item(),
      [agent('a', { present: false, availability: 'away', load: 9 })],
      NOW,
    );
    expect(decision.explanation.failed).toEqual({ not_present: 1 });
  });

  test('R1: a full capacity is usable to the last unit', () => {
    expect(chosen([agent('a', { load: 2, capacity: 4 })], { weight: 2 })).toBe('a');
  });
});

describe('rings', () => {
  const primary = agent('p', { load: 4 });
  const secondary = agent('s', { queues: { q: 2 } });

  test('R4: tier 2 waits for its time while tier 1 is there', () => {
    expect(chosen([primary, secondary])).toBe(null);
    expect(chosen([primary, secondary], { queuedAt: NOW - 29_999 })).toBe(null);
    expect(chosen([primary, secondary], { queuedAt: NOW - 30_000 })).toBe('s');
  });

  test('R4: nobody of tier 1 there: tier 2 counts at once', () => {
    expect(chosen([{ ...primary, present: false }, secondary])).toBe('s');
    expect(chosen([secondary])).toBe('s');
  });

  test('R5: in ring 2 a nearer tier still comes first', () => {
    const busy = agent('p', { load: 3, lastAssignedAt: NOW });
    expect(chosen([secondary, busy], { queuedAt: NOW - MINUTE })).toBe('p');
  });
});

describe('order', () => {
  test('R6: longest idle first, never assigned before all', () => {
    const agents = [
      agent('a', { lastAssignedAt: NOW - MINUTE }),
      agent('b', { lastAssignedAt: NOW - 2 * MINUTE, load: 3 }),
    ];
    expect(chosen(agents)).toBe('b');
    expect(chosen([...agents, agent('n', { lastAssignedAt: null })])).toBe('n');
  });

  test('R6, R9: never assigned is told as no time at all, first under either strategy', () => {
    const agents = [
      agent('new', { lastAssignedAt: null, load: 1 }),
      agent('new too', { lastAssignedAt: null, load: 0 }),
      agent('old', { lastAssignedAt: NOW - 365 * 24 * 60 * MINUTE, load: 1 }),
    ];
    const told = (policy: RoutingPolicy) =>
      decide(policy, item(), agents, NOW).explanation.candidates.map((one) => [
        one.memberId,
        one.score,
        one.terms.idleSeconds,
      ]);
    expect(told(DEFAULT_POLICY)).toEqual([
      ['new too', null, null],
      ['new', null, null],
      ['old', 31_536_000, 31_536_000],
    ]);
    expect(told({ ...DEFAULT_POLICY, strategy: 'least_loaded' })).toEqual([
      ['new too', 1, null],
      ['new', 0.75, null],
      ['old', 0.75, 31_536_000],
    ]);
  });

  test('R6: least loaded by share of capacity', () => {
    const policy: RoutingPolicy = { ...DEFAULT_POLICY, strategy: 'least_loaded' };
    const agents = [agent('a', { load: 1, capacity: 2 }), agent('b', { load: 2, capacity: 8 })];
    expect(chosen(agents, {}, policy)).toBe('b');
    const equal = [agent('a'), agent('b', { lastAssignedAt: NOW - 2 * MINUTE })];
    expect(chosen(equal, {}, policy)).toBe('b');
  });

  test('R7: equals share evenly over many conversations', () => {
    const agents = ['a', 'b', 'c', 'd'].map((id) => agent(id));
    const won = new Map<string | null, number>();
    for (let i = 0; i < 4_000; i += 1) {
      const id = chosen(agents, { conversationId: `0199-${i}` });
      won.set(id, (won.get(id) ?? 0) + 1);
    }
    for (const one of agents) expect(won.get(one.memberId)).toBeGreaterThan(850);
  });

  test('R9: five are named, all are counted', () => {
    const agents = Array.from({ length: 9 }, (_, i) =>
      agent(`m${i}`, { lastAssignedAt: NOW - i * MINUTE, present: i !== 0 }),
    );
    const { explanation } = decide(DEFAULT_POLICY, item(), agents, NOW);
    expect(explanation.candidates.map((one) => one.memberId)).toEqual([
      'm8',
      'm7',
      'm6',
      'm5',
      'm4',
    ]);
    expect(explanation.failed).toEqual({ not_present: 1 });
    expect(explanation).toMatchObject({ policyVersion: 'default/1', ring: 1 });
  });
});

const arbitraryAgent = fc.record({
  memberId: fc.string({ minLength: 1, maxLength: 3 }),
  availability: fc.constantFrom('available', 'busy', 'away'),
  present: fc.boolean(),
  capacity: fc.nat({ max: 5 }),
  load: fc.nat({ max: 5 }),
  queues: fc.dictionary(fc.constantFrom('q', 'r', '__proto__'), fc.integer({ min: 1, max: 2 })),
  skills: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: 1, max: 5 })),
  lastAssignedAt: fc.option(fc.integer({ min: NOW - 9, max: NOW })),
}) satisfies fc.Arbitrary<RoutingAgent>;

const arbitraryItem = fc.record({
  conversationId: fc.string(),
  queueId: fc.constantFrom('q', 'r', 'toString'),
  priority: fc.integer(),
  queuedAt: fc.integer({ min: NOW - MINUTE, max: NOW }),
  weight: fc.integer({ min: 1, max: 3 }),
  requiredSkills: fc.array(
    fc.record({ skillId: fc.constantFrom('x', 'y'), level: fc.integer({ min: 1, max: 5 }) }),
    { maxLength: 2 },
  ),
  declinedBy: fc.array(fc.string({ minLength: 1, maxLength: 1 }), { maxLength: 3 }),
}) satisfies fc.Arbitrary<RoutingItem>;

const arbitraryAgents = fc.uniqueArray(arbitraryAgent, { selector: (one) => one.memberId });
const policies = fc.constantFrom<RoutingPolicy>(DEFAULT_POLICY, {
  ...DEFAULT_POLICY,
  strategy: 'least_loaded',
});

describe('always', () => {
  test('R1, I4, I9: never over capacity, never ineligible, never nobody while somebody may', () => {
    fc.assert(
      fc.property(policies, arbitraryItem, arbitraryAgents, (policy, asked, agents) => {
        const decision = decide(policy, asked, agents, NOW);
        const { ring, candidates, failed } = decision.explanation;
        const able = agents.filter((one) => failedCondition(one, asked, ring) === null);
        expect(decision.kind).toBe(able.length > 0 ? 'offer' : 'wait');
        const others = Object.values(failed).reduce((sum, count) => sum + count, 0);
        expect(others + able.length).toBe(agents.length);
        expect(candidates.length).toBe(Math.min(5, able.length));
        if (decision.kind !== 'offer') return;
        const best = agents.find((one) => one.memberId === decision.memberId);
        expect(best && best.load + asked.weight <= best.capacity).toBe(true);
        expect(best?.present && best.availability === 'available').toBe(true);
        expect(asked.declinedBy).not.toContain(decision.memberId);
      }),
      { numRuns: 2_000 },
    );
  });

  test('R8: any order of agents gives the same decision', () => {
    fc.assert(
      fc.property(
        policies,
        arbitraryItem,
        arbitraryAgents.chain((agents) =>
          fc.tuple(fc.constant(agents), fc.shuffledSubarray(agents, { minLength: agents.length })),
        ),
        (policy, asked, [agents, shuffled]) => {
          expect(decide(policy, asked, shuffled, NOW)).toEqual(decide(policy, asked, agents, NOW));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
