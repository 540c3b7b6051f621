import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { freePort } from '#scripts/launcher/port.mjs';
import { expectClean } from './support/axe.ts';
import { type OwnDesk, startDesk } from './support/own-desk.ts';

const DEMO = { email: 'olivia@demo.parlour.example', password: '' };

test('a desk that others can reach has no demo sign-ins; its code makes one owner, once', async ({
  browser,
}) => {
  // Two starts of a desk, beside other journeys.
  test.slow();
  const data = mkdtempSync(join(tmpdir(), 'parlour-setup-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = { PARLOUR_DATA: data, PORT: String(port), PUBLIC_URL: origin };
  let desk: OwnDesk | undefined;
  try {
    await test.step('first only for this machine: a demo, its passwords printed', async () => {
      desk = await startDesk({ ...env, HOST: '127.0.0.1', PARLOUR_SEED_OUT: '' });
      const shown = /olivia@demo\.parlour\.example\s+(\S+)/.exec(desk.output());
      DEMO.password = shown?.[1] ?? '';
      expect(DEMO.password).not.toBe('');
      await desk.stop();
      desk = undefined;
    });

    desk = await startDesk({ ...env, HOST: '0.0.0.0', PARLOUR_SEED_OUT: '' });
    expect(desk.output()).not.toContain(DEMO.password);
    expect(desk.output()).toContain(`${origin}/setup`);
    const code = /Code\s+(\S+)/.exec(desk.output())?.[1] ?? '';
    expect(code).not.toBe('');

    const context = await browser.newContext();
    const page = await context.newPage();
    await test.step('demo passwords are refused', async () => {
      const response = await context.request.post(`${origin}/api/auth/sign-in/email`, {
        headers: { origin },
        data: DEMO,
      });
      expect(response.status()).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'DEMO_REFUSED' });
    });

    await test.step('whoever comes is led to the setup page; a wrong code is said', async () => {
      await page.goto(origin);
      await expect(page.getByRole('heading', { name: 'Set up this desk' })).toBeVisible();
      await expectClean(page, 'setup');
      await page.getByRole('button', { name: 'Set up' }).click();
      await expect(page.getByText('Enter the one-time code.')).toBeVisible();
      await expect(page.getByText('Enter a name for the workspace.')).toBeVisible();
      await expectClean(page, 'setup with mistakes');
      await page.getByRole('textbox', { name: 'One-time code' }).fill('AAAA-BBBB-CCCC');
      await page.getByRole('textbox', { name: 'Workspace' }).fill('Fjord & Sons');
      await page.getByRole('textbox', { name: 'Your name' }).fill('Olga');
      await page.getByRole('textbox', { name: 'E-mail' }).fill('olga@fjord.example');
      await page.getByRole('textbox', { name: 'Password' }).fill('a long enough one');
      await page.getByRole('button', { name: 'Set up' }).click();
      await expect(page.getByText(/This code is not right/)).toBeVisible();
      await expect(page.getByRole('textbox', { name: 'Workspace' })).toHaveValue('Fjord & Sons');
    });

    await test.step('axe finds nothing in the Chinese form in the dark either', async () => {
      const chinese = await browser.newContext({ colorScheme: 'dark' });
      await chinese.addCookies([{ name: 'parlour_locale', value: 'zh-CN', url: origin }]);
      const form = await chinese.newPage();
      await form.goto(`${origin}/setup`);
      await expect(form.locator('html')).toHaveAttribute('lang', 'zh-CN');
      await form.locator('button[type=submit]').click();
      await expect(form.locator('[aria-invalid=true]').first()).toBeVisible();
      await expectClean(form, 'setup with mistakes, zh-CN, dark');
      await chinese.close();
    });

    await test.step('the right one makes the owner', async () => {
      await page.getByRole('textbox', { name: 'One-time code' }).fill(code);
      await page.getByRole('button', { name: 'Set up' }).click();
      await expect(page).toHaveURL(/\/inbox/);
      await expect(page.getByText('Fjord & Sons').first()).toBeVisible();
      await expect(page.getByRole('link', { name: 'Members' })).toBeVisible();
    });

    await test.step('it works once', async () => {
      const again = await context.request.post(`${origin}/api/setup`, {
        headers: { origin },
        data: {
          code,
          workspace: 'Second',
          name: 'Eve',
          email: 'eve@fjord.example',
          password: 'a long enough one',
          locale: 'en',
        },
      });
      expect(await again.json()).toMatchObject({ ok: false, error: { code: 'already_set_up' } });
      const late = await browser.newContext();
      const latePage = await late.newPage();
      await latePage.goto(`${origin}/setup`);
      await expect(latePage.getByText('This desk is set up already.')).toBeVisible();
      await latePage.getByRole('link', { name: 'Go to sign-in' }).click();
      await latePage.getByRole('textbox', { name: 'E-mail' }).fill(DEMO.email);
      await latePage.getByRole('textbox', { name: 'Password' }).fill(DEMO.password);
      await latePage.getByRole('button', { name: 'Sign in' }).click();
      await expect(latePage.getByText(/Demo accounts work only on the machine/)).toBeVisible();
      await late.close();
    });
    await context.close();
  } finally {
    await desk?.stop();
    rmSync(data, { recursive: true, force: true });
  }
});
