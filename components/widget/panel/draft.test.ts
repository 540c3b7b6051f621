import { describe, expect, it } from 'vitest';
import { createMemoryStorage } from '#lib/sdk/core/storage.ts';
import { createDraft, personOf } from './draft.ts';

const token = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

describe('personOf', () => {
  it('tells people apart, in any script', () => {
    expect(personOf(token({ sub: 'ada' }))).toBe('ada');
    expect(personOf(token({ sub: '王小明?>' }))).toBe(personOf(token({ iat: 1, sub: '王小明?>' })));
    expect(personOf(token({ sub: '王小明' }))).not.toBe(personOf(token({ sub: '王大明' })));
  });

  it('knows nobody in what is not a token', () => {
    for (const text of [undefined, '', 'a', 'a.b', 'a.!!.c']) expect(personOf(text)).toBe('');
  });
});

describe('createDraft', () => {
  it('keeps what was typed over a reload', () => {
    const storage = createMemoryStorage();
    createDraft(storage, 'ada').write('half a\nsentence');
    expect(createDraft(storage, 'ada').read()).toBe('half a\nsentence');
    createDraft(storage, 'ada').write('');
    expect(createDraft(storage, 'ada').read()).toBe('');
  });

  it('shows nobody the draft of the person before on a shared computer', () => {
    const storage = createMemoryStorage();
    createDraft(storage, 'ada').write('my secret');
    expect(createDraft(storage, 'eve').read()).toBe('');
    expect(createDraft(storage, '').read()).toBe('');
    expect(createDraft(storage, 'ada').read()).toBe('my secret');
  });

  it('follows somebody unnamed into their account', () => {
    const storage = createMemoryStorage();
    createDraft(storage, '').write('hello');
    expect(createDraft(storage, 'ada').read()).toBe('hello');
  });
});
