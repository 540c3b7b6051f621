import { describe, expect, test } from 'vitest';
import { contentSecurityPolicy, createNonce } from './headers.ts';

const parse = (policy: string) =>
  new Map(
    policy
      .split('; ')
      .map((one) => [one.slice(0, one.indexOf(' ')), one.slice(one.indexOf(' ') + 1)]),
  );

describe('Content-Security-Policy', () => {
  test('by default nothing is framed, evaluated, plugged in or loaded from elsewhere', () => {
    const policy = parse(contentSecurityPolicy());
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('object-src')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
  });

  test('a nonce allows this page’s scripts and what they load, never inline ones', () => {
    const nonce = createNonce();
    const scripts = parse(contentSecurityPolicy({ nonce })).get('script-src');
    expect(scripts).toBe(`'self' 'nonce-${nonce}' 'strict-dynamic'`);
    expect(scripts).not.toContain('unsafe');
    expect(createNonce()).not.toBe(nonce);
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  });

  test('frame-ancestors names the channel’s origins', () => {
    const frameAncestors = ["'self'", 'https://shop.example', 'http://localhost:8080'];
    expect(parse(contentSecurityPolicy({ frameAncestors })).get('frame-ancestors')).toBe(
      "'self' https://shop.example http://localhost:8080",
    );
  });

  test.each([
    'https://a.example; script-src *',
    '*',
    'https://a.example https://b.example',
    "'self'\n",
    '',
  ])('an origin that would be another directive is refused: %j', (origin) => {
    expect(() => contentSecurityPolicy({ frameAncestors: [origin] })).toThrow(TypeError);
    expect(() => contentSecurityPolicy({ connect: [origin] })).toThrow(TypeError);
  });
});
