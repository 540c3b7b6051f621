import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deriveKey, isLoopback, masterSecret, readEnv } from './env.ts';

describe('readEnv', () => {
  test('has a default for everything', () => {
    expect(readEnv({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      trustProxyHops: 0,
      databaseUrl: undefined,
      redisUrl: undefined,
      rateLimitScale: 1,
      metricsToken: undefined,
      shutdownWaitMs: 0,
    });
  });

  test('RATE_LIMIT_SCALE is a factor above zero', () => {
    expect(readEnv({ RATE_LIMIT_SCALE: '0.5' }).rateLimitScale).toBe(0.5);
    for (const wrong of ['0', '-1', 'much', 'Infinity']) {
      expect(() => readEnv({ RATE_LIMIT_SCALE: wrong })).toThrow(/RATE_LIMIT_SCALE/);
    }
  });

  test('takes an empty variable for an unset one', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: ' ', PUBLIC_URL: '' })).toMatchObject({
      port: 3000,
      databaseUrl: undefined,
    });
  });

  test.each([
    ['true', 1],
    ['false', 0],
    ['2', 2],
  ])('TRUST_PROXY=%s means %i proxies', (text, hops) => {
    expect(readEnv({ TRUST_PROXY: text }).trustProxyHops).toBe(hops);
  });

  test('an address on the network is shown as it is bound, a public one as it is said', () => {
    expect(readEnv({ HOST: '192.0.2.7', PORT: '80' }).publicUrl).toBe('http://192.0.2.7:80');
    expect(readEnv({ HOST: '::', PORT: '81' }).publicUrl).toBe('http://localhost:81');
    expect(readEnv({ PUBLIC_URL: 'https://desk.example/' }).publicUrl).toBe('https://desk.example');
  });

  test('names every wrong variable in one message', () => {
    const wrong = {
      PORT: '99999',
      PUBLIC_URL: 'desk.example',
      DATABASE_URL: 'mysql://x',
      PARLOUR_SECRET: 'short',
    };
    expect(() => readEnv(wrong)).toThrow(
      /PORT: [\s\S]*PUBLIC_URL: [\s\S]*DATABASE_URL: [\s\S]*PARLOUR_SECRET: /,
    );
  });
});

test('isLoopback', () => {
  expect(['127.0.0.1', '127.9.9.9', 'localhost', '::1'].every(isLoopback)).toBe(true);
  expect(
    ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org'].some(
      isLoopback,
    ),
  ).toBe(false);
});

describe('the master secret', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'env-test-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  test('is generated once, into a file of mode 0600', () => {
    const secret = masterSecret({ secret: undefined, dataDir });
    expect(secret.length).toBeGreaterThan(32);
    expect(masterSecret({ secret: undefined, dataDir })).toBe(secret);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
  });

  test('comes from the environment when it is there', () => {
    expect(masterSecret({ secret: 'from the environment', dataDir })).toBe('from the environment');
  });

  test('gives each purpose a key of its own', () => {
    const settings = { secret: 'x'.repeat(32), dataDir };
    expect(deriveKey('a', settings)).toHaveLength(32);
    expect(deriveKey('a', settings)).toEqual(deriveKey('a', settings));
    expect(deriveKey('a', settings)).not.toEqual(deriveKey('b', settings));
  });
});
