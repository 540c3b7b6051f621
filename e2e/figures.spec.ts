import { expect, test } from '@playwright/test';

test('the web process tells its figures to the desk, and to nobody through it', async ({
  request,
}) => {
  await request.get('/icon.svg');
  await expect(async () => {
    const text = await (await request.get('/metrics')).text();
    expect(text).toMatch(/^parlour_web_up 1$/m);
    expect(text).toMatch(/^parlour_web_requests_total\{web="\w+",kind="file",status="2xx"\} \d+$/m);
  }).toPass();
  // To the desk another path, to Next the same one.
  expect((await request.get('/%6detrics')).status()).toBe(404);
});
