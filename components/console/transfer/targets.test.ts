import { expect, it } from 'vitest';
import type { MemberView } from '#lib/protocol/member.ts';
import { matching, orderTargets, statusOf } from './targets.ts';

function member(name: string, change: Partial<MemberView> = {}): MemberView {
  return {
    id: name,
    name,
    role: 'agent',
    availability: 'available',
    present: true,
    load: 0,
    capacity: 4,
    queueIds: [],
    ...change,
  };
}

it('who can take it comes first, oneself never', () => {
  const all = [
    member('gone', { present: false }),
    member('full', { load: 4 }),
    member('busy', { availability: 'busy' }),
    member('away', { availability: 'away' }),
    member('half', { load: 2 }),
    member('free'),
    member('me'),
  ];
  expect(orderTargets(all, 'me').map(({ name }) => name)).toEqual([
    'free',
    'half',
    'busy',
    'full',
    'away',
    'gone',
  ]);
});

it('search ignores case and finds Chinese', () => {
  const all = [member('Ada'), member('林美')];
  expect(matching(all, ' aD').map(({ name }) => name)).toEqual(['Ada']);
  expect(matching(all, '美').map(({ name }) => name)).toEqual(['林美']);
});

it('presence comes before availability', () => {
  expect(statusOf({ present: false, availability: 'available' })).toBe('off');
  expect(statusOf({ present: true, availability: 'busy' })).toBe('warn');
  expect(statusOf({ present: true, availability: 'available' })).toBe('ok');
});
