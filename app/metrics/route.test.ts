import { expect, test } from 'vitest';
import { WebFigures } from '#lib/observability/web-figures.ts';

process.env.PARLOUR_SECRET = 'a secret of nothing but this test, long enough';
const { deriveKey } = await import('#lib/env.ts');
const { GET } = await import('./route.ts');

const asked = (authorization?: string) =>
  GET(new Request('http://web.test/metrics', { headers: authorization ? { authorization } : {} }));

test('the web’s figures are told to the desk and to nobody else', async () => {
  const token = deriveKey('web-figures').toString('base64url');
  const answer = asked(`Bearer ${token}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  WebFigures.parse(await answer.json());
  for (const wrong of [undefined, 'Bearer ', `Bearer ${token}x`, token]) {
    const refused = asked(wrong);
    expect([refused.status, await refused.text()]).toEqual([404, '']);
  }
});
