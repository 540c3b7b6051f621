import { describe, expect, it } from 'vitest';
import { inboxPath, readLocation } from './location.ts';

const id = '0198c0de-0000-7000-8000-000000000001';

describe('the address of the inbox', () => {
  it('round-trips', () => {
    for (const location of [
      { view: 'mine', conversationId: null, details: false },
      { view: 'queued', conversationId: id, details: false },
      { view: 'closed', conversationId: id, details: true },
    ] as const) {
      const url = new URL(inboxPath(location), 'https://desk.invalid');
      expect(readLocation(url.searchParams)).toEqual(location);
    }
  });

  it('falls back where it says nonsense', () => {
    expect(readLocation(new URLSearchParams('view=secret&c=1&details=x'))).toEqual({
      view: 'mine',
      conversationId: null,
      details: false,
    });
  });
});
