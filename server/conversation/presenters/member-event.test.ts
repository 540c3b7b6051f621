import { expect, test } from 'vitest';
import { MemberEventWire } from '#lib/protocol/member.ts';
import { upcast } from './event-data.ts';
import { presentMemberEvent } from './member-event.ts';

const MEMBER = '019a0000-0000-7000-8000-000000000001';
const QUEUE = '019a0000-0000-7000-8000-000000000002';
const base = {
  conversationId: 'c',
  seq: 9,
  publicSeq: 4 as number | null,
  source: 's',
  clientId: 'key-1',
  v: 1,
  actorKind: 'member' as const,
  actorId: MEMBER,
  at: 1_000,
};

test('each kind reaches members in the wire’s form, under the full seq', () => {
  const after = {
    phase: 'offered',
    stage: 'waiting',
    ownerId: null,
    targetMemberId: MEMBER,
    queueId: QUEUE,
  };
  const stored = [
    { ...base, kind: 'message.sent', data: { text: 'Hi' } },
    { ...base, publicSeq: null, kind: 'note.added', data: { text: 'Careful' } },
    { ...base, kind: 'line.said', data: { line: 'waiting' } },
    {
      ...base,
      kind: 'conversation.transitioned',
      data: {
        from: 'a',
        to: 'b',
        trigger: 't',
        patch: {},
        after,
        about: { note: 'Please', explanation: { ring: 1 } },
      },
    },
    { ...base, kind: 'contact.left', data: { name: null, email: 'a@b.test' } },
    { ...base, kind: 'rating.given', data: { score: 4, comment: null } },
    {
      ...base,
      kind: 'conversation.opened',
      data: { page: null, previousId: null, visitorId: 'v' },
    },
  ].map(presentMemberEvent);
  const common = { seq: 9, at: '1970-01-01T00:00:01.000Z', actor: { kind: 'member', id: MEMBER } };
  expect(stored).toEqual([
    { ...common, kind: 'message', text: 'Hi', clientKey: 'key-1', publicSeq: 4 },
    { ...common, kind: 'note', text: 'Careful', clientKey: 'key-1' },
    { ...common, kind: 'line', line: 'waiting' },
    {
      ...common,
      kind: 'transition',
      from: 'a',
      to: 'b',
      trigger: 't',
      phase: 'offered',
      ownerId: null,
      targetMemberId: MEMBER,
      queueId: QUEUE,
      note: 'Please',
      explanation: { ring: 1 },
    },
    { ...common, kind: 'contact', name: null, email: 'a@b.test' },
    { ...common, kind: 'rating', score: 4 },
    { ...common, kind: 'opened', page: null, previousId: null },
  ]);
  for (const event of stored) expect(MemberEventWire.parse(event)).toEqual(event);
});

test('kinds and versions of a newer server, and erased content, keep their seq and show nothing', () => {
  const unknown = { kind: 'unknown', seq: 9 };
  expect(presentMemberEvent({ ...base, kind: 'bot.asked', data: {} })).toMatchObject({
    ...unknown,
    name: 'bot.asked',
  });
  expect(
    presentMemberEvent({ ...base, v: 2, kind: 'message.sent', data: { text: 'x' } }),
  ).toMatchObject(unknown);
  expect(
    presentMemberEvent({ ...base, kind: 'message.sent', data: { erased: true } }),
  ).toMatchObject(unknown);
  expect(presentMemberEvent({ ...base, kind: 'constructor', data: {} })).toMatchObject(unknown);
});

test('a visitor’s key is not told to members', () => {
  const event = presentMemberEvent({
    ...base,
    actorKind: 'visitor',
    kind: 'message.sent',
    data: { text: 'x' },
  });
  expect(event).not.toHaveProperty('clientKey');
});

test('old rows are upcast one version at a time; a missing step reads as unknown', () => {
  const steps = {
    1: (d: object) => ({ ...d, two: true }),
    2: (d: object) => ({ ...d, three: true }),
  };
  expect(upcast({ one: 1 }, 1, 3, steps)).toEqual({ one: 1, two: true, three: true });
  expect(upcast({ one: 1 }, 3, 3, steps)).toEqual({ one: 1 });
  expect(upcast({ one: 1 }, 1, 4, steps)).toBeNull();
  expect(upcast({ one: 1 }, 4, 3, steps)).toBeNull();
});
