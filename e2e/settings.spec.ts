import { expect } from '@playwright/test';
import { contextOf, DESK, demoAccount } from './support/desk.ts';
import { test } from './support/scene.ts';

test('an owner sets a team up; who is invited joins and works', async ({ browser, scene }) => {
  const tag = Date.now().toString(36);
  const context = await contextOf(browser, demoAccount('owner'));
  const page = await context.newPage();
  const dialog = page.getByRole('dialog');
  const save = () => dialog.getByRole('button', { name: 'Save' }).click();

  await test.step('a skill, and a second one of its name', async () => {
    await page.goto(`${DESK}/admin/skills`);
    await page.getByRole('button', { name: 'New skill' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(`Norwegian ${tag}`);
    await save();
    await expect(page.getByText('Skill saved')).toBeVisible();
    await expect(page.getByText(`Norwegian ${tag}`)).toBeVisible();
    await page.getByRole('button', { name: 'New skill' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(`Norwegian ${tag}`);
    await save();
    await expect(page.getByText('There is one with that name already.')).toBeVisible();
    await dialog
      .getByRole('button', { name: 'Cancel' })
      .or(dialog.getByRole('button', { name: 'Close' }))
      .first()
      .click();
    await expect(dialog).toBeHidden();
  });

  const email = `vera-${tag}@example.test`;
  const vera = await browser.newContext();
  const herPage = await vera.newPage();
  await test.step('an invitation, accepted by its link', async () => {
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Invite' }).click();
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill(email);
    await dialog.getByRole('button', { name: 'Create link' }).click();
    const link = await dialog.getByRole('textbox', { name: 'Invitation link' }).inputValue();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText(email)).toBeVisible();

    await herPage.goto(link);
    await expect(herPage.getByRole('heading', { name: /^Join / })).toBeVisible();
    await expect(herPage.getByRole('textbox', { name: 'E-mail' })).toHaveValue(email);
    await herPage.getByRole('textbox', { name: 'Password' }).fill('short');
    await herPage.getByRole('button', { name: 'Join' }).click();
    await expect(herPage.getByText('Enter your name.')).toBeVisible();
    await expect(herPage.getByText(/Use at least \d+ characters/)).toBeVisible();
    await herPage.getByRole('textbox', { name: 'Your name' }).fill('Vera');
    await herPage.getByRole('textbox', { name: 'Password' }).fill(`long enough ${tag}`);
    await herPage.getByRole('button', { name: 'Join' }).click();
    await expect(herPage).toHaveURL(/\/inbox/);
    await expect(herPage.getByRole('button', { name: 'Account and settings' })).toContainText(
      'Vera',
    );
    // The link works once.
    const late = await browser.newContext();
    const latePage = await late.newPage();
    await latePage.goto(link);
    await expect(latePage.getByText('This invitation does not exist any more')).toBeVisible();
    await late.close();
  });

  await test.step('an agent has no settings', async () => {
    await expect(herPage.getByRole('link', { name: 'Members' })).toHaveCount(0);
    await herPage.goto(`${DESK}/admin/members`);
    await expect(herPage).not.toHaveURL(/\/admin/);
    const refused = await herPage.request.post(`${DESK}/api/config/skill.create`, {
      headers: { origin: DESK },
      data: { name: `Forbidden ${tag}` },
    });
    expect(await refused.json()).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  const queue = `Returns ${tag}`;
  await test.step('a queue with her in it, edited afterwards', async () => {
    await page.getByRole('link', { name: 'Queues' }).click();
    await page.getByRole('button', { name: 'New queue' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(queue);
    await dialog.getByRole('spinbutton', { name: 'Seconds to answer an offer' }).fill('45');
    await dialog.getByRole('checkbox', { name: new RegExp(email) }).click();
    await save();
    await expect(page.getByText('Queue saved')).toBeVisible();
    await page.getByRole('button', { name: queue, exact: true }).click();
    await expect(dialog.getByRole('checkbox', { name: new RegExp(email) })).toBeChecked();
    await dialog.getByRole('spinbutton', { name: 'Seconds to answer an offer' }).fill('60');
    await save();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('row', { name: new RegExp(queue) })).toContainText('60 s');
  });

  let snippet = '';
  await test.step('a channel: a wrong origin is explained, the snippet names the key', async () => {
    await page.getByRole('link', { name: 'Channels' }).click();
    await page.getByRole('button', { name: 'New channel' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(`Shop ${tag}`);
    await dialog.getByRole('combobox', { name: 'Queue' }).click();
    await page.getByRole('option', { name: queue }).click();
    const origins = dialog.getByRole('textbox', { name: 'Sites that may embed it' });
    await origins.fill('https://*.example.com');
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Shop of Vera');
    await dialog.getByRole('textbox', { name: 'Greeting' }).fill('Hello from Vera');
    await save();
    await expect(dialog.getByText(/Write whole origins such as/)).toBeVisible();
    await expect(origins).toHaveAttribute('aria-invalid', 'true');
    await origins.fill(scene.shop.origin);
    await save();
    await expect(page.getByText('Channel saved')).toBeVisible();
    const card = page.getByRole('listitem').filter({ hasText: `Shop ${tag}` });
    await card.getByRole('button', { name: 'Install' }).click();
    snippet = await dialog.locator('pre').innerText();
    expect(snippet).toContain(`${DESK}/widget/loader.js`);
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  await test.step('what the snippet says works', async () => {
    const key = /data-key="([^"]+)"/.exec(snippet)?.[1] ?? '';
    expect(key).not.toBe('');
    scene.shop.embed(key);
    const visitor = await scene.newVisitor();
    await visitor.page.goto(scene.shop.origin);
    await visitor.page.getByRole('button', { name: /^Open chat/ }).click();
    await expect(visitor.panel.getByRole('heading', { name: 'Shop of Vera' })).toBeVisible();
  });

  await test.step('the audit log says who changed what, before and after', async () => {
    await page.getByRole('link', { name: 'Audit log' }).click();
    const { name } = demoAccount('owner');
    const changed = page
      .getByRole('listitem')
      .filter({ hasText: 'changed a queue' })
      .filter({ hasText: '60' })
      .first();
    await expect(changed).toContainText(name);
    await expect(changed.locator('del')).toHaveText('45');
    await expect(changed.locator('ins')).toHaveText('60');
    const made = page.getByRole('listitem').filter({ hasText: `Norwegian ${tag}` });
    await expect(made).toContainText('created a skill');
    await expect(page.getByText('[object Object]')).toHaveCount(0);
  });

  await test.step('removing her ends her access at once', async () => {
    await page.getByRole('link', { name: 'Members' }).click();
    const row = page.getByRole('row').filter({ hasText: email });
    await row.getByRole('button', { name: 'Actions for Vera' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    // While the question is open the rows behind it are hidden from roles: that it is gone says it is done.
    await expect(page.getByRole('alertdialog')).toBeHidden();
    await expect(row).toHaveCount(0);
    await herPage.goto(`${DESK}/inbox`);
    await expect(herPage).toHaveURL(/\/sign-in/);
    await expect(herPage.getByText(/not a member of a workspace any more/)).toBeVisible();
  });
  await vera.close();
  await context.close();
});
