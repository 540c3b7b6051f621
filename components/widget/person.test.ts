import { describe, expect, it } from 'vitest';
import { liveMark, mayAsk, personOf } from './person.ts';

const token = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

describe('personOf', () => {
  it('reads the subject, in any script', () => {
    expect(personOf(token({ sub: 'user-1' }))).toBe('user-1');
    const wang = personOf(token({ sub: '王小明?>' }));
    expect(wang).not.toBeNull();
    expect(personOf(token({ iat: 1, sub: '王小明?>' }))).toBe(wang);
    expect(personOf(token({ sub: '王大明?>' }))).not.toBe(wang);
  });

  it('knows nobody in what is not a token', () => {
    for (const text of ['', 'a', 'a.b', 'a.!!.c', token({}), token({ sub: 1 })]) {
      expect(personOf(text)).toBeNull();
    }
  });
});

describe('mayAsk', () => {
  const ada = token({ sub: 'ada' });
  const eve = token({ sub: 'eve' });

  it('tells nobody of the unread messages of the person before them on a shared computer', () => {
    expect(mayAsk(liveMark(ada), ada)).toBe(true);
    expect(mayAsk(liveMark(ada), eve)).toBe(false);
    expect(mayAsk(liveMark(ada), undefined)).toBe(false);
  });

  it('lets an anonymous chat be followed up after signing in', () => {
    expect(mayAsk(liveMark(undefined), undefined)).toBe(true);
    expect(mayAsk(liveMark(undefined), ada)).toBe(true);
  });

  it('asks nothing when no conversation is open', () => {
    expect(mayAsk(null, undefined)).toBe(false);
  });
});
