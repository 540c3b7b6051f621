import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PHASES, STAGES } from '#lib/domain/conversation/model.ts';
import { VisitorConversation, VisitorEvent } from '#lib/protocol/visitor.ts';
import { type ConversationRecord, EVENT_KINDS, type StoredEvent } from '../records.ts';
import { presentVisitorConversation } from './visitor-conversation.ts';
import { presentVisitorEvent, presentVisitorEvents } from './visitor-event.ts';

const POISON = 'poison';
/** Something internal: found again in whatever leaks it. */
const internal = fc.uuid().map((id) => `${POISON}-${id}`);
const shown = fc.string({ maxLength: 20 }).filter((text) => !text.includes(POISON));

const snapshot = fc.record({
  conversationId: internal,
  workspaceId: internal,
  ownerId: internal,
  targetMemberId: internal,
  queueId: internal,
  declinedBy: fc.array(internal),
  memory: fc.dictionary(internal, internal),
  state: internal,
});

const dataOf = {
  'conversation.opened': fc.record({
    channelId: internal,
    page: fc.record({ url: internal, title: internal }),
    previousId: fc.option(internal),
    locale: internal,
    visitorId: internal,
    flowVersionId: internal,
    patch: snapshot,
  }),
  'message.sent': fc.record({ text: shown, internalNote: internal }),
  'line.said': fc.record({ line: shown }),
  'note.added': fc.record({ text: internal }),
  'conversation.transitioned': fc.record({
    from: internal,
    to: internal,
    trigger: internal,
    patch: snapshot,
    after: fc.record({
      phase: fc.constantFrom(...PHASES),
      stage: fc.constantFrom(...STAGES),
      ownerId: fc.option(internal),
      targetMemberId: fc.option(internal),
      queueId: fc.option(internal),
    }),
    about: fc.record({ note: internal, explanation: internal }),
  }),
  'contact.left': fc.record({ name: fc.option(shown), email: fc.option(shown) }),
  'contact.identified': fc.record({
    contactId: internal,
    name: fc.option(internal),
    email: fc.option(internal),
  }),
  'rating.given': fc.record({ score: fc.integer({ min: 1, max: 5 }), comment: internal }),
} as const;

/** Every kind we know with its data, kinds and versions of newer servers, and data that is broken. */
const kindAndData = fc.oneof(
  ...EVENT_KINDS.map((kind) =>
    fc.record({ kind: fc.constant(kind as string), data: dataOf[kind] }),
  ),
  fc.record({ kind: internal, data: fc.dictionary(internal, internal) }),
  fc.record({
    kind: fc.constantFrom<string>(...EVENT_KINDS),
    data: fc.dictionary(fc.constantFrom('after', 'page', 'erased'), internal),
  }),
);

const event: fc.Arbitrary<StoredEvent> = fc
  .tuple(
    kindAndData,
    fc.record({
      conversationId: internal,
      seq: fc.integer({ min: 1, max: 9_999 }),
      publicSeq: fc.option(fc.integer({ min: 1, max: 9_999 })),
      source: internal,
      v: fc.constantFrom(1, 1, 1, 2),
      actorKind: fc.constantFrom('visitor' as const, 'member' as const, 'system' as const),
      actorId: fc.option(internal),
      at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    }),
    fc.uuid(),
    internal,
  )
  .map(([what, rest, ownKey, otherKey]) => ({
    ...what,
    ...rest,
    clientId: rest.actorKind === 'visitor' ? ownKey : otherKey,
  })) as fc.Arbitrary<StoredEvent>;

const NAMES = new Map<string, string>();

test('I12: of no event does a visitor see notes, members, queues or anything else internal', () => {
  fc.assert(
    fc.property(event, (stored) => {
      const presented = presentVisitorEvent(stored, NAMES);
      expect(presented === null).toBe(stored.publicSeq === null);
      if (presented === null) return;
      expect(JSON.stringify(presented)).not.toContain(POISON);
      expect(VisitorEvent.parse(presented)).toEqual(presented);
      expect(presented.seq).toBe(stored.publicSeq);
      if (stored.kind === 'note.added') expect(presented.kind).toBe('unknown');
    }),
    { numRuns: 2_000 },
  );
});

test('I12: what members alone may see leaves no gap and no trace', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const seqs = presentVisitorEvents(events, NAMES).map((one) => one.seq);
      expect(seqs).toEqual(events.flatMap((one) => one.publicSeq ?? []));
    }),
  );
});

const record: fc.Arbitrary<ConversationRecord> = fc
  .tuple(
    snapshot,
    fc.uuid(),
    fc.constantFrom(...PHASES),
    fc.record({
      channelId: internal,
      contactId: internal,
      visitorId: internal,
      flowVersionId: internal,
      previousId: fc.option(internal),
      preview: shown,
      rating: fc.option(fc.integer({ min: 1, max: 5 })),
      closedAt: fc.option(fc.nat()),
      lastVisitorAt: fc.option(fc.nat()),
      lastAgentAt: fc.option(fc.nat()),
    }),
    fc.boolean(),
  )
  .map(([inside, id, phase, rest, asked]) => ({
    ...inside,
    ...rest,
    conversationId: id,
    memory: { ...inside.memory, ratingAsked: asked },
    phase,
    live: true,
    stateRev: 7,
    enteredAt: 0,
    queuedAt: 0,
    priority: 0,
    weight: 1,
    timers: {},
    createdAt: 0,
    lastSeq: 901,
    lastPublicSeq: 5,
    lastVisitorSeq: 902,
    lastAgentSeq: 903,
    previewBy: 'visitor' as const,
    visitorReadSeq: 1,
    agentReadSeq: 2,
  }));

test('I12: an outline holds public seqs and names, and nothing internal', () => {
  fc.assert(
    fc.property(record, (stored) => {
      const outline = presentVisitorConversation(stored, { names: NAMES, position: 3, unread: 2 });
      expect(JSON.stringify(outline)).not.toContain(POISON);
      // The members' numbering would tell of notes.
      for (const seq of [901, 902, 903]) expect(Object.values(outline)).not.toContain(seq);
      expect(VisitorConversation.parse(outline)).toEqual(outline);
      expect(outline.position === null).toBe(outline.stage !== 'waiting');
    }),
  );
});

const base = {
  conversationId: 'c',
  seq: 9,
  publicSeq: 4,
  source: 's',
  clientId: 'key-1',
  v: 1,
  actorKind: 'member' as const,
  actorId: 'm1',
  at: 1_000,
};
const at = '1970-01-01T00:00:01.000Z';

test('an agent speaks under the display name; keys go back to the visitor’s own messages only', () => {
  const names = new Map([['m1', 'Ada']]);
  const said = { ...base, kind: 'message.sent', data: { text: 'Hi' } };
  expect(presentVisitorEvent(said, names)).toEqual({
    seq: 4,
    at,
    kind: 'message',
    author: { kind: 'agent', name: 'Ada' },
    text: 'Hi',
  });
  const own = { ...said, actorKind: 'visitor' as const, actorId: 'v1' };
  expect(presentVisitorEvent(own, names)).toMatchObject({
    author: { kind: 'visitor' },
    clientKey: 'key-1',
  });
  expect(presentVisitorEvent({ ...own, clientId: 'key-1 line' }, names)).not.toHaveProperty(
    'clientKey',
  );
});

test('a public transition is a stage with the agent’s display name', () => {
  const moved = {
    ...base,
    kind: 'conversation.transitioned',
    data: {
      from: 'a',
      to: 'b',
      trigger: 'offer.accepted',
      patch: {},
      after: {
        phase: 'serving',
        stage: 'serving',
        ownerId: 'm1',
        targetMemberId: null,
        queueId: 'q',
      },
    },
  };
  expect(presentVisitorEvent(moved, new Map([['m1', 'Ada']]))).toEqual({
    seq: 4,
    at,
    kind: 'stage',
    stage: 'serving',
    agent: { name: 'Ada' },
  });
});
