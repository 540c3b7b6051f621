import { describe, expect, test } from 'vitest';
import { atLeast, mayOverride, mayReach, maySee } from './policies.ts';

const member = (role: 'owner' | 'admin' | 'supervisor' | 'agent', queueIds: string[] = []) => ({
  memberId: 'me',
  role,
  queueIds: new Set(queueIds),
});
const conversation = (more: Partial<Parameters<typeof maySee>[1]> = {}) => ({
  queueId: null,
  ownerId: null,
  targetMemberId: null,
  ...more,
});

test('roles stand in one line', () => {
  expect(atLeast('owner', 'admin')).toBe(true);
  expect(atLeast('supervisor', 'supervisor')).toBe(true);
  expect(atLeast('agent', 'supervisor')).toBe(false);
  expect(
    ['owner', 'admin', 'supervisor', 'agent'].map((role) => mayOverride(member(role as 'agent'))),
  ).toEqual([true, true, true, false]);
});

describe('an agent sees', () => {
  test.each([
    ['their queue', ['q'], conversation({ queueId: 'q', ownerId: 'somebody' }), true],
    ['another queue', ['q'], conversation({ queueId: 'other' }), false],
    ['no queue at all', ['q'], conversation(), false],
    ['what they own', [], conversation({ queueId: 'other', ownerId: 'me' }), true],
    ['what is offered to them', [], conversation({ queueId: 'other', targetMemberId: 'me' }), true],
    ["a colleague's elsewhere", [], conversation({ queueId: 'other', ownerId: 'somebody' }), false],
  ])('%s', (_, queueIds, record, sees) => {
    expect(maySee(member('agent', queueIds), record)).toBe(sees);
    expect(maySee(member('supervisor'), record)).toBe(true);
  });
});

describe('I12: a visitor reaches', () => {
  const visitor = { kind: 'visitor', visitorId: 'v', contactId: 'c', channelId: 'ch' } as const;
  test.each([
    ["their person's conversation", { channelId: 'ch', contactId: 'c', visitorId: 'other' }, true],
    ['what this browser opened', { channelId: 'ch', contactId: 'before', visitorId: 'v' }, true],
    ['neither in another channel', { channelId: 'x', contactId: 'c', visitorId: 'v' }, false],
    ["nobody else's", { channelId: 'ch', contactId: 'x', visitorId: 'x' }, false],
  ])('%s', (_, record, reaches) => {
    expect(mayReach(visitor, record)).toBe(reaches);
  });
});
