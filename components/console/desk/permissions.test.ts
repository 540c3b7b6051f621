import { describe, expect, it } from 'vitest';
import { permitted } from './permissions.ts';

const agent = { id: 'me', role: 'agent' } as const;
const boss = { id: 'me', role: 'supervisor' } as const;
const row = (
  phase: Parameters<typeof permitted>[0]['phase'],
  ownerId: string | null = null,
  targetMemberId: string | null = null,
) => ({ phase, ownerId, targetMemberId });

describe('what can be done', () => {
  it('anybody takes what waits; only a supervisor takes from somebody', () => {
    expect(permitted(row('queued'), agent).take).toBe('take');
    expect(permitted(row('offline'), agent).take).toBe('take');
    expect(permitted(row('serving', 'other'), agent).take).toBe('no');
    expect(permitted(row('serving', 'other'), boss).take).toBe('override');
    expect(permitted(row('offered', null, 'other'), boss).take).toBe('override');
  });

  it('I3: an offer and a transfer are answered by their target only', () => {
    expect(permitted(row('offered', null, 'me'), agent).answer).toBe('offer');
    expect(permitted(row('transferring', 'other', 'me'), agent).answer).toBe('transfer');
    expect(permitted(row('transferring', 'other', 'third'), agent).answer).toBe('no');
  });

  it('I4: a transferring owner still answers, and can take the transfer back', () => {
    expect(permitted(row('transferring', 'me', 'other'), agent)).toMatchObject({
      reply: true,
      cancelTransfer: true,
      transfer: false,
    });
  });

  it('only the owner replies, ends and finishes; notes are for everybody', () => {
    expect(permitted(row('serving', 'me'), agent)).toMatchObject({ reply: true, end: true });
    expect(permitted(row('serving', 'other'), boss)).toMatchObject({ reply: false, note: true });
    expect(permitted(row('wrapup', 'me'), agent)).toMatchObject({ finish: true, end: false });
  });

  it('I10: nothing is done to a closed conversation', () => {
    expect(Object.values(permitted(row('closed', null), boss))).toEqual([
      false,
      false,
      'no',
      'no',
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
