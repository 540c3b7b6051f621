import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { addressKey, clientOf } from './client-address.ts';
import { isOwnPage, mayEmbed, ownOrigins } from './origins.ts';

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({
    socket: { remoteAddress },
    headers: { host: 'desk', ...headers },
  }) as unknown as IncomingMessage;

describe('TRUST_PROXY', () => {
  const spoofed = { 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 3.3.3.3', 'x-forwarded-proto': 'https' };

  test('no proxy in front: what the client claims is not believed', () => {
    expect(clientOf(request('9.9.9.9', spoofed), 0)).toEqual({
      address: '9.9.9.9',
      protocol: 'http',
      host: 'desk',
    });
  });

  test.each([
    [1, '3.3.3.3'],
    [2, '2.2.2.2'],
    [3, '1.1.1.1'],
    [9, '1.1.1.1'],
  ])('%i in front: the entry the outermost of them wrote', (hops, address) => {
    expect(clientOf(request('9.9.9.9', spoofed), hops)).toMatchObject({
      address,
      protocol: 'https',
    });
  });

  test('a proxy that says nothing is the client', () => {
    expect(clientOf(request('::ffff:9.9.9.9'), 1).address).toBe('9.9.9.9');
  });
});

describe('addresses as limits count them', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s → %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('origins', () => {
  test('the public one; on this machine its other spellings too', () => {
    const own = ownOrigins('http://localhost:3000');
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
      expect(isOwnPage(own, origin)).toBe(true);
    }
    for (const origin of [
      'http://localhost:3001',
      'https://localhost:3000',
      'http://localhost.evil.example:3000',
      'null',
      undefined,
    ]) {
      expect(isOwnPage(own, origin)).toBe(false);
    }
    expect(isOwnPage(ownOrigins('https://desk.example'), 'http://localhost:443')).toBe(false);
  });

  test('a channel’s origins are exact', () => {
    const own = ownOrigins('https://desk.example');
    const allowed = ['https://shop.example'];
    expect(mayEmbed(own, allowed, 'https://shop.example')).toBe(true);
    expect(mayEmbed(own, allowed, 'https://desk.example')).toBe(true);
    expect(mayEmbed(own, allowed, undefined)).toBe(true);
    for (const origin of [
      'https://a.shop.example',
      'http://shop.example',
      'https://shop.example:444',
      'null',
      '',
    ]) {
      expect(mayEmbed(own, allowed, origin)).toBe(false);
    }
    expect(mayEmbed(own, [], 'https://shop.example')).toBe(false);
  });
});
